import type { Random } from '../../engine/random';
import { mapPixels, toPicture, toPixels } from './pixels';
import type { Corruption, PerSeverity } from './severity';

/** The noises of ImageNet-C, drawn for each channel of each pixel. */

/** Standard deviations, as shares of the range. */
const GAUSSIAN: PerSeverity = [0.08, 0.12, 0.18, 0.26, 0.38];
/** Photons that white stands for. */
const SHOT: PerSeverity = [60, 25, 12, 5, 3];
/** Shares of values that are replaced. */
const IMPULSE: PerSeverity = [0.03, 0.06, 0.09, 0.17, 0.27];

/** Adds normal noise. */
export const gaussianNoise: Corruption = (picture, severity, random) => {
  const deviation = GAUSSIAN[severity - 1];
  return toPicture(mapPixels(toPixels(picture), (value) => value + deviation * random.normal()));
};

/** Counts photons, whose number varies as Poisson's distribution has it. */
export const shotNoise: Corruption = (picture, severity, random) => {
  const photons = SHOT[severity - 1];
  return toPicture(mapPixels(toPixels(picture), (value) => poisson(value * photons, random) / photons));
};

/** Replaces values by 0 or 1 with equal chances: salt and pepper. */
export const impulseNoise: Corruption = (picture, severity, random) => {
  const share = IMPULSE[severity - 1];
  const change = (value: number) => (random.uniform() > share ? value : random.uniform() < 0.5 ? 1 : 0);
  return toPicture(mapPixels(toPixels(picture), change));
};

/** A number from Poisson's distribution, by the inverse of its sum; for means below about 100. */
function poisson(mean: number, random: Random): number {
  let left = random.uniform();
  let chance = Math.exp(-mean);
  let count = 0;
  for (; left > chance && chance > 0; count++) {
    left -= chance;
    chance *= mean / (count + 1);
  }
  return count;
}
