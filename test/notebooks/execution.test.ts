import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { committedNotebooks, errorsOf, readNotebook } from './notebooks';
import { python } from './python';

const run = promisify(execFile);

/** Seconds each notebook may take on two cores that do nothing else. */
const LIMITS: Record<string, number> = { '00-start-here.ipynb': 120 };
const USUAL_LIMIT = 300;

/** Runs every notebook from top to bottom in a new kernel, the way `npm run lab` would: CLIPBOOK_SLOW=1 or CLIPBOOK_NOTEBOOKS=1. */
describe('notebooks, run anew', () => {
  before(function () {
    if (!process.env.CLIPBOOK_SLOW && !process.env.CLIPBOOK_NOTEBOOKS) this.skip();
  });

  for (const { name, path } of committedNotebooks()) {
    const limit = LIMITS[name] ?? USUAL_LIMIT;
    it(`${name} runs without errors in under ${limit} s`, async function () {
      this.timeout(4000 * limit);
      const folder = mkdtempSync(join(tmpdir(), 'clipbook-notebook-'));
      try {
        const began = performance.now();
        await run(python, ['-m', 'nbconvert', ...executing(path, folder)], { cwd: folder });
        const seconds = (performance.now() - began) / 1000;
        assert.deepEqual(errorsOf(readNotebook(folder, name)), []);
        assert.ok(seconds < limit, `took ${seconds.toFixed(0)} s`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

function executing(notebook: string, outputFolder: string): string[] {
  return ['--to', 'notebook', '--execute', notebook, '--output-dir', outputFolder];
}
