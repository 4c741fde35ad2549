import assert from 'node:assert/strict';
import { resample } from '../../src/data/pillow/resample';
import { createRandom, hasKernels, pictureKernels, startEngine } from '../../src/engine';

describe('resample by kernels', () => {
  before(async function () {
    await startEngine();
    if (!hasKernels()) this.skip();
  });

  const random = createRandom(5);
  // Smaller and larger, across first and down first, narrower than a vector and wider; with a window in the middle.
  for (const [from, to] of [
    [
      [50, 37],
      [20, 15],
    ],
    [
      [7, 3],
      [19, 40],
    ],
    [
      [300, 4],
      [60, 90],
    ],
    [
      [5, 200],
      [33, 20],
    ],
  ] as const) {
    // biome-ignore format: sizes
    for (const bands of [3, 4]) {
      it(`equals the plain sums: ${from.join('×')} to ${to.join('×')}, ${bands} bands`, () => {
        const [width, height] = from;
        const source = Uint8Array.from({ length: width * height * bands }, () => 256 * random.uniform());
        const scaled = { width: to[0], height: to[1] };
        const window = { left: 1, top: 2, width: to[0] - 3, height: to[1] - 4 };
        for (const filter of ['bicubic', 'bilinear'] as const) {
          const scale = (kernels: ReturnType<typeof pictureKernels>) =>
            resample(source, bands, { width, height }, scaled, window, filter, kernels);
          assert.deepEqual(scale(pictureKernels()), scale(null), filter);
        }
      });
    }
  }

  it('refuses arrays that are smaller than they say', () => {
    const { mixColumns, mixRows } = pictureKernels()!;
    const [bytes, ones] = [new Uint8Array(6), Int32Array.of(1)];
    const said = /Expected numbers, and arrays as large as they say/;
    assert.throws(() => mixColumns(bytes, bytes, 1, 3, 3, 1, 1, ones, ones, ones), said);
    assert.throws(() => mixColumns(bytes, bytes, 1, 2, 3, 1, 1, Int32Array.of(2), ones, ones), said);
    assert.throws(() => mixRows(bytes, new Uint8Array(2), 2, 3, 0, 1, 1, ones, ones, ones), said);
    assert.throws(() => mixRows(bytes, bytes, 2, 3, 0, 1, 1, Int32Array.of(-1), ones, ones), said);
  });
});
