import assert from 'node:assert/strict';
import sharp, { type Sharp } from 'sharp';
import { augmentImage, BadSampleError, cropBoxes } from '../../src/data';
import { createRandom } from '../../src/engine/random';

/** 64 × 32: red grows with x, green grows with y, blue is 128. */
function gradient(): Sharp {
  const pixels = Buffer.alloc(64 * 32 * 3);
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 64; x++) pixels.set([x * 4, y * 8, 128], (y * 64 + x) * 3);
  }
  return sharp(pixels, { raw: { width: 64, height: 32, channels: 3 } });
}

const red = (pixels: Uint8Array, size: number, y: number, x: number) => pixels[(y * size + x) * 3];
const green = (pixels: Uint8Array, size: number, y: number, x: number) => pixels[(y * size + x) * 3 + 1];

describe('cropBoxes', () => {
  const options = { scale: [0.25, 0.8], aspect: [0.5, 2] } as const;
  const boxes = cropBoxes(2000, createRandom(1), options);
  const rows = Array.from({ length: 2000 }, (_, i) => [...boxes.subarray(i * 4, i * 4 + 4)]);

  it('stays inside the picture, the area and the aspect', () => {
    for (const [y1, x1, y2, x2] of rows) {
      const [height, width] = [y2 - y1, x2 - x1];
      assert.ok(y1 >= 0 && x1 >= 0 && y2 <= 1 && x2 <= 1);
      assert.ok(height * width > 0.25 - 1e-6 && height * width < 0.8 + 1e-6);
      assert.ok(width / height > 0.5 - 1e-6 && width / height < 2 + 1e-6);
    }
  });

  it('fills the ranges evenly', () => {
    const areas = rows.map(([y1, x1, y2, x2]) => (y2 - y1) * (x2 - x1));
    const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
    assert.ok(Math.min(...areas) < 0.27 && Math.max(...areas) > 0.75, `${Math.min(...areas)}`);
    assert.ok(mean > 0.45 && mean < 0.55, `mean area ${mean}`);
    const wide = rows.filter(([y1, x1, y2, x2]) => x2 - x1 > y2 - y1).length;
    assert.ok(wide > 900 && wide < 1100, `${wide} wide crops`);
  });

  it('takes the largest centred crop where no draw fits', () => {
    const box = [...cropBoxes(1, createRandom(1), { scale: [1, 1], aspect: [2, 2] })];
    assert.deepEqual(box, [0.25, 0, 0.75, 1]);
  });

  it('draws as often as asked to, and only then falls back', () => {
    // An aspect of 1 to 1.02 fits into a square only where the area leaves room: about one draw in a hundred.
    const narrow = { scale: [0.99, 1], aspect: [1, 1.02] } as const;
    const fallbacks = (attempts?: number) => {
      const drawn = cropBoxes(500, createRandom(3), { ...narrow, attempts });
      return Array.from({ length: 500 }, (_, i) => drawn[4 * i + 2] - drawn[4 * i]).filter(
        (side) => side === 1,
      ).length;
    };
    assert.equal(fallbacks(), fallbacks(10));
    assert.ok(fallbacks(1) > fallbacks(3) && fallbacks(3) > 20, `${fallbacks(1)}, ${fallbacks(3)}`);
    assert.equal(fallbacks(100), 0);
  });

  it('mirrors a share of the crops and leaves their places as they are', () => {
    const flipped = cropBoxes(1, createRandom(5), { ...options, flip: 1 });
    const [y1, x1, y2, x2] = cropBoxes(1, createRandom(5), options);
    assert.deepEqual([...flipped], [y1, x2, y2, x1]);
    const half = cropBoxes(2000, createRandom(1), { ...options, flip: 0.5 });
    const mirrored = rows.filter((_, i) => half[4 * i + 1] > half[4 * i + 3]).length;
    assert.ok(mirrored > 900 && mirrored < 1100, `${mirrored}`);
  });

  it('takes the whole picture where nothing else is allowed', () => {
    assert.deepEqual([...cropBoxes(1, createRandom(1), { scale: [1, 1], aspect: [1, 1] })], [0, 0, 1, 1]);
  });

  it('repeats by seed', () => {
    assert.deepEqual(cropBoxes(2000, createRandom(1), options), boxes);
    assert.notDeepEqual(cropBoxes(2000, createRandom(2), options), boxes);
  });
});

describe('augmentImage', () => {
  it('cuts the box from the picture and repeats by seed', async () => {
    const encoded = await gradient().png().toBuffer();
    const options = { size: 16, scale: [0.3, 0.5] } as const;
    const first = await augmentImage(encoded, createRandom(1), options);
    assert.deepEqual(await augmentImage(encoded, createRandom(1), options), first);
    assert.notDeepEqual(await augmentImage(encoded, createRandom(2), options), first);
    assert.equal(first.length, 16 * 16 * 3);
    const width = (red(first, 16, 8, 15) - red(first, 16, 8, 0)) / 4 / (15 / 16);
    const height = (green(first, 16, 15, 8) - green(first, 16, 0, 8)) / 8 / (15 / 16);
    const share = (width * height) / (64 * 32);
    assert.ok(share > 0.25 && share < 0.55, `the crop is ${width} × ${height}`);
  });

  it('cuts after the EXIF orientation was applied', async () => {
    const encoded = await gradient().withMetadata({ orientation: 6 }).png().toBuffer();
    const pixels = await augmentImage(encoded, createRandom(1), {
      size: 16,
      scale: [1, 1],
      aspect: [0.5, 0.5],
    });
    assert.ok(red(pixels, 16, 15, 8) > 230 && red(pixels, 16, 0, 8) < 20);
    assert.ok(green(pixels, 16, 8, 0) > 230 && green(pixels, 16, 8, 15) < 20);
  });

  it('flips', async () => {
    const encoded = await gradient().png().toBuffer();
    const whole = { size: 16, scale: [1, 1], aspect: [2, 2] } as const;
    const straight = await augmentImage(encoded, createRandom(1), { ...whole, flip: 0 });
    const flipped = await augmentImage(encoded, createRandom(1), { ...whole, flip: 1 });
    assert.equal(red(flipped, 16, 3, 0), red(straight, 16, 3, 15));
    assert.ok(red(straight, 16, 3, 15) > 230);
  });

  it('jitters colours within their ranges', async () => {
    const encoded = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#808080' } })
      .png()
      .toBuffer();
    const values = await Promise.all(
      Array.from({ length: 30 }, async (_, seed) => {
        const jitter = { brightness: 0.3 };
        return (await augmentImage(encoded, createRandom(seed), { size: 1, jitter }))[0];
      }),
    );
    assert.ok(Math.min(...values) < 115 && Math.max(...values) > 141, `${values}`);
    assert.ok(Math.min(...values) > 80 && Math.max(...values) < 180, `${values}`);
  });

  it('names the key of a picture that cannot be decoded', async () => {
    await assert.rejects(
      augmentImage(Buffer.from('no picture'), createRandom(1), { size: 4, key: 'k1' }),
      (error: unknown) => error instanceof BadSampleError && error.key === 'k1',
    );
  });
});
