import { ablationFigure, type Figure, judge, tradeFigure, type Verdict } from '../report';
import type { ExperimentReport, ReportInput } from './experiment';
import { lossFigure, runsOf, sentencesOf } from './report';
import { systemArm } from './systemsArms';
import { loadSystemCosts, type SystemCosts } from './systemsCost';
import { SYSTEMS_PREDICTIONS } from './systemsPredictions';
import { SYSTEM_SCORES, type SystemScore, systemScores } from './systemsScores';
import { costTable, gainsTable, shownSystems, systemsTables } from './systemsTables';

/** ALIP's two tables with every row measured, what each system costs and brings, and what came of the claims. */
export function systemsReport(input: ReportInput): ExperimentReport {
  const costs = loadSystemCosts();
  return {
    tables: [...systemsTables(input), gainsTable(input), costTable(input, costs)],
    figures: [
      systemsFigure(input),
      ...(costs ? [costFigure(input, costs)] : []),
      lossFigure(
        input,
        shownSystems(input)
          .filter(({ published }) => published)
          .map(({ arm }) => arm),
      ),
    ],
    verdicts: sentencesOf(input, judgeSystems(input)),
    notes: NOTES,
  };
}

const NOTES = [
  'Every claim was written down, with its reason, and committed before the first mini run; of nineteen claims at 95 % about one ' +
    'is expected to get a wrong verdict by chance alone.',
  'All arms see the same pairs in the same order, for the same number of steps, with one learning rate, which was not tuned ' +
    'for any of them; SLIP’s paper has a six times larger one for SLIP than for CLIP.',
  'UniCLIP, and the image side of HiCLIP, could not be checked against official code or the papers’ equations: those rows are ' +
    '“-style”, the details are this laboratory’s.',
  'ALIP and “CLIP on raw texts and captions” read a clean second text that no other arm sees; their gain over CLIP is mostly ' +
    'that text’s.',
  'DeCLIP, DeFILIP, UniCLIP-style training and their controls never see a plain crop: both sights are strongly augmented, ' +
    'colours changed and mirrored, as in their papers.',
  'FILIP is scored token by token, everything else by one vector; DeFILIP too, as in its official code.',
  'DeCLIP’s and DeFILIP’s contrastive loss reads the text with hidden words, as in the official code. Their queue of neighbours ' +
    'holds 4,096 texts where the published one has 65,536.',
];

/** A panel for each score; systems stand beside their controls. */
function systemsFigure(input: ReportInput): Figure {
  const scores: SystemScore[] = ['recall', 'zeroShot', 'neighbours'];
  return ablationFigure({
    id: 'systems',
    title: 'Every system and its control, after the same pairs',
    panels: scores.map((score) => ({
      title: SYSTEM_SCORES[score].title,
      unit: SYSTEM_SCORES[score].axis,
      baseline: systemArm('clip').arm.label,
      rows: shownSystems(input).map(({ arm, family }) => ({
        label: arm.label,
        group: family,
        values: systemScores(input, arm.id, score).map((share) => 100 * share),
      })),
    })),
  });
}

/** What a step costs against what it brings, of the systems alone: their controls cost the same. */
function costFigure(input: ReportInput, costs: SystemCosts): Figure {
  const measured = shownSystems(input).filter(({ arm, published }) => published && costs.arms[arm.id]);
  return tradeFigure({
    id: 'cost',
    title: 'What a training step costs, and what it brings',
    x: 'time of a step, × CLIP',
    y: SYSTEM_SCORES.recall.unit,
    joined: false,
    points: measured.map(({ arm }) => {
      const values = systemScores(input, arm.id, 'recall').map((share) => 100 * share);
      return { label: arm.label, x: values.map(() => costs.arms[arm.id].time.ratio), y: values };
    }),
  });
}

/** The claims whose two arms were both run, judged by paired differences over seeds. */
export function judgeSystems(input: ReportInput): Verdict[] {
  return SYSTEMS_PREDICTIONS.flatMap(({ claim, because, better, than, by = 'recall' }) => {
    if (runsOf(input, better).length === 0 || runsOf(input, than).length === 0) return [];
    const side = (id: string) => ({
      label: systemArm(id).arm.label,
      scores: systemScores(input, id, by),
    });
    const measured = by === 'recall' ? '' : ` (${SYSTEM_SCORES[by].unit})`;
    return judge({
      claim: `${claim}${measured}, because ${because}`,
      ours: side(better),
      baseline: side(than),
    });
  });
}
