import { type Interval, pairedDifference } from '../evaluation';
import type { StoredEvaluation } from './readEvaluation';
import type { Result } from './results';

/** A metric of two results. */
export interface MetricDifference {
  name: string;
  first: number;
  second: number;
  /** second − first */
  difference: number;
  /**
   * Of the difference, where both judged the same pictures and their predictions are stored: how far off it may be as the test
   * set is finite, see `pairedDifference`.
   */
  interval?: Interval;
}

type Side = readonly [StoredEvaluation, Result];

/** Every metric that both have. */
export function metricDifferences([all, a]: Side, [others, b]: Side): MetricDifference[] {
  const rights = bothRight([all, a], [others, b]);
  return Object.keys(a.metrics)
    .filter((name) => name in b.metrics)
    .map((name) => {
      const [first, second] = [a.metrics[name], b.metrics[name]];
      const found = { name, first, second, difference: second - first };
      const interval = rights && intervalOf(name, rights);
      return interval ? { ...found, interval } : found;
    });
}

interface Rights {
  labels: Int32Array;
  first: Uint8Array;
  second: Uint8Array;
}

function bothRight([all, a]: Side, [others, b]: Side): Rights | undefined {
  const [first, second] = [all.predictions(a), others.predictions(b)];
  const [split, other] = [a, b].map((result) => result.splits.find(({ name }) => name === result.split));
  if (!first || !second || split?.keys !== other?.keys) return undefined;
  // The same pictures, but for those that one could not decode or that have another class there.
  if (first.labels.length !== second.labels.length) return undefined;
  if (first.labels.some((label, row) => label !== second.labels[row])) return undefined;
  const right = ({ labels, predicted }: typeof first) =>
    Uint8Array.from(labels, (label, row) => Number(predicted[row] === label));
  return { labels: first.labels, first: right(first), second: right(second) };
}

function intervalOf(metric: string, { labels, first, second }: Rights): Interval | undefined {
  if (metric === 'top1') return pairedDifference(second, first);
  return metric === 'meanPerClass' ? pairedDifference(second, first, labels) : undefined;
}
