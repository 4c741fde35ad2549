import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cache, libraries, root, temporary, venvPython } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { run } from '../run.mjs';
import { TENSORFLOW } from '../wheel.mjs';

/** Where the unpacked library of a wheel lies: `lib/`, `include/`, and `cuda/` for the GPU one. */
export const libraryOf = (wheel) =>
  join(libraries, `${wheel.project}-${TENSORFLOW}-${process.platform}-${process.arch}`);

/**
 * TensorFlow's C library and headers, out of its Python wheel. They are unpacked under another name that is changed when
 * all is there, so a folder with the right name is complete; the wheel itself is not kept.
 *
 * @param {import('../wheel.mjs').Wheel} wheel
 */
export function tensorflow(wheel) {
  const library = libraryOf(wheel);
  return {
    doing: `downloading TensorFlow ${TENSORFLOW} (${wheel.megabytes} MB) and unpacking its library`,
    isDone: () => existsSync(library),
    async work() {
      needSpace(wheel.gigabytes);
      const partial = `${library}.partial`;
      for (const leftover of [partial, temporary]) rmSync(leftover, { recursive: true, force: true });
      for (const folder of [partial, temporary]) mkdirSync(folder, { recursive: true });
      await unpack(await download(wheel, partial), partial);
      if (wheel.backend === 'tensorflow-gpu') await installCuda(partial);
      renameSync(partial, library);
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}

function needSpace(gigabytes) {
  const { bavail, bsize } = statfsSync(cache);
  const free = (bavail * bsize) / 1e9;
  if (free >= gigabytes) return;
  throw new Problem(
    `Set-up needs about ${gigabytes} GB of disk space in ${root} and ${free.toFixed(1)} GB are free; free some space (for example with "npm cache clean --force") and run "npm run setup" again.`,
  );
}

const pip = (...args) => ['-m', 'pip', ...args, '--disable-pip-version-check', '--only-binary=:all:'];
const environment = { ...process.env, TMPDIR: temporary };

async function download({ project, tag, sha256 }, folder) {
  const what = [`${project}==${TENSORFLOW}`, '--no-deps', '--platform', tag, '--python-version', '3.11'];
  await run('downloading TensorFlow', venvPython, pip('download', ...what, '--dest', folder), {
    env: environment,
  });
  const path = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.whl')),
  );
  await prove(path, sha256);
  return path;
}

/**
 * Makes sure that a wheel is the published one, whose library will be part of every process, before anything in it is used.
 *
 * @throws {Problem} if it is another; it is deleted
 */
export async function prove(path, sha256) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const found = hash.digest('hex');
  if (found === sha256) return;
  rmSync(path);
  throw new Problem(
    `${basename(path)} has the SHA-256 ${found}, where ${sha256} is published; it is deleted. Look at the package index that pip is set to ("pip config list"), and run "npm run setup" again.`,
  );
}

async function unpack(wheel, folder) {
  await run('unpacking TensorFlow', venvPython, [join(root, 'setup', 'unpack.py'), wheel, folder]);
  rmSync(wheel);
}

/** The CUDA libraries the wheel names; TensorFlow loads them when it starts (see `LD_LIBRARY_PATH` in `environment.mjs`). */
async function installCuda(folder) {
  const requirements = readFileSync(join(folder, 'cuda.txt'), 'utf8').split('\n').filter(Boolean);
  const args = pip('install', '--no-deps', '--target', join(folder, 'cuda'), ...requirements);
  await run('installing the CUDA libraries', venvPython, args, { env: environment });
}
