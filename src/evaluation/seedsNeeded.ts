import { normalQuantile } from './distributions';

/**
 * How many seeds, paired between two arms, would show a difference: n = ((z of the level + z of the power) · deviation /
 * effect)², rounded up. By the normal distribution, which is a little hopeful below ten seeds. The level is that of the
 * two-sided interval that is to exclude zero, the power the chance that it does.
 *
 * @param deviation the standard deviation of the paired differences
 * @param effect the difference to be seen, in the same unit
 * @throws unless the effect is not zero and the deviation not below zero
 */
export function seedsNeeded(deviation: number, effect: number, { level = 0.95, power = 0.8 } = {}): number {
  if (!(deviation >= 0 && Math.abs(effect) > 0)) {
    throw new Error(
      `Expected a deviation from 0 and an effect other than 0, got ${deviation} and ${effect}.`,
    );
  }
  const z = normalQuantile((1 + level) / 2) + normalQuantile(power);
  return Math.max(2, Math.ceil(((z * deviation) / effect) ** 2));
}
