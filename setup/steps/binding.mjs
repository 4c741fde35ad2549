import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { bindingPackage, root } from '../paths.mjs';
import { howToInstall, Problem } from '../problem.mjs';
import { ask, run } from '../run.mjs';
import { libraryOf } from './tensorflow.mjs';

const nodePreGyp = join(root, 'node_modules', '@mapbox', 'node-pre-gyp', 'bin', 'node-pre-gyp');

/**
 * The native binding between Node and TensorFlow, compiled against the unpacked library. The GPU package is compiled
 * beside the plain one, which danfo.js loads, so that both speak to the same library.
 *
 * @param {import('../wheel.mjs').Wheel} wheel
 */
export function binding(wheel) {
  const names = wheel.backend === 'tensorflow-gpu' ? ['tfjs-node', 'tfjs-node-gpu'] : ['tfjs-node'];
  return {
    doing: 'compiling the TensorFlow binding for Node',
    isDone: () => names.every((name) => isBuilt(bindingPackage(name), libraryOf(wheel))),
    async work() {
      needCompiler();
      for (const name of names) await build(bindingPackage(name), libraryOf(wheel));
    },
  };
}

/** Written beside the binding when it is complete: the library it was compiled against. */
const stampOf = (folder) => join(folder, 'lib', 'clipbook');

function isBuilt(folder, library) {
  const stamp = stampOf(folder);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === basename(library) && existsSync(library);
}

async function build(folder, library) {
  rmSync(stampOf(folder), { force: true });
  linkLibrary(join(folder, 'deps'), library);
  const args = [nodePreGyp, 'install', '--build-from-source', ...localHeaders()];
  // macOS finds the library by the run path; Linux by what the binding's own build file says.
  const flags = process.platform === 'darwin' ? { LDFLAGS: '-Wl,-rpath,@loader_path/../../deps/lib' } : {};
  await run('compiling the TensorFlow binding', process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...flags },
  });
  const built = findBinding(join(folder, 'lib'));
  await run('loading the TensorFlow binding', process.execPath, [
    '-p',
    `require(${JSON.stringify(built)}).TF_Version`,
  ]);
  writeFileSync(stampOf(folder), basename(library));
}

/** Puts a link to the library where the binding's build file expects it. */
function linkLibrary(deps, library) {
  if (lstatSync(deps, { throwIfNoEntry: false })) rmSync(deps, { recursive: true });
  symlinkSync(relative(dirname(deps), library), deps, 'dir');
}

function findBinding(lib) {
  const folder = readdirSync(lib).find((name) => name.startsWith('napi-v'));
  return join(lib, folder, 'tfjs_binding.node');
}

/** Node's headers, where they are installed beside it; elsewhere node-gyp downloads them. */
function localHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

/** @throws {Problem} if the C++ compiler or make is missing */
export function needCompiler() {
  const compilers = [process.env.CXX, 'g++', 'c++', 'clang++'].filter(Boolean);
  const missing = [
    compilers.some((name) => ask(name, ['--version']) !== null) ? null : 'a C++ compiler',
    ask('make', ['--version']) !== null ? null : 'make',
  ].filter(Boolean);
  if (missing.length > 0) {
    throw new Problem(
      `The TensorFlow binding cannot be compiled because ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing; install it with ${howToInstall('compiler')}.`,
    );
  }
}
