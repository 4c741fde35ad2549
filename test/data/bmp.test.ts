import assert from 'node:assert/strict';
import sharp from 'sharp';
import { BadSampleError } from '../../src/data';
import { decodeImage } from '../../src/data/decode';
import { openNative } from '../../src/data/pillow/open';
import golden from '../golden/bmp.json';

const { width, height, pictures, refused } = golden;

const bytesOf = (base64: string) => Buffer.from(base64, 'base64');

/** What Pillow's modes are called here. */
const MODES: Record<string, string> = { '1': 'picked', P: 'picked', L: 'rgb', RGB: 'rgb', RGBA: 'rgba' };

describe('BMP pictures', () => {
  for (const [name, { file, mode, pixels }] of Object.entries(pictures)) {
    it(`equals Pillow on ${name}`, async () => {
      const found = await openNative(bytesOf(file));
      assert.deepEqual([found.mode, found.width, found.height], [MODES[mode], width, height]);
      assert.deepEqual([...found.data], [...bytesOf(pixels)]);
    });
  }

  for (const [name, file] of Object.entries(refused)) {
    it(`refuses, as Pillow does, ${name}`, async () => {
      await assert.rejects(openNative(bytesOf(file), { key: 'k7' }), (error: unknown) => {
        assert.ok(error instanceof BadSampleError);
        assert.equal(error.kind, 'corrupt-picture');
        assert.match(error.message, /^The picture of sample "k7" cannot be decoded \(its? [^\n]+\)\.$/);
        return true;
      });
    });
  }

  it('gives a picture or a refusal, wherever a file is cut or changed', async () => {
    for (const { file } of Object.values(pictures)) {
      const whole = bytesOf(file);
      for (let end = 0; end < 80; end += 3) await openNative(whole.subarray(0, end)).catch(assertRefusal);
      for (let at = 2; at < 70; at += 3) {
        const changed = Buffer.from(whole);
        changed[at] ^= 0xff;
        await openNative(changed, { limitInputPixels: 1e5 }).catch(assertRefusal);
      }
    }
  });

  it('keeps to the limit of pixels', async () => {
    const file = bytesOf(pictures['24 bits'].file);
    await openNative(file, { limitInputPixels: 35 });
    await assert.rejects(openNative(file, { limitInputPixels: 34 }), /it has 7 × 5 pixels, where 1 to 34/);
    await assert.rejects(decodeImage(file, { size: 4, limitInputPixels: 34 }), /it has 7 × 5 pixels/);
  });

  it('decodes for training what the same picture gives as a PNG', async () => {
    for (const name of ['1 bit', '8 bits, greys', '24 bits', '32 bits, alpha, Windows 5'] as const) {
      const { file, mode, pixels } = pictures[name];
      const channels = mode === 'RGBA' ? 4 : 3;
      const png = await sharp(bytesOf(pixels), { raw: { width, height, channels } }).png().toBuffer();
      for (const fit of ['crop', 'squash', 'contain'] as const) {
        const options = { size: 4, fit, background: 'red' };
        assert.deepEqual(await decodeImage(bytesOf(file), options), await decodeImage(png, options), name);
      }
    }
    await assert.rejects(decodeImage(bytesOf(refused['within the pixels']), { size: 4 }), BadSampleError);
  });
});

function assertRefusal(error: unknown): void {
  assert.ok(error instanceof BadSampleError, String((error as Error).stack));
  assert.match(error.message, /cannot be decoded \([^\n]+\)\.$/);
}
