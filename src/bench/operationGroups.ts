import type { OperationCost } from '../engine/trace';

/** What an operation is for. */
export type OperationGroup =
  | 'matrix products'
  | 'attention'
  | 'normalisation'
  | 'biases and activations'
  | 'optimizer'
  | 'casts'
  | 'rest';

/** The first that fits counts. */
const GROUPS: [OperationGroup, RegExp][] = [
  ['attention', /Attention|Softmax/],
  ['matrix products', /MatMul|Einsum|^Conv/],
  ['normalisation', /LayerNorm|BatchNorm/],
  ['optimizer', /AdamW|SumOfSquares|^Assign/],
  ['biases and activations', /^Clipbook(Bias|AddBias)|BiasAdd|Relu|Elu|Erf|Tanh|Sigmoid|Gelu/],
  ['casts', /^Cast$/],
];

/** The group of an operation of TensorFlow, by its name. */
export function groupOf(operation: string): OperationGroup {
  return GROUPS.find(([, pattern]) => pattern.test(operation))?.[0] ?? 'rest';
}

/** The costs of operations added up by group, the most expensive first. */
export function groupedCosts(
  operations: ReadonlyMap<string, OperationCost>,
): { group: OperationGroup; cost: OperationCost; operations: string[] }[] {
  const groups = new Map<OperationGroup, { cost: OperationCost; operations: string[] }>();
  const dearestFirst = [...operations].sort(([, a], [, b]) => b.cpuMs - a.cpuMs);
  for (const [name, { calls, cpuMs }] of dearestFirst) {
    const found = groups.get(groupOf(name)) ?? { cost: { calls: 0, cpuMs: 0 }, operations: [] };
    found.cost.calls += calls;
    found.cost.cpuMs += cpuMs;
    found.operations.push(name);
    groups.set(groupOf(name), found);
  }
  return [...groups]
    .map(([group, found]) => ({ group, ...found }))
    .sort((a, b) => b.cost.cpuMs - a.cost.cpuMs);
}
