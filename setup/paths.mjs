import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder; every other path hangs from it. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Downloads and what set-up remembers; never committed, and safe to delete. */
export const cache = join(root, '.cache');

/** Which backend set-up chose, read by `src/engine`: `{ backend, tensorflow, reason }`. */
export const choiceFile = join(cache, 'setup.json');

/** Everything the tools said that set-up calls. */
export const logFile = join(cache, 'setup.log');

/** Temporary files of pip: beside the cache, so that a small `/tmp` does not matter and renaming is atomic. */
export const temporary = join(cache, 'temporary');

/** Unpacked TensorFlow libraries, one folder per wheel. They outlive `npm ci`, which empties `node_modules`. */
export const libraries = join(cache, 'tensorflow');

/** The Python virtual environment that holds Jupyter. */
export const venv = join(root, '.venv');

/** The virtual environment's Python. */
export const venvPython =
  process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');

/** The package whose native binding runs TensorFlow; `tfjs-node-gpu` is the same source under another name. */
export const bindingPackage = (name) => join(root, 'node_modules', '@tensorflow', name);
