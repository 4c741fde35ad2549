import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { type MatlabValue, matlabValues, readMatlab } from '../../src/files/matlab';
import { matlabOf } from './matlabOf';

const golden = (name: string) => readFileSync(join(__dirname, '../golden/matlab', name));

interface Known {
  type: MatlabValue['type'];
  shape?: number[];
  values: unknown[];
}
const KNOWN: Record<string, Known> = JSON.parse(golden('values.json').toString());
const NAMES = Object.keys(KNOWN);

/** In the words of `matlab.py`. */
function plain(value: MatlabValue): Known {
  const { type, shape } = value;
  if (type === 'texts') return { type, values: value.values };
  if (type === 'cells') return { type, shape, values: value.values.map(plain) };
  if (type === 'structs') {
    const rows = value.values.map((row) => [...row].map(([name, field]) => [name, plain(field)]));
    return { type, shape, values: rows };
  }
  return { type, shape, values: Array.from(value.values, wordOf) };
}

const wordOf = (value: number) =>
  Number.isFinite(value) ? value : Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';

/** A file whose one element is compressed. */
function compressed(content: Buffer): Buffer {
  const packed = deflateSync(content);
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(packed.length, 4);
  return Buffer.concat([matlabOf({}), tag, packed]);
}

describe('files of MATLAB', () => {
  for (const file of ['plain', 'compressed', 'bigEndian']) {
    it(`are read as SciPy reads them: ${file}`, () => {
      const read = readMatlab(golden(`${file}.mat`), file, NAMES);
      for (const name of NAMES) assert.deepEqual(plain(read[name]), KNOWN[name], name);
    });
  }

  it('are written by the tests as they are read', () => {
    const file = matlabOf({ ids: [3, 1], names: { cells: ['a', 'été'] }, rows: { structs: [{ id: 7 }] } });
    const { ids, names, rows } = readMatlab(file, 'x', ['ids', 'names', 'rows']);
    assert.deepEqual([...matlabValues(ids, 'numbers', 'ids')], [3, 1]);
    const cells = matlabValues(names, 'cells', 'names').map((cell) => matlabValues(cell, 'texts', 'name'));
    assert.deepEqual(cells, [['a'], ['été']]);
    const [row] = matlabValues(rows, 'structs', 'rows');
    assert.deepEqual([...matlabValues(row.get('id'), 'numbers', 'id')], [7]);
  });

  it('are refused by the name of what is not read here, and read behind it', () => {
    const refused = golden('refused.mat');
    const cases = {
      sparse: /near "sparse", there is a sparse matrix/,
      complex: /near "complex", there are complex numbers/,
      object: /near "object", there is an object/,
      large: /near "large", 9007199254740993 is beyond the whole numbers/,
    };
    for (const [name, sentence] of Object.entries(cases)) {
      assert.throws(() => readMatlab(refused, 'f.mat', [name]), sentence);
    }
    assert.deepEqual([...matlabValues(readMatlab(refused, 'f.mat', ['after']).after, 'numbers', '')], [5]);
  });

  it('are refused where a variable is missing or another than expected', () => {
    assert.throws(
      () => readMatlab(matlabOf({ trnid: [1], valid: [2] }), '"setid.mat"', ['trnid', 'tstid']),
      /^Error: Expected a variable "tstid" in the MATLAB file "setid\.mat", but there is only "valid"; is it/,
    );
    const { labels } = readMatlab(matlabOf({ labels: 'abc' }), 'f', ['labels']);
    assert.throws(() => readMatlab(matlabOf({ 'a\x1b[2J\x7f': [1] }), 'f', ['x']), /only "a\?\[2J\?";/);
    assert.throws(
      () => matlabValues(labels, 'numbers', '"labels"'),
      /Expected numbers as "labels", got texts of shape 1×3/,
    );
    assert.throws(
      () => matlabValues(undefined, 'texts', '"fname"'),
      /Expected texts as "fname", got nothing/,
    );
  });

  it('are refused of other versions', () => {
    assert.throws(() => readMatlab(Buffer.from('MATLAB'), 'f', ['x']), /does not begin as one of version 5/);
    const later = matlabOf({ x: [1] });
    later.writeUInt16LE(0x200, 124);
    assert.throws(() => readMatlab(later, 'f', ['x']), /version 7\.3; save it by `save -v7`/);
  });

  it('are refused before they fill the memory', () => {
    const large = matlabOf({ x: [] });
    // The shape's sides and the counts of cells, structs and letters are what a file claims.
    const shape = large.indexOf(Buffer.from(Int32Array.of(1, 0).buffer), 128 + 32);
    for (const [kind, rest] of Object.entries({
      1: /do not fit/,
      2: /ends within|do not fit/,
      6: /has 4\d+ values/,
    })) {
      const file = Buffer.from(large);
      file.writeInt32LE(Number(kind), 128 + 16);
      file.writeInt32LE(2 ** 31 - 1, shape);
      file.writeInt32LE(2 ** 31 - 1, shape + 4);
      assert.throws(() => readMatlab(file, 'f', ['x']), rest);
    }
    assert.throws(
      () => readMatlab(compressed(Buffer.alloc(20 * 2 ** 20)), 'f', ['x']),
      /unpack to more than 16 MB/,
    );
    let deep: { cells: [unknown] } | number = 1;
    for (let i = 0; i < 40; i++) deep = { cells: [deep] };
    assert.throws(() => readMatlab(matlabOf({ deep: deep as never }), 'f', ['deep']), /more than 32 deep/);
  });
});
