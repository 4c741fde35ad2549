import { pictureSize } from './render';

/** Bounds of the rings in cycles per picture. */
const rings = [2, 4, 5.5, 7, 8.5, 10, 12, 15, 20, 32];
const sectors = 6;

const waves = (wave: (turn: number) => number) =>
  Array.from({ length: pictureSize }, (_, k) =>
    Float64Array.from({ length: pictureSize }, (_, n) => wave((2 * Math.PI * k * n) / pictureSize)),
  );
const cosines = waves(Math.cos);
const sines = waves(Math.sin);

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < pictureSize; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * The power spectrum of a field `[64 · 64]`, summed over rings and sectors and given as logarithms of shares,
 * `[9 rings · 6 sectors]`; the half with kx < 0 is the mirror image and left out. It is the autocovariance in another
 * basis (Wiener–Khinchin), so a second-order statistic.
 */
export function polarSpectrum(field: Float64Array): number[] {
  const rows = Array.from({ length: pictureSize }, (_, y) =>
    field.subarray(y * pictureSize, (y + 1) * pictureSize),
  );
  const energy = new Array<number>((rings.length - 1) * sectors).fill(0);
  for (let kx = 0; kx < pictureSize / 2; kx++) {
    const real = Float64Array.from(rows, (row) => dot(cosines[kx], row));
    const imaginary = Float64Array.from(rows, (row) => -dot(sines[kx], row));
    for (let k = 0; k < pictureSize; k++) {
      const ky = k < pictureSize / 2 ? k : k - pictureSize;
      const ring = rings.findIndex((bound) => Math.hypot(kx, ky) < bound) - 1;
      if (ring < 0) continue;
      const power =
        (dot(cosines[k], real) + dot(sines[k], imaginary)) ** 2 +
        (dot(cosines[k], imaginary) - dot(sines[k], real)) ** 2;
      const half = (Math.atan2(ky, kx) / Math.PI + 1 + 0.5 / sectors) % 1;
      energy[ring * sectors + Math.floor(half * sectors)] += power;
    }
  }
  const total = energy.reduce((sum, value) => sum + value, 0);
  return energy.map((value) => Math.log(0.002 + value / total));
}
