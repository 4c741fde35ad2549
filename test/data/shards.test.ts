import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expandBraces, expandShards } from '../../src/data';
import { temporaryFolder } from './fixtures';

describe('expandBraces', () => {
  const cases: [string, string[]][] = [
    ['a.tar', ['a.tar']],
    ['a-{08..11}.tar', ['a-08.tar', 'a-09.tar', 'a-10.tar', 'a-11.tar']],
    ['a-{2..0}.tar', ['a-2.tar', 'a-1.tar', 'a-0.tar']],
    ['{x,y}/{0..1}.tar', ['x/0.tar', 'x/1.tar', 'y/0.tar', 'y/1.tar']],
  ];
  for (const [pattern, expected] of cases) {
    it(pattern, () => assert.deepEqual(expandBraces(pattern), expected));
  }
});

describe('expandShards', () => {
  const folder = temporaryFolder();
  before(() => {
    mkdirSync(join(folder, 'part.a'));
    for (const name of ['b-1.tar', 'b-0.tar.gz', 'b-2.tgz', 'note.txt', '.hidden.tar', 'part.a/c.tar']) {
      writeFileSync(join(folder, name), '');
    }
  });
  const names = (specification: string | string[]) =>
    expandShards(specification).map((path) => path.slice(folder.length + 1));

  it('lists a folder in order', () => {
    assert.deepEqual(names(folder), ['.hidden.tar', 'b-0.tar.gz', 'b-1.tar', 'b-2.tgz']);
  });

  it('matches wildcards inside path segments', () => {
    assert.deepEqual(names(join(folder, 'b-?.t*')), ['b-0.tar.gz', 'b-1.tar', 'b-2.tgz']);
    assert.deepEqual(names(join(folder, 'p*.a', '*.tar')), ['part.a/c.tar']);
    assert.deepEqual(names(join(folder, '*.tar')), ['b-1.tar']);
  });

  it('keeps the missing files of a brace pattern', () => {
    assert.deepEqual(names(join(folder, 'b-{1..3}.tar')), ['b-1.tar', 'b-2.tar', 'b-3.tar']);
  });

  it('joins several specifications in their order', () => {
    assert.deepEqual(names([join(folder, 'b-1.tar'), join(folder, 'part.a')]), ['b-1.tar', 'part.a/c.tar']);
  });

  for (const nothing of ['absent.tar', 'absent-{0..2}.tar', 'absent/*.tar', 'note.txt/*.tar']) {
    it(`refuses ${nothing} in one sentence`, () => {
      assert.throws(
        () => names(join(folder, nothing)),
        /^Error: Expected shards .* no such file exists; check/,
      );
    });
  }
});
