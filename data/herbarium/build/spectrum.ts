import { pictureSize } from './render';

/** Bounds of the rings in cycles per picture. */
const rings = [2, 4, 5.5, 7, 8.5, 10, 12, 15, 20, 32];
const sectors = 6;

const turns = Array.from({ length: pictureSize }, (_, i) => (2 * Math.PI * i) / pictureSize);
const cosines = turns.map(Math.cos);
const sines = turns.map(Math.sin);

/** The discrete Fourier transform of one row or column of `pictureSize` complex numbers, in place. */
function transform(real: Float64Array, imaginary: Float64Array, start: number, stride: number): void {
  const [a, b] = [new Float64Array(pictureSize), new Float64Array(pictureSize)];
  for (let k = 0; k < pictureSize; k++) {
    for (let n = 0; n < pictureSize; n++) {
      const turn = (k * n) % pictureSize;
      const at = start + n * stride;
      a[k] += real[at] * cosines[turn] + imaginary[at] * sines[turn];
      b[k] += imaginary[at] * cosines[turn] - real[at] * sines[turn];
    }
  }
  for (let k = 0; k < pictureSize; k++) {
    real[start + k * stride] = a[k];
    imaginary[start + k * stride] = b[k];
  }
}

/**
 * The power spectrum of a field `[64 · 64]`, summed over rings and sectors and given as logarithms of shares,
 * `[9 rings · 6 sectors]`. It is the autocovariance in another basis (Wiener–Khinchin), so a second-order statistic.
 */
export function polarSpectrum(field: Float64Array): number[] {
  const [real, imaginary] = [Float64Array.from(field), new Float64Array(field.length)];
  for (let i = 0; i < pictureSize; i++) transform(real, imaginary, i * pictureSize, 1);
  for (let i = 0; i < pictureSize; i++) transform(real, imaginary, i, pictureSize);
  const energy = new Array<number>((rings.length - 1) * sectors).fill(0);
  const signed = (i: number) => (i < pictureSize / 2 ? i : i - pictureSize);
  real.forEach((value, at) => {
    const [kx, ky] = [signed(at % pictureSize), signed(Math.floor(at / pictureSize))];
    const ring = rings.findIndex((bound) => Math.hypot(kx, ky) < bound) - 1;
    if (ring < 0) return;
    const half = (Math.atan2(ky, kx) / Math.PI + 1 + 0.5 / sectors) % 1;
    energy[ring * sectors + Math.min(sectors - 1, Math.floor(half * sectors))] +=
      value ** 2 + imaginary[at] ** 2;
  });
  const total = energy.reduce((sum, value) => sum + value, 0);
  return energy.map((value) => Math.log(0.002 + value / total));
}
