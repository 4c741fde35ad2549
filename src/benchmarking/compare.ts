import { type Difference, differencesOf } from './differences';
import { type MetricDifference, metricDifferences } from './metricDifferences';
import type { ProtocolId } from './protocols';
import type { StoredEvaluation } from './readEvaluation';
import type { Result } from './results';

/** Two results of the same kind, held against each other. */
export interface ComparedResults {
  benchmark: string;
  protocol: ProtocolId;
  /** Labels of the two models. */
  models: [string, string];
  /** What decided the numbers and is not the same; empty where everything is. */
  differences: Difference[];
  metrics: MetricDifference[];
}

export interface Comparison {
  compared: ComparedResults[];
  /** Results that only one of the two has, in words. */
  onlyFirst: string[];
  onlySecond: string[];
}

/**
 * Says in what two evaluations differ: in weights, class names, templates, preparation, split or pictures, the usual reasons why
 * two people's numbers disagree, and by how much each metric does.
 *
 * Results belong together by benchmark, protocol and the model's label; where each side has one model, by the first two.
 *
 * @throws where no result of the one belongs to one of the other
 */
export function compareEvaluations(first: StoredEvaluation, second: StoredEvaluation): Comparison {
  const isOneEach = [first, second].every(({ results }) => results.models.length === 1);
  const keyOf = ({ benchmark, protocol, model }: Result) =>
    [benchmark, protocol, ...(isOneEach ? [] : [model])].join(', ');
  const others = new Map(second.results.results.map((result) => [keyOf(result), result]));
  const compared: ComparedResults[] = [];
  const onlyFirst: string[] = [];
  for (const a of first.results.results) {
    const b = others.get(keyOf(a));
    if (!b) {
      onlyFirst.push(keyOf(a));
      continue;
    }
    others.delete(keyOf(a));
    compared.push({
      benchmark: a.benchmark,
      protocol: a.protocol,
      models: [a.model, b.model],
      differences: differencesOf([first.results, a], [second.results, b]),
      metrics: metricDifferences([first, a], [second, b]),
    });
  }
  const onlySecond = [...others.keys()];
  if (compared.length > 0) return { compared, onlyFirst, onlySecond };
  throw new Error(
    `Expected results of the same benchmark, protocol and model in both, got ${onlyFirst.join('; ')} and ${onlySecond.join('; ')}.`,
  );
}
