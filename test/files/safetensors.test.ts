import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from '../../src/files/safetensors';
import type { StoredTensor } from '../../src/files/weightsFile';

const fixture = join(__dirname, '../golden/formats.safetensors');
const infinity = Number.POSITIVE_INFINITY;
const floats = [0, -0, 1, -2.5, 1 / 3, 65504, 6e-8, 6.1e-5, -1e-7, infinity, -infinity, 3.140625];

/** A file with this header and this many bytes of values, all zero. */
function fileOf(header: unknown, valueBytes: number): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(valueBytes)]);
}

const vector = (from: number, to: number, dtype = 'F32', shape = [(to - from) / 4]) => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('readSafetensors', () => {
  const tensors = readSafetensors(fixture);

  it('reads every format that Python wrote', () => {
    assert.deepEqual([...tensors.get('single')!.data], floats.map(Math.fround));
    assert.deepEqual(tensors.get('single')!.shape, [3, 4]);
    assert.deepEqual([...tensors.get('position_ids')!.data], [0, 1, 2 ** 31 - 1, -(2 ** 31)]);
    assert.deepEqual([...tensors.get('counts')!.data], [7, -7]);
    assert.deepEqual([...tensors.get('bytes')!.data], [0, 127, 255]);
    assert.deepEqual([...tensors.get('mask')!.data], [1, 0, 1]);
    assert.deepEqual(tensors.get('Größe'), { dtype: 'F32', shape: [], data: Float32Array.of(1.5) });
    assert.deepEqual(tensors.get('empty'), { dtype: 'F32', shape: [0, 4], data: new Float32Array() });
  });

  it('widens half-precision values exactly', () => {
    const { dtype, data } = tensors.get('half')!;
    assert.equal(dtype, 'F16');
    const third = 0x555 * 2 ** -12;
    const small = [2 ** -24, 1023 * 2 ** -24, -(2 ** -23)];
    assert.deepEqual([...data], [0, -0, 1, -2.5, third, 65504, ...small, infinity, -infinity, 3.140625]);
  });

  it('widens bfloat16 values exactly', () => {
    const { dtype, data } = tensors.get('brain')!;
    assert.equal(dtype, 'BF16');
    assert.equal(data[4], 171 * 2 ** -9);
    assert.equal(data[5], 65536);
    assert.deepEqual([...data.slice(9)], [infinity, -infinity, 3.140625]);
  });

  it('reads bytes as it reads the file, wherever they lie in memory', () => {
    const shifted = Buffer.concat([Buffer.alloc(3), readFileSync(fixture)]).subarray(3);
    assert.deepEqual(readSafetensors(shifted), tensors);
  });

  it('reads the metadata', () => {
    assert.deepEqual(readSafetensorsMetadata(fixture), { format: 'pt' });
    assert.deepEqual(readSafetensorsMetadata(fileOf({}, 0)), {});
  });

  const damaged: [string, Buffer, RegExp][] = [
    ['fewer than 8 bytes', Buffer.from('PK'), /it has 2 bytes, fewer than the 8/],
    ['a header longer than the file', fileOf({}, 0).subarray(0, 9), /header claims 2 bytes in a file of 9/],
    [
      'an absurd header length',
      Buffer.alloc(16, 255),
      /header claims 18446744073709552000 bytes in a file of 16/,
    ],
    ['a header that is not JSON', fileOf('{"a":', 0), /header is not a JSON object/],
    ['a header that is not an object', fileOf('[]', 0), /header is not a JSON object/],
    ['a tensor that is no object', fileOf({ a: null }, 0), /tensor "a" lacks a proper shape/],
    ['a negative size', fileOf({ a: vector(0, 4, 'F32', [-1]) }, 4), /tensor "a" lacks a proper shape/],
    [
      'an unsupported format',
      fileOf({ a: vector(0, 4, 'F8_E4M3') }, 4),
      /tensor "a" has format F8_E4M3 where/,
    ],
    ['a format named like a method', fileOf({ a: vector(0, 4, 'toString') }, 4), /format toString where/],
    [
      'a shape that needs other space',
      fileOf({ a: vector(0, 8, 'F32', [3]) }, 8),
      /\[3\] needs 12 bytes.*given 8/,
    ],
    [
      'truncated values',
      fileOf({ a: vector(0, 8), b: vector(8, 16) }, 12),
      /"b" ends 4 bytes after the file/,
    ],
    ['overlapping tensors', fileOf({ a: vector(0, 8), b: vector(4, 12) }, 12), /"b" overlaps the one before/],
    ['a gap', fileOf({ a: vector(0, 8), b: vector(12, 16) }, 16), /"b" leaves a gap before it/],
    ['bytes that belong to nothing', fileOf({ a: vector(0, 8) }, 9), /1 bytes follow the last tensor/],
  ];
  for (const [flaw, bytes, message] of damaged) {
    it(`refuses ${flaw}`, () => assert.throws(() => readSafetensors(bytes), message));
  }

  it('refuses integers that do not fit 32 bits', () => {
    const bytes = fileOf({ ids: vector(0, 8, 'I64', [1]) }, 8);
    bytes.writeBigInt64LE(2n ** 31n, bytes.length - 8);
    assert.throws(() => readSafetensors(bytes), /tensor "ids" holds 2147483648, which does not fit 32 bits/);
  });

  it('names a file that is not there', () => {
    assert.throws(
      () => readSafetensors('/no/model.safetensors'),
      /file "\/no\/model.safetensors" does not exist/,
    );
  });
});

