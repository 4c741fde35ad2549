import { accuracyDifference, type Interval, mean, pairedTTest } from '../../evaluation';
import type { MetricsRecord } from '../../training';
import { configDifferences, type SettingDifference } from './configDifferences';
import type { StoredExperiment, StoredRun } from './storedRuns';

/** A number of both sides: the mean over their runs. */
export interface NumberDifference {
  name: string;
  first: number;
  second: number;
  /** second − first, over the seeds that both have where there are several. */
  difference: number;
  interval?: Interval;
  /**
   * What the interval is about: `seeds`, paired over those that both have; `examples`, one run each, how far off the difference
   * may be as the test set is finite, the two models' answers taken as independent.
   */
  basis?: 'seeds' | 'examples';
}

/** A metric over the steps, the mean over a side's runs. */
export interface MetricCurve {
  steps: number[];
  values: number[];
}

/** Runs held against each other. */
export interface RunsComparison {
  title: string;
  /** How many runs each side has, and the seeds that both have. */
  runs: [number, number];
  seeds: number[];
  settings: SettingDifference[];
  /** Shares in [0, 1] on test sets. */
  scores: NumberDifference[];
  /** What was logged in the last step. */
  metrics: NumberDifference[];
  curves: { name: string; first: MetricCurve; second: MetricCurve }[];
}

/**
 * Compares the runs of one arm with those of another, or one run with another.
 *
 * An interval over seeds is Student's, paired, see `pairedTTest`; with one run on a side nothing is said about other seeds.
 */
export function compareRuns(title: string, first: StoredRun[], second: StoredRun[]): RunsComparison {
  const isSeveral = first.length > 1 || second.length > 1;
  return {
    title,
    runs: [first.length, second.length],
    seeds: commonSeeds(first, second),
    settings: configDifferences(first[0].config, second[0].config, isSeveral ? ['recipe.seed'] : []),
    scores: scoreDifferences(first, second),
    metrics: namesIn(first, second).map((name) =>
      differenceOf(name, byRun(first, lastOf(name)), byRun(second, lastOf(name))),
    ),
    curves: namesIn(first, second).map((name) => ({
      name,
      first: curveOf(first, name),
      second: curveOf(second, name),
    })),
  };
}

/**
 * Compares two experiments arm by arm, those that both have.
 *
 * @throws where they have no arm in common
 */
export function compareExperiments(first: StoredExperiment, second: StoredExperiment): RunsComparison[] {
  const common = [...first.arms.keys()].filter((arm) => second.arms.has(arm));
  if (common.length > 0) {
    return common.map((arm) => compareRuns(arm, first.arms.get(arm)!, second.arms.get(arm)!));
  }
  const [a, b] = [first, second].map(({ arms }) => [...arms.keys()].join(', ') || 'none');
  throw new Error(
    `Expected experiments with an arm in common, got ${a} and ${b}; compare two arms by their paths, without -seed-N.`,
  );
}

/** A value of each run. */
type Values = { seed: number | undefined; value: number }[];

function scoreDifferences(first: StoredRun[], second: StoredRun[]): NumberDifference[] {
  const names = [...first[0].scores.keys()].filter((name) =>
    [...first, ...second].every(({ scores }) => scores.has(name)),
  );
  return names.map((name) => {
    const shareOf = ({ scores }: StoredRun) => scores.get(name)!.value;
    const found = differenceOf(name, byRun(first, shareOf), byRun(second, shareOf));
    const [a, b] = [first[0].scores.get(name)!, second[0].scores.get(name)!];
    const isOneEach = first.length === 1 && second.length === 1;
    if (!isOneEach || a.count !== b.count) return found;
    const { independent } = accuracyDifference(b.value, a.value, a.count);
    const half = 1.96 * independent;
    const { difference: estimate } = found;
    const interval = { estimate, low: estimate - half, high: estimate + half, level: 0.95 };
    return { ...found, interval, basis: 'examples' as const };
  });
}

function differenceOf(name: string, first: Values, second: Values): NumberDifference {
  const means = {
    first: mean(first.map(({ value }) => value)),
    second: mean(second.map(({ value }) => value)),
  };
  const pairs = first.flatMap(({ seed, value }) => {
    const other = seed === undefined ? undefined : second.find((run) => run.seed === seed);
    return other ? [[value, other.value]] : [];
  });
  if (pairs.length < 2) return { name, ...means, difference: means.second - means.first };
  const { difference: interval } = pairedTTest(
    pairs.map(([, b]) => b),
    pairs.map(([a]) => a),
  );
  return { name, ...means, difference: interval.estimate, interval, basis: 'seeds' };
}

function byRun(runs: StoredRun[], numberOf: (run: StoredRun) => number): Values {
  return runs.map((run) => ({ seed: run.seed, value: numberOf(run) }));
}

function commonSeeds(first: StoredRun[], second: StoredRun[]): number[] {
  return first.flatMap(({ seed }) => (second.some((run) => run.seed === seed) ? (seed ?? []) : []));
}

/** Metrics that every run logged in its last step, as numbers. */
function namesIn(first: StoredRun[], second: StoredRun[]): string[] {
  const last = ({ metrics }: StoredRun): Partial<MetricsRecord> => metrics.at(-1) ?? {};
  const isIn = (name: string) => (run: StoredRun) => typeof last(run)[name] === 'number';
  return Object.keys(last(first[0])).filter(
    (name) => name !== 'step' && [...first, ...second].every(isIn(name)),
  );
}

function lastOf(name: string): (run: StoredRun) => number {
  return ({ metrics }) => Number(metrics.at(-1)![name]);
}

/** At the steps that all runs logged the metric at. */
function curveOf(runs: StoredRun[], name: string): MetricCurve {
  const isLogged = (record: MetricsRecord) => typeof record[name] === 'number';
  const logged = runs.map(
    ({ metrics }) => new Map(metrics.filter(isLogged).map((record) => [record.step, Number(record[name])])),
  );
  const steps = [...logged[0].keys()].filter((step) => logged.every((own) => own.has(step)));
  return { steps, values: steps.map((step) => mean(logged.map((own) => own.get(step)!))) };
}
