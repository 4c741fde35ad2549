import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { projectRoot } from '../../src/data/projectRoot';
import { codeCells, committedNotebooks, errorsOf, type Notebook } from './notebooks';

const LARGEST = 2 * 2 ** 20;

describe('committed notebooks', () => {
  const notebooks = committedNotebooks();

  it('begin with 00-start-here', () => {
    assert.equal(notebooks[0]?.name, '00-start-here.ipynb');
  });

  for (const notebook of notebooks) {
    describe(notebook.name, () => {
      it('was run from top to bottom, without errors', () => {
        const counts = codeCells(notebook).map((cell) => cell.execution_count);
        counts.forEach((count, place) => {
          assert.ok(count === null || count === place + 1, `code cell ${place + 1} ran as number ${count}`);
        });
        assert.deepEqual(errorsOf(notebook), []);
      });

      it('shows something under most of its code cells', () => {
        const cells = codeCells(notebook);
        const silent = cells.filter(({ outputs }) => !outputs?.length);
        assert.ok(silent.length < cells.length / 2, `${silent.length} of ${cells.length} cells show nothing`);
      });

      it('asks for the kernel that set-up registers', () => {
        assert.equal(notebook.kernel, 'tslab');
      });

      it('imports files that exist', () => {
        const imported = importsOf(notebook);
        assert.ok(imported.length > 0);
        assert.deepEqual(
          imported.filter((name) => !resolves(name, dirname(notebook.path))),
          [],
        );
      });

      it('links to files that exist', () => {
        const missing = linksOf(notebook).filter(
          (link) => !existsSync(resolve(dirname(notebook.path), link)),
        );
        assert.deepEqual(missing, []);
      });

      it('names no folder of the machine it was run on', () => {
        const home = homedir().length > 4 ? [homedir()] : [];
        for (const folder of [projectRoot(), ...home, '/home/', '/Users/', 'file:///']) {
          assert.ok(!notebook.text.includes(folder), `the notebook holds "${folder}"`);
        }
      });

      it('is small enough to commit', () => {
        assert.ok(Buffer.byteLength(notebook.text) < LARGEST);
      });
    });
  }
});

function importsOf(notebook: Notebook): string[] {
  const code = codeCells(notebook).map(({ source }) => [source].flat().join(''));
  return code.flatMap((text) => [...text.matchAll(/\bfrom '([^']+)'/g)].map((match) => match[1]));
}

function resolves(name: string, folder: string): boolean {
  try {
    require.resolve(name.startsWith('.') ? resolve(folder, name) : name);
    return true;
  } catch {
    return false;
  }
}

/** The links to files, without those to the web. */
function linksOf({ cells }: Notebook): string[] {
  const prose = cells.filter((cell) => cell.cell_type === 'markdown');
  return prose
    .flatMap(({ source }) => [
      ...[source]
        .flat()
        .join('')
        .matchAll(/\]\(([^)#]+)\)/g),
    ])
    .map((match) => match[1])
    .filter((link) => !/^https?:/.test(link));
}
