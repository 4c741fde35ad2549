import { type Mixture, mixLines } from './mixLines';
import { clampPlace, type Pixels } from './pixels';

/** What lies beyond the edge: the edge pixel again and again, or the picture mirrored with its edge pixel twice. */
export type Border = 'nearest' | 'reflect';

/**
 * Gaussian blur, skimage's `filters.gaussian`: both ways in turn, each channel for itself.
 *
 * @param sigma standard deviation in pixels
 * @param truncate where the kernel ends, in standard deviations
 */
export function smooth(
  pixels: Pixels,
  sigma: number,
  { truncate = 4, border = 'nearest' }: { truncate?: number; border?: Border } = {},
): Pixels {
  const kernel = gaussian(Math.trunc(truncate * sigma + 0.5), sigma);
  const { width, height } = pixels;
  return mixLines(pixels, foldKernel(kernel, height, border), foldKernel(kernel, width, border));
}

/** Weights at −radius … radius, summing to 1. */
function gaussian(radius: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** What each place is made of: no more pixels than there are, however long the kernel. */
function foldKernel(kernel: Float64Array, length: number, border: Border): Mixture[] {
  const radius = (kernel.length - 1) / 2;
  return Array.from({ length }, (_, place) => {
    const [first, last] = [clampPlace(place - radius, length), clampPlace(place + radius, length)];
    const whole = border === 'reflect' && (place < radius || place + radius >= length);
    const [start, end] = whole ? [0, length - 1] : [first, last];
    const weights = new Float64Array(end - start + 1);
    kernel.forEach((weight, i) => {
      weights[inside(place + i - radius, length, border) - start] += weight;
    });
    return { first: start, weights };
  });
}

function inside(place: number, length: number, border: Border): number {
  if (border === 'nearest') return clampPlace(place, length);
  const around = ((place % (2 * length)) + 2 * length) % (2 * length);
  return around < length ? around : 2 * length - 1 - around;
}
