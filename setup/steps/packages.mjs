import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { howToInstall, Problem } from '../problem.mjs';
import { ask, run } from '../run.mjs';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** The npm packages, exactly as `package-lock.json` has them. */
export const packages = {
  doing: 'installing the npm packages of package-lock.json',
  isDone: () => installedAsLocked(readLock('package-lock.json'), readLock('node_modules/.package-lock.json')),
  async work() {
    if (ask(npm, ['--version']) === null) {
      throw new Problem(`npm is missing; install it with ${howToInstall('npm')}.`);
    }
    await run('installing the npm packages', npm, ['ci', '--no-audit', '--no-fund'], {
      shell: process.platform === 'win32',
    });
  },
};

function readLock(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : null;
}

/**
 * Whether what npm wrote down after its last complete installation is what the lock file wants: the same versions, and
 * nothing missing but packages that are optional (built for other platforms).
 *
 * @param {Record<string, { version?: string, integrity?: string, optional?: boolean }>} wanted the lock's `packages`
 * @param {typeof wanted | null} installed `packages` of `node_modules/.package-lock.json`; null if there is none
 */
export function installedAsLocked(wanted, installed) {
  if (!installed) return false;
  const paths = new Set([...Object.keys(wanted), ...Object.keys(installed)]);
  paths.delete('');
  return [...paths].every((path) => {
    const [want, have] = [wanted[path], installed[path]];
    if (!have) return Boolean(want.optional);
    return want?.version === have.version && want?.integrity === have.integrity;
  });
}
