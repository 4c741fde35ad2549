import type { Random } from '../../engine/random';
import type { Extent } from '../resizeGeometry';
import type { Pixels } from './pixels';

/**
 * Clouds by the diamond-square algorithm on a torus, from 0 to 1: the upper left part of a square whose side is a power of
 * two. Each pass halves the step and divides the random share by `decay`: the higher, the smoother.
 */
export function plasma({ width, height }: Extent, decay: number, random: Random): Pixels {
  let size = 1;
  while (size < Math.max(width, height, 2)) size *= 2;
  const map = new Float64Array(size * size);
  const at = (y: number, x: number) => map[((y + size) % size) * size + ((x + size) % size)];
  let wobble = 100;
  const drawAround = (y: number, x: number, sum: number) => {
    map[y * size + x] = sum / 4 + wobble * (2 * random.uniform() - 1) * wobble;
  };
  for (let step = size; step >= 2; step /= 2, wobble /= decay) {
    const half = step / 2;
    for (let y = half; y < size; y += step) {
      for (let x = half; x < size; x += step) {
        const [up, down, left, right] = [y - half, y + half, x - half, x + half];
        drawAround(y, x, at(up, left) + at(up, right) + at(down, left) + at(down, right));
      }
    }
    for (let y = 0; y < size; y += half) {
      for (let x = y % step === 0 ? half : 0; x < size; x += step) {
        drawAround(y, x, at(y - half, x) + at(y + half, x) + at(y, x - half) + at(y, x + half));
      }
    }
  }
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of map) [least, most] = [Math.min(least, value), Math.max(most, value)];
  const values = Float64Array.from({ length: width * height }, (_, i) => {
    const value = map[Math.floor(i / width) * size + (i % width)];
    return (value - least) / (most - least);
  });
  return { values, width, height, channels: 1 };
}
