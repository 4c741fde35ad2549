import type { Measurement, Scoring } from '../evaluation';
import { mean } from '../evaluation';
import { curvesFigure, type Figure, type MeasuredResults, type MeasuredRow, type Verdict } from '../report';
import type { Arm, ReportInput, RunSummary } from './experiment';

/** One row of a table: an arm under one scoring, and its runs in the order of the seeds. */
export interface ScoredArm {
  arm: Arm;
  scoring: Scoring;
  label: string;
  measurements: Measurement[];
}

/** As tables and figures call the ways to score. */
export const SCORING_NAMES: Record<Scoring, string> = {
  first: 'first order',
  second: 'second order',
  both: 'both orders',
  tokens: 'token by token',
};

/** Every arm under every scoring it was judged by, in the order of the arms. */
export function scoredArms(arms: readonly Arm[], runs: readonly RunSummary[]): ScoredArm[] {
  return arms.flatMap((arm) => {
    const own = runsOf({ runs }, arm.id);
    const scorings = arm.scorings ?? (['first'] as const);
    return scorings.map((scoring) => ({
      arm,
      scoring,
      label: scorings.length > 1 ? `${arm.label}, ${SCORING_NAMES[scoring]}` : arm.label,
      measurements: own.map((run) => run.scores[scoring]!),
    }));
  });
}

/** An arm's runs in the order of the seeds; none where the profile left it out. */
export function runsOf({ runs }: Pick<ReportInput, 'runs'>, arm: string): RunSummary[] {
  return runs.filter((run) => run.arm === arm).sort((a, b) => a.seed - b.seed);
}

/** The rows' accuracies per published column, seed by seed, from the tasks that mirror one. */
export function taskRows(rows: readonly ScoredArm[], { tasks }: ReportInput['data']): MeasuredRow[] {
  const mirrored = tasks.filter((task) => task.column !== null);
  return rows.map(({ label, measurements }) => ({
    label,
    scores: Object.fromEntries(
      mirrored.map(({ id, column }) => [column!, measurements.map(({ tasks }) => tasks[id].top1)]),
    ),
  }));
}

/** What is common to all measured tables of an experiment: the setting, the budget and the machine. */
export function measuredResults(
  { profileName, profile, runs }: ReportInput,
  data: string,
  content: Pick<MeasuredResults, 'columns' | 'rows'>,
): MeasuredResults {
  const { vision, embedDim } = profile.model;
  return {
    profile: profileName,
    setting: `ViT ${vision.layers}×${vision.width}/${vision.patchSize}, ${vision.imageSize} px, d = ${embedDim}, ${data}`,
    pairs: runs.at(-1)!.pairs, // an arm that others start from comes first and may see more
    minutes: mean(runs.map((run) => run.trainingSeconds / 60)),
    machine: machinesOf(runs),
    ...content,
  };
}

/** The kinds of machine the runs were trained on. */
export function machinesOf(runs: readonly Pick<RunSummary, 'machine'>[]): string {
  return [...new Set(runs.map((run) => run.machine))].join('; ');
}

/** How many test pictures each task has, from the runs. */
export function taskCounts(runs: readonly RunSummary[]): Record<string, number> {
  const [first] = Object.values(runs[0].scores);
  return Object.fromEntries(Object.entries(first!.tasks).map(([id, { count }]) => [id, count]));
}

/** The training losses of the first seed's runs, one curve for each arm. */
export function lossFigure({ runs }: ReportInput, arms: readonly Arm[]): Figure {
  const seed = Math.min(...runs.map((run) => run.seed));
  return curvesFigure({
    id: 'loss',
    title: `Training loss, seed ${seed}; losses of different methods are not comparable`,
    y: 'loss',
    curves: arms.flatMap(({ id, label }) => {
      const run = runs.find((candidate) => candidate.arm === id && candidate.seed === seed);
      return run ? [{ name: label, ...run.curve }] : [];
    }),
  });
}

/** Accuracy on classes seen in training (in other drawings) and on classes never seen, of the tasks that have both. */
export function unseenSentences(
  rows: readonly ScoredArm[],
  { tasks }: ReportInput['data'],
  id: string,
): string[] {
  const task = tasks.find((candidate) => candidate.id === id);
  if (!task) return [];
  return rows.flatMap(({ label, measurements }) => {
    const [seen, unseen] = (['top1Seen', 'top1Unseen'] as const).map((key) =>
      measurements.flatMap(({ tasks }) => tasks[id][key] ?? []),
    );
    if (seen.length === 0 || unseen.length === 0) return [];
    const percent = (shares: number[]) => (100 * mean(shares)).toFixed(1);
    return [
      `${label}, ${task.title}: ${percent(seen)} % on classes seen in training, ${percent(unseen)} % on classes never seen.`,
    ];
  });
}

/** The judgements as sentences; in a profile with one seed, one sentence that says why there are none. */
export function sentencesOf({ profile }: ReportInput, verdicts: readonly Verdict[]): string[] {
  if (profile.seeds.length > 1) return verdicts.map(({ sentence }) => sentence);
  return [
    'One seed decides nothing: this profile shows that everything runs. For answers use --profile mini.',
  ];
}
