import { ablationFigure, type Figure, judge, type Verdict } from '../report';
import { type DomainColumn, domainScores, domainTable } from './domainReport';
import type { Arm, ExperimentReport, ReportInput } from './experiment';
import { lossFigure, SCORING_NAMES, type ScoredArm, scoredArms, sentencesOf } from './report';
import { PREDICTIONS, type RowName } from './statisticsPredictions';

/** Arms under one heading. */
export interface ArmGroup {
  title: string;
  arms: readonly Arm[];
}

/** A table and a figure of their own for some of the arms. */
export interface AblationPart {
  id: string;
  title: string;
  groups: readonly ArmGroup[];
  /** The label of the row that others are compared with. */
  baseline: string;
  /** A panel for each way to score, all on plants, instead of one for each mean. */
  byScoring?: boolean;
}

const PANELS: Record<DomainColumn, string> = {
  Plant: 'Plants, mean of five',
  General: 'General, mean of five',
  Control: 'Control: second order only',
};

/** The ablation's tables and figures, one of each for a part, and what came of the predictions. */
export function statisticsReport(input: ReportInput, parts: readonly AblationPart[]): ExperimentReport {
  const ran = new Set(input.runs.map(({ arm }) => arm));
  const armsOf = ({ groups }: AblationPart) =>
    groups.flatMap(({ arms }) => arms).filter(({ id }) => ran.has(id));
  const arms = [...new Set(parts.flatMap(armsOf))];
  return {
    tables: parts.map((part) => domainTable(input, scoredArms(armsOf(part), input.runs), part)),
    figures: [
      ...parts.map((part) => partFigure(input, part, armsOf(part))),
      lossFigure(input, arms.slice(0, 6)),
    ],
    verdicts: sentencesOf(input, judgePredictions(input, scoredArms(arms, input.runs))),
    notes: [
      'Every claim was written down, with its reason, and committed before the first run; eleven claims at 95 % are ' +
        'expected to have one wrong verdict in twenty by chance alone.',
      'All arms of a seed start from one CLIP trained on general pictures only and see the same mixture of plants and ' +
        'general pictures for the same number of steps; the heads start from nothing.',
      'Second-order heads have 4 × 8 channels and no dropout unless a row says otherwise; published are 4 × 46 with 0.5.',
      'The 1,572 emoji classes of ImageNet-1K mini are named by one template here, four in the table of DALIP.',
      parameterNote(input, arms),
    ],
  };
}

function partFigure(input: ReportInput, part: AblationPart, arms: readonly Arm[]): Figure {
  const { id, title, baseline } = part;
  const groupOf = (arm: Arm) => part.groups.find((group) => group.arms.includes(arm))!.title;
  const rows = scoredArms(arms, input.runs);
  const panel = (title: string, column: DomainColumn, shown: readonly ScoredArm[]) => ({
    title,
    unit: 'accuracy, %',
    baseline,
    rows: shown.map((row) => ({
      label: part.byScoring ? row.arm.label : row.label,
      group: groupOf(row.arm),
      values: domainScores(input, row, column).map((share) => 100 * share),
    })),
  });
  const panels = part.byScoring
    ? (['first', 'second', 'both'] as const).map((wanted) =>
        panel(
          `Plants, ${SCORING_NAMES[wanted]}`,
          'Plant',
          rows.filter(({ scoring }) => scoring === wanted),
        ),
      )
    : (['Plant', 'General', 'Control'] as const).map((column) => panel(PANELS[column], column, rows));
  return ablationFigure({ id, title, panels });
}

/** The predictions whose two rows were both run, judged by the paired difference over seeds. */
export function judgePredictions(input: ReportInput, rows: readonly ScoredArm[]): Verdict[] {
  const find = ({ arm, scoring }: RowName) =>
    rows.find((row) => row.arm.id === arm && row.scoring === scoring);
  return PREDICTIONS.flatMap(({ claim, because, better, than, on }) => {
    const [ours, baseline] = [find(better), find(than)];
    if (!ours || !baseline) return [];
    const side = (row: ScoredArm) => ({ label: row.label, scores: domainScores(input, row, on) });
    return judge({
      claim: `${on}: ${claim}, because ${because}`,
      ours: side(ours),
      baseline: side(baseline),
    });
  });
}

function parameterNote({ runs }: ReportInput, arms: readonly Arm[]): string {
  const counts = arms.map(({ id, label }) => {
    const { parameters } = runs.find(({ arm }) => arm === id)!;
    return `${label} ${parameters.toLocaleString('en-GB')}`;
  });
  return `Parameters: ${counts.join('; ')}.`;
}
