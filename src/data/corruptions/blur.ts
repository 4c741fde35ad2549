import { blurAlong } from './motion';
import { clampPlace, mapPixels, type Pixels, toPicture, toPixels } from './pixels';
import type { Corruption, PerSeverity } from './severity';
import { smooth } from './smooth';
import { zoomIn } from './zoom';

/** The blurs of ImageNet-C; lengths are in pixels, and not scaled with the picture. */

const DEFOCUS: PerSeverity<{ radius: number; alias: number }> = [
  { radius: 3, alias: 0.1 },
  { radius: 4, alias: 0.5 },
  { radius: 6, alias: 0.5 },
  { radius: 8, alias: 0.5 },
  { radius: 10, alias: 0.5 },
];
const GLASS: PerSeverity<{ sigma: number; reach: number; passes: number }> = [
  { sigma: 0.7, reach: 1, passes: 2 },
  { sigma: 0.9, reach: 2, passes: 1 },
  { sigma: 1, reach: 2, passes: 3 },
  { sigma: 1.1, reach: 3, passes: 2 },
  { sigma: 1.5, reach: 4, passes: 2 },
];
const MOTION: PerSeverity<{ radius: number; sigma: number }> = [
  { radius: 10, sigma: 3 },
  { radius: 15, sigma: 5 },
  { radius: 15, sigma: 8 },
  { radius: 15, sigma: 12 },
  { radius: 20, sigma: 15 },
];
/** From 1 on in steps; NumPy's `arange(1, 1.11, 0.01)` of the original reaches its end by rounding, others do not. */
const ZOOM: PerSeverity<{ step: number; count: number }> = [
  { step: 0.01, count: 12 },
  { step: 0.01, count: 16 },
  { step: 0.02, count: 11 },
  { step: 0.02, count: 13 },
  { step: 0.03, count: 11 },
];

/** Each pixel becomes a disk with a softened edge; mirrored beyond the edges without repeating the edge pixel. */
export const defocusBlur: Corruption = (picture, severity) => {
  const { radius, alias } = DEFOCUS[severity - 1];
  return toPicture(convolve(toPixels(picture), disk(radius, alias)));
};

/**
 * Pixels take the place of neighbours, between two slight blurs. The original means to swap them, but NumPy's rows are views,
 * so that it copies; ImageNet-C was made so, and so is this.
 */
export const glassBlur: Corruption = (picture, severity, random) => {
  const { sigma, reach, passes } = GLASS[severity - 1];
  const { data, width, height } = toPicture(smooth(toPixels(picture), sigma));
  const draw = () => random.integer(2 * reach) - reach;
  for (let pass = 0; pass < passes; pass++) {
    for (let y = height - reach; y > reach; y--) {
      for (let x = width - reach; x > reach; x--) {
        const from = 3 * ((y + draw()) * width + x + draw());
        data.copyWithin(3 * (y * width + x), from, from + 3);
      }
    }
  }
  return toPicture(smooth(toPixels({ data, width, height }), sigma));
};

/** Blurs along a line up to 45° off the horizontal; see `blurAlong` for what differs from the original. */
export const motionBlur: Corruption = (picture, severity, random) => {
  const { radius, sigma } = MOTION[severity - 1];
  return toPicture(blurAlong(toPixels(picture), radius, sigma, 90 * random.uniform() - 45));
};

/** The mean of the picture and its enlargements. */
export const zoomBlur: Corruption = (picture, severity) => {
  const { step, count } = ZOOM[severity - 1];
  const pixels = toPixels(picture);
  const sum = Float64Array.from(pixels.values);
  for (let i = 0; i < count; i++) {
    zoomIn(pixels, 1 + i * step).values.forEach((value, place) => {
      sum[place] += value;
    });
  }
  return toPicture(mapPixels(pixels, (_, place) => sum[place] / (count + 1)));
};

/** `[side][side]`, summing to 1 */
function disk(radius: number, alias: number): number[][] {
  const reach = Math.max(8, radius);
  const places = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  const inDisk = places.flatMap((y) => places.map((x) => Number(x ** 2 + y ** 2 <= radius ** 2)));
  const area = inDisk.reduce((a, b) => a + b);
  const soft = softenEdge(
    inDisk.map((value) => value / area),
    places.length,
    radius <= 8 ? 1 : 2,
    alias,
  );
  return places.map((_, row) => soft.slice(row * places.length, (row + 1) * places.length));
}

/** OpenCV's `GaussianBlur` with a kernel of 2 · radius + 1 pixels. */
function softenEdge(values: readonly number[], side: number, radius: number, sigma: number): number[] {
  const offsets = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  const weights = offsets.map((offset) => Math.exp(-(offset ** 2) / (2 * sigma ** 2)));
  const total = weights.reduce((a, b) => a + b) ** 2;
  const at = (y: number, x: number) => values[mirror(y, side) * side + mirror(x, side)];
  return values.map((_, i) => {
    const [y, x] = [Math.floor(i / side), i % side];
    const part = (a: number, b: number) => weights[a] * weights[b] * at(y + offsets[a], x + offsets[b]);
    return offsets.reduce((sum, _, a) => sum + offsets.reduce((row, _, b) => row + part(a, b), 0), 0) / total;
  });
}

/** OpenCV's `filter2D`: every pixel becomes the kernel-weighted sum of those around it. */
function convolve(pixels: Pixels, kernel: readonly (readonly number[])[]): Pixels {
  const { values, width, height, channels } = pixels;
  const reach = (kernel.length - 1) / 2;
  const mixed = new Float64Array(values.length);
  kernel.forEach((weights, down) => {
    weights.forEach((weight, right) => {
      if (weight === 0) return;
      for (let y = 0; y < height; y++) {
        const row = mirror(y + down - reach, height) * width;
        for (let x = 0; x < width; x++) {
          const [from, to] = [
            channels * (row + mirror(x + right - reach, width)),
            channels * (y * width + x),
          ];
          for (let c = 0; c < channels; c++) mixed[to + c] += weight * values[from + c];
        }
      }
    });
  });
  return { ...pixels, values: mixed };
}

/** Mirrors once at the edge pixel; further out, for pictures smaller than the kernel, at the far edge. */
function mirror(place: number, length: number): number {
  const inside = Math.abs(place);
  return inside < length ? inside : clampPlace(2 * (length - 1) - inside, length);
}
