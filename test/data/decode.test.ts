import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { BadSampleError, decodeImage } from '../../src/data';
import { plainPicture } from './fixtures';

const colour = { r: 200, g: 100, b: 50 };
const plain = () => sharp({ create: { width: 16, height: 16, channels: 3, background: colour } });
const halfClear = (background: { r: number; g: number; b: number }) =>
  sharp({ create: { width: 16, height: 16, channels: 4, background: { ...background, alpha: 0.5 } } });

/** Left half red, right half blue, twice as wide as high. */
function twoHalves(): Sharp {
  const row = [...Array(8).fill([255, 0, 0]), ...Array(8).fill([0, 0, 255])].flat();
  const pixels = Buffer.from(Array(8).fill(row).flat());
  return sharp(pixels, { raw: { width: 16, height: 8, channels: 3 } });
}

const pixelAt = (pixels: Uint8Array, size: number, y: number, x: number) => [
  ...pixels.subarray((y * size + x) * 3, (y * size + x) * 3 + 3),
];

async function assertColour(encoded: Buffer, expected: number[], tolerance = 1): Promise<void> {
  const pixels = await decodeImage(encoded, { size: 4 });
  assert.equal(pixels.length, 4 * 4 * 3);
  pixels.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i % 3]) <= tolerance, `${[...pixels]} should be near ${expected}`);
  });
}

describe('decodeImage', () => {
  const kinds: [string, () => Promise<Buffer>, number[], number?][] = [
    ['PNG', () => plain().png().toBuffer(), [200, 100, 50]],
    ['palette PNG', () => plain().png({ palette: true }).toBuffer(), [200, 100, 50]],
    ['16-bit PNG', () => plain().toColourspace('rgb16').png().toBuffer(), [200, 100, 50]],
    ['grey PNG', () => plain().greyscale().png().toBuffer(), [128, 128, 128]],
    ['16-bit grey PNG', () => plain().greyscale().toColourspace('grey16').png().toBuffer(), [128, 128, 128]],
    ['clear PNG', () => halfClear({ r: 0, g: 0, b: 0 }).png().toBuffer(), [127, 127, 127]],
    ['grey clear PNG', () => halfClear({ r: 0, g: 0, b: 0 }).greyscale().png().toBuffer(), [127, 127, 127]],
    [
      '16-bit clear PNG',
      () => halfClear({ r: 0, g: 0, b: 0 }).toColourspace('rgb16').png().toBuffer(),
      [127, 127, 127],
    ],
    ['JPEG', () => plain().jpeg({ quality: 95 }).toBuffer(), [200, 100, 50], 3],
    ['CMYK JPEG', () => plain().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(), [200, 97, 30], 25],
    ['CMYK TIFF', () => plain().toColourspace('cmyk').tiff().toBuffer(), [200, 97, 30], 25],
    ['WebP', () => plain().webp({ lossless: true }).toBuffer(), [200, 100, 50]],
    ['GIF', () => plain().gif().toBuffer(), [200, 100, 50], 3],
    ['AVIF', () => plain().avif({ lossless: true }).toBuffer(), [200, 100, 50], 3],
    [
      'SVG',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      [255, 255, 255],
    ],
  ];
  for (const [name, encode, expected, tolerance] of kinds) {
    it(`makes RGB of ${name}`, async () => assertColour(await encode(), expected, tolerance));
  }

  it('lays transparency on the background it is given', async () => {
    const encoded = await halfClear({ r: 0, g: 0, b: 0 }).png().toBuffer();
    const pixels = await decodeImage(encoded, { size: 1, background: '#ff0000' });
    assert.deepEqual([...pixels], [127, 0, 0]);
  });

  it('turns a picture as its EXIF orientation says', async () => {
    const encoded = await twoHalves().withMetadata({ orientation: 6 }).png().toBuffer();
    const pixels = await decodeImage(encoded, { size: 8, fit: 'squash' });
    assert.deepEqual(pixelAt(pixels, 8, 0, 4), [255, 0, 0]);
    assert.deepEqual(pixelAt(pixels, 8, 7, 4), [0, 0, 255]);
  });

  it('crops, squashes or contains a picture that is not square', async () => {
    const tall = await sharp(await twoHalves().png().toBuffer())
      .extend({ left: 16, right: 16, background: 'lime' })
      .png()
      .toBuffer();
    const [crop, squash, contain] = await Promise.all(
      (['crop', 'squash', 'contain'] as const).map((fit) => decodeImage(tall, { size: 12, fit })),
    );
    assert.deepEqual(pixelAt(crop, 12, 6, 0), [255, 0, 0]);
    assert.deepEqual(pixelAt(squash, 12, 0, 0), [0, 255, 0]);
    assert.deepEqual(pixelAt(contain, 12, 0, 0), [255, 255, 255]);
    assert.deepEqual(pixelAt(contain, 12, 6, 0), [0, 255, 0]);
  });

  const golden = JSON.parse(readFileSync(join(__dirname, '../golden/decode.json'), 'utf8'));
  for (const { width, height, png, pixels } of golden.cases) {
    it(`crops ${width} × ${height} as open_clip does`, async () => {
      const expected = Buffer.from(pixels, 'base64');
      const decoded = await decodeImage(Buffer.from(png, 'base64'), { size: golden.size });
      const differences = [...decoded].map((value, i) => Math.abs(value - expected[i]));
      const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
      assert.ok(Math.max(...differences) <= 4 && mean < 0.5, `max ${Math.max(...differences)}, mean ${mean}`);
    });
  }

  const damaged: [string, () => Promise<Buffer>][] = [
    ['an empty buffer', async () => Buffer.alloc(0)],
    ['text', async () => Buffer.from('this is not a picture')],
    ['BMP', async () => Buffer.from(`BM${'\0'.repeat(100)}`)],
    ...(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const).map(
      (format): [string, () => Promise<Buffer>] => [
        `a truncated ${format}`,
        async () => {
          const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
          const whole = await sharp({
            create: { width: 64, height: 64, channels: 3, background: 'black', noise },
          })
            .toFormat(format)
            .toBuffer();
          return whole.subarray(0, Math.floor(whole.length * 0.6));
        },
      ],
    ),
  ];
  for (const [name, encode] of damaged) {
    it(`refuses ${name} in one sentence that names the key`, async () => {
      await assert.rejects(decodeImage(await encode(), { size: 4, key: 'k7' }), (error: unknown) => {
        assert.ok(error instanceof BadSampleError);
        assert.deepEqual([error.kind, error.key], ['corrupt-picture', 'k7']);
        assert.match(error.message, /^The picture of sample "k7" cannot be decoded \([^\n]+\)\.$/);
        return true;
      });
    });
  }

  it('refuses pictures beyond the pixel limit', async () => {
    const encoded = await plainPicture(1, 20);
    await assert.rejects(decodeImage(encoded, { size: 4, limitInputPixels: 399 }), /pixel limit/);
    await decodeImage(encoded, { size: 4, limitInputPixels: 400 });
  });
});
