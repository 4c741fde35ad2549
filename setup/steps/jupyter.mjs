import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, venv, venvPython } from '../paths.mjs';
import { findPython, readVenvStamp, venvStamp } from '../python.mjs';
import { run } from '../run.mjs';

const requirements = join(root, 'setup', 'requirements.txt');
const wanted = () => createHash('sha256').update(readFileSync(requirements)).digest('hex');

/** An empty Python virtual environment; its pip fetches everything else that comes as a Python wheel. */
export const python = {
  doing: 'making the virtual environment .venv',
  isDone: () => !['', 'installing'].includes(readVenvStamp()),
  async work() {
    // An installation that was cut off is thrown away: pip cannot tell what it left half-written.
    await run('making a Python virtual environment', findPython(), ['-m', 'venv', '--clear', venv]);
    writeFileSync(venvStamp, 'empty');
  },
};

/** JupyterLab and nbconvert in the virtual environment. */
export const jupyter = {
  doing: 'installing JupyterLab into .venv',
  isDone: () => readVenvStamp() === wanted(),
  async work() {
    writeFileSync(venvStamp, 'installing');
    const args = [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--only-binary=:all:',
      '-r',
      requirements,
    ];
    await run('installing JupyterLab', venvPython, args);
    writeFileSync(venvStamp, wanted());
  },
};
