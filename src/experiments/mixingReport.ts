import { fitMixingLaw, type JudgedPrediction, judgePrediction, type MixingLaw } from '../evaluation';
import { type Figure, sweepFigure, tradeFigure } from '../report';
import { type DomainColumn, domainScores, domainTable } from './domainReport';
import type { Arm, ExperimentReport, ReportInput } from './experiment';
import { type ScoredArm, scoredArms } from './report';

/** An arm and the share of general pictures it was tuned with. */
export interface ShareArm {
  share: number;
  arm: Arm;
}

/** The means that are traded against each other. */
const TRADED = ['Plant', 'General'] as const;
const NAMES = { Plant: 'plant mean', General: 'general mean' };

/** Per cent over seeds at one share. */
export interface SharePoint {
  share: number;
  values: number[];
}

/** What a law fitted without one share says of it. */
interface Study {
  column: (typeof TRADED)[number];
  law: MixingLaw;
  judged: JudgedPrediction;
}

/**
 * Plants against general accuracy over the share of general pictures, the mixing law fitted to all shares but one, and
 * how far it was off there.
 *
 * @param start the arm before tuning
 * @param fitted the arms that the law is fitted to
 * @param predicted the arm that it is not shown
 */
export function mixingReport(
  input: ReportInput,
  { start, fitted, predicted }: { start: Arm; fitted: readonly ShareArm[]; predicted: ShareArm },
): ExperimentReport {
  const ran = new Set(input.runs.map(({ arm }) => arm));
  const all = [...fitted, predicted].sort((a, b) => a.share - b.share).filter(({ arm }) => ran.has(arm.id));
  const table = domainTable(input, scoredArms([start, ...all.map(({ arm }) => arm)], input.runs), {
    id: 'mixing',
    title: 'Accuracy by the share of general pictures, everything else equal',
  });
  const complete = input.profile.seeds.length > 1 && ran.has(predicted.arm.id);
  const studies = complete ? TRADED.map((column) => study(input, column, fitted, predicted)) : [];
  return {
    tables: [table],
    figures: [shareFigure(input, all, studies), tradeFigureOf(input, all)],
    verdicts: studies.length > 0 ? studies.map(sentence) : ['One seed decides nothing: no law was fitted.'],
    notes: [
      'The law, L(r) = c + k·exp(t·r) (Ye et al. 2024, arXiv 2403.16952), was made for losses; here it is fitted to ' +
        'accuracies, each mean by itself, to every seed’s value.',
      'DALIP’s own fit for PlantMix-13M is not published with numbers we could check; its share is 3 of 13 million pairs.',
      'All arms of a seed start from one CLIP trained on general pictures only. Steps are fixed: a larger general ' +
        'share means fewer plants seen.',
    ],
  };
}

/** Both means at every share that was run, in the order of the shares. */
export function mixingPoints(
  input: ReportInput,
  arms: readonly ShareArm[],
): Record<(typeof TRADED)[number], SharePoint[]> {
  const sorted = [...arms].sort((a, b) => a.share - b.share);
  const pointsOf = (column: DomainColumn) => sorted.map((arm) => pointOf(input, arm, column));
  return { Plant: pointsOf('Plant'), General: pointsOf('General') };
}

function study(
  input: ReportInput,
  column: Study['column'],
  fitted: readonly ShareArm[],
  predicted: ShareArm,
): Study {
  const points = fitted.map((arm) => pointOf(input, arm, column));
  const law = fitMixingLaw(points.flatMap(({ share, values }) => values.map((value) => ({ share, value }))));
  const { share, values } = pointOf(input, predicted, column);
  return { column, law, judged: judgePrediction(law, share, values) };
}

function pointOf(input: ReportInput, { share, arm }: ShareArm, column: DomainColumn): SharePoint {
  const [row]: ScoredArm[] = scoredArms([arm], input.runs);
  return { share, values: domainScores(input, row, column).map((value) => 100 * value) };
}

function shareFigure(input: ReportInput, arms: readonly ShareArm[], studies: readonly Study[]): Figure {
  return sweepFigure({
    id: 'mixing',
    title: 'General data: what it costs on plants and brings elsewhere',
    x: 'share of general pictures, %',
    y: 'accuracy, %',
    series: TRADED.map((column) => {
      const found = studies.find((study) => study.column === column);
      return {
        name: NAMES[column],
        points: arms.map((arm) => {
          const { share, values } = pointOf(input, arm, column);
          return { x: 100 * share, values };
        }),
        fit: found && curveOf(found.law),
        predictions: found && [{ x: 100 * found.judged.share, ...endsOf(found.judged.predicted) }],
      };
    }),
  });
}

/** General mean against plant mean, a place for each share. */
function tradeFigureOf(input: ReportInput, arms: readonly ShareArm[]): Figure {
  return tradeFigure({
    id: 'trade',
    title: 'General mean against plant mean, by the share of general pictures',
    x: 'plant mean, %',
    y: 'general mean, %',
    points: arms.map((arm) => ({
      label: `${(100 * arm.share).toFixed(0)} %`,
      x: pointOf(input, arm, 'Plant').values,
      y: pointOf(input, arm, 'General').values,
    })),
  });
}

function curveOf(law: MixingLaw) {
  return Array.from({ length: 51 }, (_, i) => {
    const { estimate, low, high } = law.predict(i / 50);
    return { x: 2 * i, y: estimate, low, high };
  });
}

function endsOf({ estimate, low, high }: JudgedPrediction['predicted']) {
  return { y: estimate, low, high };
}

function sentence({ column, law, judged }: Study): string {
  const { share, predicted, actual, error, inside } = judged;
  const percent = (100 * share).toFixed(0);
  return (
    `At ${percent} % general pictures, which the law was not shown, it predicts a ${NAMES[column]} of ` +
    `${predicted.estimate.toFixed(1)} % (95 % interval ${predicted.low.toFixed(1)} to ${predicted.high.toFixed(1)}); ` +
    `measured ${actual.toFixed(1)} %, so it was off by ${Math.abs(error).toFixed(1)} points, ` +
    `${inside ? 'inside' : 'outside'} its interval (fit: ${formulaOf(law)}).`
  );
}

/** `24.80 − 4.78·exp(1.42·r)` */
function formulaOf({ c, k, t }: MixingLaw): string {
  const number = (value: number) => Math.abs(value).toFixed(2);
  const sign = (value: number) => (value < 0 ? '−' : '');
  return `${sign(c)}${number(c)} ${k < 0 ? '−' : '+'} ${number(k)}·exp(${sign(t)}${number(t)}·r)`;
}
