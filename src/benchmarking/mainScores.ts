import type { Column } from '../report';
import { betterOf } from './evaluationTables';
import { metricTitle } from './measuredCells';
import type { BenchmarkRecord, EvaluationResults, Result } from './results';

/** A figure that stands for a model on a set, in per cent. */
export interface MainScore {
  /** `CIFAR-10 top-1`, `Oxford-IIIT Pet mean per class, linear-probe`. */
  title: string;
  value: number;
  better: NonNullable<Column['better']>;
  /** Digits after the point. */
  digits: number;
}

/** Of each result what tables of many models show: the metric that its set is reported by, or the protocol's own. */
export function mainScores({ results, benchmarks }: EvaluationResults): MainScore[] {
  return results.flatMap((result) => {
    const benchmark = benchmarks.find(({ id }) => id === result.benchmark)!;
    return mainMetrics(result, benchmark).map((metric) => ({
      title: titleOf(result, benchmark, metric),
      value: 100 * result.metrics[metric],
      better: betterOf(result.protocol, metric) ?? 'higher',
      digits: 1,
    }));
  });
}

function mainMetrics({ protocol, metrics }: Result, { metric }: BenchmarkRecord): string[] {
  if (protocol === 'calibration') return ['expectedError'];
  if (protocol === 'robustness') return ['corrupted'];
  if (protocol === 'few-shot') return Object.keys(metrics).slice(-1);
  return metric === 'recall' ? ['imageToText@1', 'textToImage@1'] : [metric];
}

function titleOf({ protocol, partial }: Result, { title }: BenchmarkRecord, metric: string): string {
  const how = protocol === 'zero-shot' ? '' : `, ${protocol}`;
  return `${title} ${metricTitle(metric)}${how}${partial ? ', partial data' : ''}`;
}
