import { createRandom } from '../engine/random';

/**
 * Splits examples in two so that each class is cut in the same proportion: of a class with n examples the first part
 * gets `share · n`, rounded, but each part at least one where there are two.
 *
 * @param labels the class of every example
 * @param share the first part's share, between 0 and 1
 * @returns the indices of both parts, each in rising order; a pure function of the arguments
 * @throws where the share is not between 0 and 1
 */
export function stratifiedSplit(
  labels: ArrayLike<number>,
  share: number,
  seed: number | string,
): [number[], number[]] {
  if (!(share > 0 && share < 1)) throw new Error(`Expected a share between 0 and 1, got ${share}.`);
  const byClass = new Map<number, number[]>();
  Array.from(labels).forEach((label, index) => {
    byClass.set(label, [...(byClass.get(label) ?? []), index]);
  });
  const parts: [number[], number[]] = [[], []];
  for (const [label, indices] of byClass) {
    const order = createRandom(seed).fork(`split of class ${label}`).shuffle(indices);
    const most = Math.max(1, order.length - 1);
    const cut = Math.min(most, Math.max(1, Math.round(share * order.length)));
    parts[0].push(...order.slice(0, cut));
    parts[1].push(...order.slice(cut));
  }
  return [parts[0].sort((a, b) => a - b), parts[1].sort((a, b) => a - b)];
}
