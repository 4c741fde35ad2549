import type { Column, Table } from '../report';
import { BENCHMARK_GROUPS } from './groups';
import { groupTables } from './groupTables';
import { cellOf, footnotes, measuredRows, metricTitle } from './measuredCells';
import { PROTOCOL_IDS, type ProtocolId } from './protocols';
import type { EvaluationResults, Result } from './results';

const TITLES: Record<ProtocolId, string> = {
  'zero-shot': 'Zero-shot',
  'linear-probe': 'Linear probe',
  knn: 'Nearest neighbours, 20 where nothing is said',
  'few-shot': 'A few examples of each class, linear probe, top-1',
  robustness: 'Robustness: zero-shot top-1 on corrupted pictures, mean over severities',
  calibration: 'Calibration of zero-shot probabilities',
};

/**
 * The tables of an evaluation: for a group that was asked for its papers' own, with the published rows; for everything
 * else one for each protocol.
 */
export function evaluationTables(results: EvaluationResults): Table[] {
  const groups = BENCHMARK_GROUPS.filter(({ id }) => results.asked.includes(id));
  const grouped = new Set(
    groups.flatMap(({ columns, retrieval }) => [...Object.values(columns), ...Object.values(retrieval)]),
  );
  const others = results.results.filter(
    ({ benchmark, protocol }) => protocol !== 'zero-shot' || !grouped.has(benchmark),
  );
  return [
    ...groups.flatMap((group) => groupTables(group, results)),
    ...PROTOCOL_IDS.flatMap((id) => {
      const own = others.filter(({ protocol }) => protocol === id);
      return own.length > 0 ? [protocolTable(id, own, results)] : [];
    }),
  ];
}

/** Which values of a metric are better; how sure a model is on average is neither good nor bad. */
export function betterOf(id: ProtocolId, metric: string): Column['better'] {
  if (id === 'calibration' && metric === 'confidence') return undefined;
  return metric === 'mCE' || (id === 'calibration' && metric !== 'accuracy') ? 'lower' : 'higher';
}

/** Every metric of every benchmark, a row for each model. */
function protocolTable(id: ProtocolId, own: readonly Result[], results: EvaluationResults): Table {
  const isRaw = id === 'calibration';
  const columns = results.benchmarks.flatMap((benchmark) => {
    const found = own.find((result) => result.benchmark === benchmark.id);
    const metrics = Object.keys(found?.metrics ?? {});
    const shown = id === 'robustness' ? metrics.filter((metric) => !metric.includes('@')) : metrics;
    return shown.map((metric) => ({
      id: JSON.stringify([benchmark.id, metric]),
      title: metricTitle(metric),
      group: benchmark.title,
      digits: isRaw ? 3 : 1,
      better: betterOf(id, metric),
    }));
  });
  return {
    id,
    title: TITLES[id],
    labelTitle: 'Model',
    unit: isRaw ? 'shares; log-likelihood in nats' : '%',
    columns,
    sections: [
      measuredRows(
        results,
        own.some(({ partial }) => partial) ? 'partial data among it' : 'whole test sets',
        columns,
        (model, column) => {
          const [benchmark, metric] = JSON.parse(column.id);
          const result = own.find((one) => one.model === model && one.benchmark === benchmark);
          return isRaw ? { value: result?.metrics[metric] ?? null } : cellOf(result, metric);
        },
      ),
    ],
    footnotes: footnotes(results, own),
  };
}
