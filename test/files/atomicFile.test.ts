import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomically } from '../../src/files/atomicFile';

describe('writeFileAtomically', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clipbook-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes text and bytes, one after the other', () => {
    const path = join(folder, 'a');
    writeFileAtomically(path, ['grün ', Uint8Array.of(33)]);
    assert.equal(readFileSync(path, 'utf8'), 'grün !');
  });

  it('leaves the earlier file, and nothing else, when it is interrupted', () => {
    const path = join(folder, 'a');
    writeFileAtomically(path, ['first']);
    function* failing() {
      yield 'second';
      throw new Error('out of space');
    }
    assert.throws(() => writeFileAtomically(path, failing()), /out of space/);
    assert.equal(readFileSync(path, 'utf8'), 'first');
    assert.deepEqual(readdirSync(folder), ['a']);
  });
});
