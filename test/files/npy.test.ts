import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGrowingNpy, rowsInNpy } from '../../src/files/growingNpy';
import { readNpy, writeNpy } from '../../src/files/npy';

const golden = (name: string) => join(__dirname, '../golden/npy', `${name}.npy`);
const SHAPES: Record<string, number[]> = {
  matrix: [3, 4],
  vector: [5],
  one: [1, 1],
  scalar: [],
  none: [0, 7],
  cube: [12, 2, 3],
  rows: [123, 1],
};
const values = (count: number) => Float32Array.from({ length: count }, (_, i) => i / 4 - 1);

describe('npy files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clipbook-'));
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, shape] of Object.entries(SHAPES)) {
    const data = values(shape.reduce((product, side) => product * side, 1));
    it(`are read and written as NumPy writes a ${name}, byte for byte`, () => {
      assert.deepEqual(readNpy(golden(name)), { shape, data });
      const path = join(folder, `${name}.npy`);
      writeNpy(path, { shape, data });
      assert.deepEqual(readFileSync(path), readFileSync(golden(name)));
    });
  }

  it('are read in the second version of the format, too', () => {
    assert.deepEqual(readNpy(golden('second')).data, Float32Array.of(0, 1, 2, 3, 4, 5));
  });

  it('are refused with other numbers, another order, or if they were cut off', () => {
    assert.throws(
      () => readNpy(golden('double')),
      /Expected float32 .* in ".*double\.npy", got <f8; save it/,
    );
    assert.throws(() => readNpy(golden('fortran')), /got <f4 column by column; save it/);
    const path = join(folder, 'cut.npy');
    writeFileSync(path, readFileSync(golden('matrix')).subarray(0, 150));
    assert.throws(
      () => readNpy(path),
      /Expected 48 bytes of numbers in .* shape \[3,4\], got 22; it was cut off/,
    );
    writeFileSync(path, readFileSync(golden('matrix')).subarray(0, 7));
    assert.throws(
      () => readNpy(path),
      /a whole header of version 1 to 3 in .*, but got 7 bytes of version 1;/,
    );
    const head = readFileSync(golden('matrix')).toString('latin1');
    const shaped = (shape: string) => writeFileSync(path, head.replace('(3, 4)', shape), 'latin1');
    for (const shape of ['(-3, -4)', '(x, 4)', '(3e0, 4)', '(9007199254740993,)']) {
      shaped(shape);
      assert.throws(() => readNpy(path), /Expected a shape of whole numbers in .*cut\.npy", got \(/, shape);
    }
    writeFileSync(path, head.replace('<f4', '<\x1b\n'), 'latin1');
    assert.throws(() => readNpy(path), /got <\?\?; save it/);
    writeFileSync(path, 'no array');
    assert.throws(() => readNpy(path), /Expected an array of NumPy/);
    assert.throws(() => writeNpy(path, { shape: [2], data: values(3) }), /Expected 2 numbers .* got 3/);
  });
});

describe('a growing npy file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clipbook-'));
  after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'deep/matrix.npy');
  const partial = `${path}.partial`;

  it('becomes the file that NumPy would write in one go', () => {
    const file = openGrowingNpy(path, 4);
    file.append(values(12).subarray(0, 8));
    assert.deepEqual([file.rows, existsSync(path)], [2, false]);
    file.append(values(12).subarray(8));
    file.finish();
    assert.deepEqual(readFileSync(path), readFileSync(golden('matrix')));
    assert.equal(existsSync(partial), false);
  });

  it('goes on behind whole rows, whatever comes after them', () => {
    const begun = openGrowingNpy(join(folder, 'other.npy'), 4);
    begun.append(values(8));
    begun.close();
    const unfinished = join(folder, 'other.npy.partial');
    truncateSync(unfinished, statSync(unfinished).size - 5);
    assert.equal(rowsInNpy(join(folder, 'other.npy'), 4), 1);
    const file = openGrowingNpy(join(folder, 'other.npy'), 4, 1);
    file.append(values(12).subarray(4));
    file.finish();
    assert.deepEqual(readFileSync(join(folder, 'other.npy')), readFileSync(golden('matrix')));
  });

  it('stays as it is when nothing is added, and takes rows after it was finished', () => {
    openGrowingNpy(path, 4, 3).finish();
    assert.deepEqual(readFileSync(path), readFileSync(golden('matrix')));
    const more = openGrowingNpy(path, 4, rowsInNpy(path, 4));
    more.append(values(4));
    more.finish();
    assert.deepEqual(readNpy(path), { shape: [4, 4], data: Float32Array.of(...values(12), ...values(4)) });
  });

  it('can be left without a row', () => {
    openGrowingNpy(join(folder, 'none.npy'), 7).finish();
    assert.deepEqual(readFileSync(join(folder, 'none.npy')), readFileSync(golden('none')));
  });
});
