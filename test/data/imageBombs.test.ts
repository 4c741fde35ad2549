import assert from 'node:assert/strict';
import sharp from 'sharp';
import { BadSampleError, decodeImage, preprocessPixels } from '../../src/data';
import { augmentImage } from '../../src/data/augment';
import { createRandom } from '../../src/engine';
import bmp from '../golden/bmp.json';

/** 3.6 thousand million pixels; sizes in two bytes have room for them. */
const SIDE = 60_000;

const blank = () => sharp({ create: { width: 64, height: 48, channels: 3, background: 'teal' } });

/** The checksum of PNG's chunks. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

async function png(): Promise<Buffer> {
  const bytes = await blank().png().toBuffer();
  bytes.writeUInt32BE(SIDE, 16);
  bytes.writeUInt32BE(SIDE, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

async function jpeg(): Promise<Buffer> {
  const bytes = await blank().jpeg().toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(SIDE, frame + 5);
  bytes.writeUInt16BE(SIDE, frame + 7);
  return bytes;
}

async function gif(): Promise<Buffer> {
  const bytes = await blank().gif().toBuffer();
  const frame = bytes.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 64, 0, 48, 0]));
  for (const at of [6, 8, frame + 5, frame + 7]) bytes.writeUInt16LE(SIDE, at);
  return bytes;
}

function wideBmp(name: keyof typeof bmp.pictures): Buffer {
  const bytes = Buffer.from(bmp.pictures[name].file, 'base64');
  bytes.writeUInt32LE(SIDE, 18);
  bytes.writeUInt32LE(SIDE, 22);
  return bytes;
}

const svg = (attributes: string, inside = '') =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>`);

const bombs: Record<string, () => Buffer | Promise<Buffer>> = {
  PNG: png,
  JPEG: jpeg,
  GIF: gif,
  BMP: () => wideBmp('24 bits'),
  'BMP in runs': () => wideBmp('8 bits in runs'),
  SVG: () => svg(`width="${SIDE}" height="${SIDE}"`),
};

/** The doors through which pictures come in. */
const doors: Record<string, (encoded: Buffer) => Promise<unknown>> = {
  'for a model': (encoded) => preprocessPixels(encoded, { size: 8 }, { key: 'k7' }),
  'for display': (encoded) => decodeImage(encoded, { size: 8, key: 'k7' }),
  'for training': (encoded) => augmentImage(encoded, createRandom(1), { size: 8, key: 'k7' }),
};

describe('pictures of too many pixels', () => {
  for (const [name, make] of Object.entries(bombs)) {
    for (const [door, open] of Object.entries(doors)) {
      it(`are refused ${door} before they take memory: ${name}`, async () => {
        const encoded = await make();
        assert.ok(encoded.length < 10_000);
        const before = [process.memoryUsage().rss, process.cpuUsage().user];
        await assert.rejects(open(encoded), (error: unknown) => {
          assert.ok(error instanceof BadSampleError);
          assert.equal(error.kind, 'corrupt-picture');
          assert.match(
            error.message,
            /"k7" .*(pixel limit; raise limitInputPixels|60000 × 60000 pixels, where 1 to 100000000)/,
          );
          return true;
        });
        const grown = process.memoryUsage().rss - before[0];
        assert.ok(grown < 2 ** 28, `${grown} bytes`);
        assert.ok(process.cpuUsage().user - before[1] < 2e6);
      });
    }
  }

  it('are refused where an SVG names one thing in another again and again, or a file of this machine', async () => {
    const entities = Array.from(
      { length: 12 },
      (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`,
    ).join('');
    const laughs = `<!DOCTYPE svg [<!ENTITY e0 "lol">${entities}]>${svg('width="9" height="9"', '<text>&e12;</text>')}`;
    await assert.rejects(
      preprocessPixels(Buffer.from(laughs), { size: 8 }, { key: 'k7' }),
      /"k7" cannot be decoded/,
    );
    const file = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
    const reading = Buffer.from(
      `${file}${svg('width="64" height="64"', '<text y="40" font-size="40">&x;</text>')}`,
    );
    const shown = await preprocessPixels(reading, { size: 64 }).catch(() => null);
    assert.ok(shown === null || new Set(shown).size === 1, 'nothing of the file is drawn');
  });
});
