import { mapPixels, toPicture, toPixels } from './pixels';
import type { Corruption, PerSeverity } from './severity';
import { smooth } from './smooth';

/** ImageNet-C's corruptions for validation, which are no part of its error; its `spatter` is left out. */

const SPECKLE: PerSeverity = [0.15, 0.2, 0.35, 0.45, 0.6];
/** Standard deviations in pixels. */
const GAUSSIAN_BLUR: PerSeverity = [1, 2, 3, 4, 6];
/** Saturation times a factor, plus a share. */
const SATURATE: PerSeverity<{ factor: number; added: number }> = [
  { factor: 0.3, added: 0 },
  { factor: 0.1, added: 0 },
  { factor: 2, added: 0 },
  { factor: 5, added: 0.1 },
  { factor: 20, added: 0.2 },
];

/** Adds normal noise in proportion to the value. */
export const speckleNoise: Corruption = (picture, severity, random) => {
  const deviation = SPECKLE[severity - 1];
  return toPicture(mapPixels(toPixels(picture), (value) => value * (1 + deviation * random.normal())));
};

export const gaussianBlur: Corruption = (picture, severity) =>
  toPicture(smooth(toPixels(picture), GAUSSIAN_BLUR[severity - 1]));

/** Less colour at the first two severities, more at the others; a grey pixel that gains colour becomes red, as in HSV. */
export const saturate: Corruption = (picture, severity) => {
  const { factor, added } = SATURATE[severity - 1];
  const pixels = toPixels(picture);
  return toPicture(
    mapPixels(pixels, (value, i) => {
      const start = i - (i % 3);
      const own = pixels.values.subarray(start, start + 3);
      const [most, least] = [Math.max(own[0], own[1], own[2]), Math.min(own[0], own[1], own[2])];
      const before = most === 0 ? 0 : (most - least) / most;
      const after = Math.min(1, before * factor + added);
      if (before === 0) return i === start ? value : value * (1 - after);
      return most - ((most - value) * after) / before;
    }),
  );
};
