import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from '../../src/files/halfPrecision';

const answers = JSON.parse(readFileSync(join(__dirname, '../golden/torchFiles/halves.json'), 'utf8'));
const every = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);

const digest = (values: Uint16Array | Uint32Array) =>
  createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');

/** The bits of float32 values, every NaN the same. */
function wordsOf(values: Float32Array): Uint32Array {
  const words = new Uint32Array(values.slice().buffer);
  return words.map((word, i) => (Number.isNaN(values[i]) ? 0x7fc00000 : word));
}

/** All values, and the middle between each and the next. */
function withMiddles(values: Float32Array): Float32Array {
  const middles = values.map((value, i) => {
    const next = values[(i + 1) % values.length];
    return Number.isFinite(value) && Number.isFinite(next) ? Math.fround(value + next) / 2 : value;
  });
  return Float32Array.from([...values, ...middles]);
}

describe('16-bit floats', () => {
  const formats = [
    { name: 'float16', widen: halfToFloat, narrow: floatToHalf, nan: 0x7e00 },
    { name: 'bfloat16', widen: bfloatToFloat, narrow: floatToBfloat, nan: 0x7fc0 },
  ];
  for (const { name, widen, narrow, nan } of formats) {
    const wide = widen(every);

    it(`${name} becomes float32 as in torch, all 65,536 patterns`, () => {
      assert.equal(digest(wordsOf(wide)), answers[name].float32);
    });

    it(`float32 becomes ${name} as in torch, at all its values and between them`, () => {
      const values = withMiddles(wide);
      const narrowed = narrow(values).map((bits, i) => (Number.isNaN(values[i]) ? nan : bits));
      assert.equal(digest(narrowed), answers[name].rounded);
    });

    it(`${name} keeps not-a-number`, () => {
      assert.ok(
        narrow(Float32Array.of(Number.NaN)).every((bits) => Number.isNaN(widen(Uint16Array.of(bits))[0])),
      );
    });
  }

  it('reads a part of a larger array', () => {
    const part = Float32Array.of(9, 1, -2).subarray(1);
    assert.deepEqual(
      [...halfToFloat(floatToHalf(part)), ...bfloatToFloat(floatToBfloat(part))],
      [1, -2, 1, -2],
    );
  });
});
