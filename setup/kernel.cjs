'use strict';

// Starts the TypeScript kernel (tslab) so that notebooks can import the sources: import { … } from '../src/models'.
//
// On its own, tslab compiles every imported TypeScript file anew in each kernel, with looser options than the project's,
// and refuses files outside the notebook's folder. Here its compiler is told to take the project's files as it takes
// installed packages: it checks a cell against their types and leaves running them to tsx, which compiles once.
//
// An interrupt ends a cell with a KeyboardInterrupt (./interrupt.cjs), an error shows a short stack (./stack.cjs).

const { dirname, sep } = require('node:path');
const vm = require('node:vm');
const { KeyboardInterrupt, interrupt, runCell } = require('./interrupt.cjs');
const { describe, mapping, nameOfCell } = require('./stack.cjs');

require('./quiet.cjs');
require('tsx/cjs');

const project = dirname(__dirname) + sep;
const notebooks = process.cwd() + sep;
const tslab = require.resolve('tslab/dist/main.js');
const executor = require.resolve('tslab/dist/executor.js');
const compiler = require.resolve('@tslab/typescript-for-tslab', { paths: [tslab] });
const ts = require(compiler);

const maps = mapping(ts);

/** tslab's compiler host, with the project's modules outside the notebook's folder marked as external. */
function createWatchCompilerHost(files, options, ...rest) {
  const mapped = { ...options, ...maps.options };
  const host = ts.createWatchCompilerHost(files, mapped, ...rest);
  const cache = ts.createModuleResolutionCache(host.getCurrentDirectory(), (name) => name, mapped);
  host.resolveModuleNameLiterals = (literals, file, redirected, options) =>
    literals.map(({ text }) => {
      const found = ts.resolveModuleName(text, file, options, host, cache, redirected);
      const name = found.resolvedModule?.resolvedFileName;
      if (name?.startsWith(project) && !name.startsWith(notebooks)) {
        found.resolvedModule.isExternalLibraryImport = true;
      }
      return found;
    });
  return host;
}

/** The errors of a cell and of the notebook folder's files; to check all of src as well would take seconds a cell. */
function getPreEmitDiagnosticsOfFiles(program, files) {
  const own = files.filter(({ fileName }) => !fileName.startsWith(project) || fileName.startsWith(notebooks));
  return ts.getPreEmitDiagnosticsOfFiles(program, own);
}

/** tslab's executor, whose cells can be interrupted and have numbers. */
function createExecutor(folder, converters, console) {
  const executor = execution.createExecutor(folder, converters, { ...console, error: report });
  let count = 0;
  return {
    ...executor,
    execute(text) {
      number = ++count;
      return runCell(() => executor.execute(text));
    },
    interrupt() {
      interrupt();
      executor.interrupt();
    },
  };
}

/** Runs code as Node does; a cell's code, which tslab runs without a name, under the name of its cell. */
function runInThisContext(code, options) {
  if (!options?.breakOnSigint || options.filename) return runUnnamed(code, options);
  return runUnnamed(code, { ...options, filename: nameOfCell(number), displayErrors: false });
}

/** Writes an error under the cell, or tslab's own message (a format and its values). */
function report(first, ...rest) {
  if (!(first instanceof Error)) return console.error(first, ...rest);
  if (!interrupted(first)) return console.error(describe(first));
  interrupt();
  return console.error(describe(new KeyboardInterrupt()));
}

function interrupted({ code, message }) {
  return code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' || message === 'Interrupted asynchronously';
}

/** What a cell left running and nobody awaits; that it was interrupted has been said. */
function reportLate(error) {
  if (!(error instanceof KeyboardInterrupt)) report(error);
}

const execution = { ...require(executor) };
const runUnnamed = vm.runInThisContext;
let number = 0;

vm.runInThisContext = runInThisContext;
require.cache[compiler].exports = {
  ...ts,
  createWatchCompilerHost,
  getPreEmitDiagnosticsOfFiles,
  transpileModule: maps.transpileModule,
};
require(executor).createExecutor = createExecutor;
require(tslab).main();
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.removeAllListeners(event).on(event, reportLate);
}
