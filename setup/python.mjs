import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { venv, venvPython } from './paths.mjs';
import { howToInstall, Problem } from './problem.mjs';
import { ask } from './run.mjs';

/** The oldest Python that the pinned Jupyter runs on. */
export const OLDEST = [3, 10];

const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** Prints the version, and fails where the modules that make a virtual environment are missing (Debian splits them off). */
const VERSION = 'import sys; print(*sys.version_info[:2])';
const MODULES = 'import venv, ensurepip';

/**
 * The Python that virtual environments are made with: `CLIPBOOK_PYTHON`, or the first fitting one on the PATH.
 *
 * @returns {string} the command
 * @throws {Problem} if none is new enough, or it lacks `venv`
 */
export function findPython() {
  const names = process.env.CLIPBOOK_PYTHON ? [process.env.CLIPBOOK_PYTHON] : NAMES;
  const fitting = names.filter((name) => isNewEnough(ask(name, ['-c', VERSION])));
  if (fitting.length === 0) {
    throw new Problem(
      `Python ${OLDEST.join('.')} or newer is missing; install it with ${howToInstall('python')}, or name one in CLIPBOOK_PYTHON.`,
    );
  }
  const whole = fitting.find((name) => ask(name, ['-c', MODULES]) !== null);
  if (!whole) {
    throw new Problem(
      `${fitting[0]} cannot make virtual environments because its venv and ensurepip modules are missing; install them with ${howToInstall('venv')}.`,
    );
  }
  return whole;
}

function isNewEnough(version) {
  if (!version) return false;
  const [major, minor] = version.split(' ').map(Number);
  return major === OLDEST[0] && minor >= OLDEST[1];
}

/** What set-up last did to the virtual environment: the hash of the requirements in it, 'installing', or '' for nothing. */
export const venvStamp = join(venv, '.clipbook');

export function readVenvStamp() {
  return existsSync(venvPython) && existsSync(venvStamp) ? readFileSync(venvStamp, 'utf8') : '';
}
