import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { cache, root } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { ask, run } from '../run.mjs';
import { warn } from '../say.mjs';
import { libraryOf } from './tensorflow.mjs';

const sources = join(root, 'src', 'engine', 'native');
const target = join(cache, 'kernels.node');
const stamp = join(cache, 'kernels.txt');

/**
 * The engine's own kernels, compiled for this very processor against TensorFlow's library. Everything runs without them,
 * only slower, so that a compiler which cannot make them is no reason to stop.
 *
 * @param {import('../wheel.mjs').Wheel} wheel
 */
export function kernels(wheel) {
  return {
    doing: 'compiling the fused kernels',
    isDone: () => existsSync(stamp) && readFileSync(stamp, 'utf8') === described(wheel),
    async work() {
      try {
        await compile(libraryOf(wheel));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        warn(`${error.message} Until then everything runs without the fused kernels, more slowly.`);
        return;
      }
      writeFileSync(stamp, described(wheel));
    },
  };
}

async function compile(deps) {
  const compiler = [process.env.CXX, 'g++', 'c++', 'clang++'].find(
    (name) => name && ask(name, ['--version']),
  );
  const library = join(deps, 'lib');
  const partial = `${target}.partial`;
  await run('compiling the fused kernels', compiler, [
    '-std=c++17',
    ...['-O3', process.arch === 'arm64' ? '-mcpu=native' : '-march=native', '-fno-math-errno', '-fopenmp'],
    ...['-fPIC', '-shared', '-fvisibility=hidden', '-Wno-psabi', `-I${join(deps, 'include')}`, '-o', partial],
    ...sourceFiles('.cpp'),
    ...readdirSync(library)
      .filter((name) => /^libtensorflow(_cc|_framework)\.(so\.2|2\.dylib)$/.test(name))
      .map((name) => join(library, name)),
    `-Wl,-rpath,${library}`,
  ]);
  renameSync(partial, target);
}

const sourceFiles = (ending) =>
  readdirSync(sources)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(sources, name));

/** What the compiled kernels depend on: their text, the library and the processor. */
function described(wheel) {
  const hash = createHash('sha256');
  for (const file of [...sourceFiles('.cpp'), ...sourceFiles('.h')]) hash.update(readFileSync(file));
  return [hash.digest('hex'), basename(libraryOf(wheel)), cpus()[0]?.model, process.arch].join('\n');
}
