import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pageOf } from '../experiments/resultsIndex';
import { venvPython } from './parts';

/** Addresses of scripts that nbconvert would have the page fetch; the notebooks need none of them. */
const NO_NETWORK = [
  'mathjax_url',
  'require_js_url',
  'jquery_url',
  'mermaid_js_url',
  'widget_renderer_url',
].map((name) => `--HTMLExporter.${name}=`);

/**
 * Makes a page of every notebook beside the results, by nbconvert, as they were last executed: `<root>/notebooks/*.html`, for
 * reading without Jupyter and without a network. Pages that are newer than their notebook stay.
 *
 * @returns how many were made; 0 also where there are no notebooks, or Jupyter is not installed
 * @throws where nbconvert fails, with what it said
 */
export function notebookPages(root: string): number {
  const folder = join(root, '../notebooks');
  if (!existsSync(folder) || !existsSync(venvPython)) return 0;
  const stale = readdirSync(folder)
    .filter((file) => file.endsWith('.ipynb') && !file.endsWith('.tmp.ipynb'))
    .map((file) => join(folder, file))
    .filter((file) => changed(join(root, pageOf(basename(file, '.ipynb')))) < changed(file));
  if (stale.length === 0) return 0;
  const output = join(root, 'notebooks');
  mkdirSync(output, { recursive: true });
  const options = ['--to', 'html', '--output-dir', output, '--log-level', 'ERROR', ...NO_NETWORK];
  try {
    execFileSync(venvPython, ['-m', 'nbconvert', ...options, ...stale], { stdio: 'pipe' });
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error).trim();
    throw new Error(
      `Expected nbconvert to turn ${stale.length} notebooks into pages, but it failed: ${said}`,
    );
  }
  return stale.length;
}

/** When a file was last written, in milliseconds; 0 where it is not there. */
function changed(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
