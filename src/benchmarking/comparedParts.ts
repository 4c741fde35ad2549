import { type ComparedPart, comparisonTable } from '../report';
import type { ComparedResults, Comparison } from './compare';
import { formatMetric, metricTitle } from './measuredCells';

/** A comparison of evaluations as sentences and tables, a part for each pair of results. */
export function comparedResultParts({ compared, onlyFirst, onlySecond }: Comparison): ComparedPart[] {
  const only = (which: string, names: string[]) =>
    names.length > 0 ? [`Only in the ${which}: ${names.join('; ')}.`] : [];
  const rest = [...only('first', onlyFirst), ...only('second', onlySecond)];
  const parts = compared.map(partOf);
  if (rest.length === 0) return parts;
  return [...parts, { title: 'Not in both', sentences: rest, settings: [], tables: [], figures: [] }];
}

function partOf({ benchmark, protocol, models, differences, metrics }: ComparedResults): ComparedPart {
  const names = models[0] === models[1] ? models[0] : models.join(' and ');
  const table = comparisonTable(
    {
      id: `${benchmark}-${protocol}`,
      title: 'Metrics',
      unit: 'shares in %',
    },
    { title: `${benchmark}, ${protocol}`, source: names },
    metrics.map(({ name, ...numbers }) => ({
      label: metricTitle(name),
      ...numbers,
      show: (value) => formatMetric(name, value),
    })),
  );
  return {
    title: `${benchmark}, ${protocol}: ${names}`,
    sentences:
      differences.length > 0
        ? differences.map(({ how }) => how)
        : ['Everything that decides the numbers is the same.'],
    settings: [],
    tables: [table],
    figures: [],
  };
}
