import type * as tf from '@tensorflow/tfjs-core';

/** How two gradients of the same parameters differ, all parameters taken as one long vector. */
export interface GradientDifference {
  /** The cosine between them: 1 where they point the same way. */
  cosine: number;
  /** ‖a − b‖ / ‖a‖: 0 where they are equal. */
  relative: number;
}

/**
 * Compares gradients by name.
 *
 * @throws when the two are not of the same parameters
 */
export function gradientDifference(
  a: ReadonlyMap<string, tf.Tensor>,
  b: ReadonlyMap<string, tf.Tensor>,
): GradientDifference {
  let [dot, left, right, apart] = [0, 0, 0, 0];
  for (const [name, gradient] of a) {
    const other = b.get(name)?.dataSync();
    const own = gradient.dataSync();
    if (a.size !== b.size || other?.length !== own.length) {
      throw new Error(
        `Expected gradients of the same parameters, but "${name}" differs: take both of one model.`,
      );
    }
    own.forEach((value: number, i: number) => {
      dot += value * other[i];
      left += value ** 2;
      right += other[i] ** 2;
      apart += (value - other[i]) ** 2;
    });
  }
  return { cosine: dot / Math.sqrt(left * right), relative: Math.sqrt(apart / left) };
}