describe('writeSafetensors', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clipbook-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes the same bytes as Python, whatever the order given', () => {
    const path = join(folder, 'copy.safetensors');
    writeSafetensors(path, new Map([...readSafetensors(fixture)].reverse()), { format: 'pt' });
    assert.deepEqual(readFileSync(path), readFileSync(fixture));
    assert.deepEqual(readdirSync(folder), ['copy.safetensors']);
    const everyFormat = join(__dirname, '../golden/torchFiles/answers.safetensors');
    writeSafetensors(path, readSafetensors(everyFormat));
    assert.deepEqual(readFileSync(path), readFileSync(everyFormat));
  });

  it('rounds to half precision as IEEE 754 does, ties to even', () => {
    const values = [
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      65519,
      65520,
      2 ** -25,
      3 * 2 ** -26,
      2 ** -14 - 2 ** -26,
      -1e-9,
    ];
    const expected = [1, 1 + 2 ** -9, 65504, infinity, 0, 2 ** -24, 2 ** -14, -0];
    assert.deepEqual([...roundTrip('F16', values)], expected);
  });

  it('rounds to bfloat16, ties to even, and keeps NaN', () => {
    const values = [1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38, Number.NaN];
    assert.deepEqual([...roundTrip('BF16', values)], [1, 1 + 2 ** -6, infinity, Number.NaN]);
  });

  it('keeps names that look like numbers', () => {
    const tensors = new Map<string, StoredTensor>([
      ['1', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }],
      ['0', { dtype: 'F32', shape: [1], data: Float32Array.of(0) }],
    ]);
    const path = join(folder, 'numbers.safetensors');
    writeSafetensors(path, tensors);
    assert.deepEqual(readSafetensors(path).get('1')!.data, Float32Array.of(1));
  });

  it('refuses values that do not fill the shape, and leaves the file that was there', () => {
    const path = join(folder, 'a.safetensors');
    writeFileSync(path, 'precious');
    const tensor: StoredTensor = { dtype: 'F32', shape: [2, 2], data: new Float32Array(3) };
    assert.throws(
      () => writeSafetensors(path, new Map([['w', tensor]])),
      /"w" has 3 values.*\[2,2\] asks for 4/,
    );
    assert.equal(readFileSync(path, 'utf8'), 'precious');
  });

  function roundTrip(dtype: 'F16' | 'BF16', values: number[]) {
    const path = join(folder, 'rounded.safetensors');
    writeSafetensors(
      path,
      new Map([['x', { dtype, shape: [values.length], data: Float32Array.from(values) }]]),
    );
    return readSafetensors(path).get('x')!.data;
  }
});
