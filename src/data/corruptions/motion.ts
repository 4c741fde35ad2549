import { clampPlace, type Pixels } from './pixels';

/**
 * Blurs along a line that starts at each pixel: half a Gaussian over 2 · radius + 1 pixels, edge pixels repeated. The
 * original calls ImageMagick's `MotionBlurImage`; this draws its kernel by the formula that imagecorruptions reconstructed,
 * and is not held to its pixels.
 *
 * @param sigma of the Gaussian, in pixels
 * @param degrees where the line leads, 0 is to the left
 */
export function blurAlong(pixels: Pixels, radius: number, sigma: number, degrees: number): Pixels {
  const { values, width, height, channels } = pixels;
  const length = 2 * radius + 1;
  const weights = Array.from({ length }, (_, i) => Math.exp(-(i ** 2) / (2 * sigma ** 2)));
  const total = weights.reduce((a, b) => a + b);
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const blurred = new Float64Array(values.length);
  weights.forEach((weight, i) => {
    const [down, right] = [Math.ceil(i * sine - 0.5), Math.ceil(i * cosine - 0.5)];
    for (let y = 0; y < height; y++) {
      const row = clampPlace(y + down, height) * width;
      for (let x = 0; x < width; x++) {
        const [from, to] = [channels * (row + clampPlace(x + right, width)), channels * (y * width + x)];
        for (let c = 0; c < channels; c++) blurred[to + c] += (weight / total) * values[from + c];
      }
    }
  });
  return { ...pixels, values: blurred };
}
