import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';
import { augmentImage, BadSampleError, type RgbPicture } from '../../src/data';
import { decodeWhole } from '../../src/data/decode';
import { cutSquare } from '../../src/data/pillow/cut';
import { decodeJpeg, quickJpeg } from '../../src/data/pillow/jpeg';
import { readJpegHeader } from '../../src/data/pillow/jpegHeader';
import { createRandom, hasKernels, pictureKernels, startEngine } from '../../src/engine';
import golden from '../golden/crop.json';

const WIDTH = 67;
const HEIGHT = 45;

/** Noise and a gradient: nothing is even, so that every table of a JPEG is used. */
function picture(): Sharp {
  const random = createRandom(3);
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (i % 200) + 50 * random.uniform();
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

const known = Buffer.from(golden.jpeg, 'base64');

describe('readJpegHeader', () => {
  it('reads size, kind, colours and orientation', async () => {
    assert.deepEqual(readJpegHeader(await picture().jpeg().toBuffer()), {
      ...{ width: WIDTH, height: HEIGHT, components: 3, isCommon: true, orientation: 1 },
    });
    const grey = readJpegHeader(await picture().toColourspace('b-w').jpeg({ progressive: true }).toBuffer());
    assert.deepEqual([grey?.components, grey?.isCommon], [1, true]);
    const turned = readJpegHeader(await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer());
    assert.equal(turned?.orientation, 6);
    assert.ok(turned.profile?.includes('\0s\0R\0G\0B'));
    assert.equal(readJpegHeader(await picture().toColourspace('cmyk').jpeg().toBuffer())?.components, 4);
  });

  it('is content with nothing, other files, and every beginning of a JPEG', async () => {
    assert.equal(readJpegHeader(Buffer.alloc(0)), null);
    assert.equal(readJpegHeader(await picture().png().toBuffer()), null);
    const encoded = await picture().withMetadata({ orientation: 3 }).jpeg().toBuffer();
    for (let end = 0; end < encoded.length; end++) readJpegHeader(encoded.subarray(0, end));
  });
});

describe('pictures by kernels', () => {
  before(async function () {
    await startEngine();
    if (hasKernels()) return;
    console.log('      The fused kernels are not here ("clipbook doctor"): nothing to compare.');
    this.skip();
  });

  const kinds: [string, () => Sharp][] = [
    ['half the colours', () => picture().jpeg()],
    ['all the colours', () => picture().jpeg({ chromaSubsampling: '4:4:4', quality: 97 })],
    ['progressive', () => picture().jpeg({ progressive: true, quality: 40 })],
    ['grey', () => picture().toColourspace('b-w').jpeg()],
    ['optimised', () => picture().jpeg({ mozjpeg: true })],
  ];
  for (const [kind, make] of kinds) {
    it(`decode a JPEG to the bytes that sharp gives: ${kind}`, async () => {
      const encoded = await make().toBuffer();
      const decoded = await decodeJpeg(encoded, quickJpeg(encoded, 1e8)!);
      const expected = await decodeWhole(encoded, {});
      assert.deepEqual([decoded!.width, decoded!.height], [expected.width, expected.height]);
      assert.ok(Buffer.from(decoded!.data).equals(Buffer.from(expected.data)));
    });
  }

  it('leave to sharp what is too large, cut off or of four inks', async () => {
    const encoded = await picture().jpeg().toBuffer();
    assert.equal(quickJpeg(encoded, WIDTH * HEIGHT - 1), null);
    assert.equal(quickJpeg(encoded.subarray(0, -1), 1e8), null);
    assert.equal(quickJpeg(await picture().toColourspace('cmyk').jpeg().toBuffer(), 1e8), null);
  });

  it('say so where a JPEG is damaged or of another size', async () => {
    const encoded = await picture().jpeg().toBuffer();
    const header = quickJpeg(encoded, 1e8)!;
    assert.equal(await decodeJpeg(encoded.subarray(0, encoded.length / 2), header), null);
    assert.equal(await decodeJpeg(encoded, { ...header, width: HEIGHT, height: WIDTH }), null);
    const cut = { left: 0, top: 0, width: 2, height: 2 };
    assert.equal(
      await cutSquare({ encoded: encoded.subarray(0, 400), width: WIDTH, height: HEIGHT }, cut, 4),
      null,
    );
  });

  it('refuse a part that reaches beyond the picture', async () => {
    const encoded = await picture().jpeg().toBuffer();
    const cut = { left: WIDTH - 1, top: 0, width: 2, height: 2 };
    await assert.rejects(
      cutSquare({ encoded, width: WIDTH, height: HEIGHT }, cut, 4),
      /as large as they say/,
    );
  });

  it('cut many pictures at a time, each as it would alone', async () => {
    const encoded = await picture().jpeg().toBuffer();
    const options = { size: 24, scale: [0.1, 1] } as const;
    const each = (seed: number) => augmentImage(encoded, createRandom(seed), options);
    const together = await Promise.all(Array.from({ length: 40 }, (_, seed) => each(seed)));
    for (let seed = 0; seed < 40; seed++) assert.deepEqual(together[seed], await each(seed));
  });

  it('spare no picture that sharp refuses', async () => {
    const encoded = (await picture().jpeg().toBuffer()).subarray(0, 700);
    await assert.rejects(augmentImage(encoded, createRandom(1), { size: 4, key: 'k7' }), BadSampleError);
  });
});

describe('cutSquare', () => {
  const bytes = (text: string) => Buffer.from(text, 'base64');
  let decoded: RgbPicture;
  before(async () => {
    await startEngine();
    decoded = await decodeWhole(known, {});
    assert.equal(createHash('sha256').update(decoded.data).digest('hex'), golden.decoded);
  });

  for (const [top, left, height, width, size, expected] of golden.cuts as [...number[], string][] as [
    number,
    number,
    number,
    number,
    number,
    string,
  ][]) {
    it(`equals torchvision's resized_crop to the byte: ${width}×${height} to ${size}`, async () => {
      const cut = { top, left, height, width };
      const plain = await cutSquare(decoded, cut, size, null);
      assert.ok(bytes(expected).equals(Buffer.from(plain!)), 'without kernels');
      if (!pictureKernels()) return;
      assert.deepEqual(await cutSquare(decoded, cut, size), plain);
      assert.deepEqual(await cutSquare({ encoded: known, ...extentOf(decoded) }, cut, size), plain);
    });
  }
});

const extentOf = ({ width, height }: RgbPicture) => ({ width, height });
