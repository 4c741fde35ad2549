'use strict';

// Starts the TypeScript kernel (tslab) so that notebooks can import the sources: import { … } from '../src/models'.
//
// On its own, tslab compiles every imported TypeScript file anew in each kernel, with looser options than the project's,
// and refuses files outside the notebook's folder. Here its compiler is told to take the project's files as it takes
// installed packages: it checks a cell against their types and leaves running them to tsx, which compiles once.

const { dirname, sep } = require('node:path');

require('./quiet.cjs');
require('tsx/cjs');

const project = dirname(__dirname) + sep;
const notebooks = process.cwd() + sep;
const tslab = require.resolve('tslab/dist/main.js');
const compiler = require.resolve('@tslab/typescript-for-tslab', { paths: [tslab] });
const ts = require(compiler);

/** tslab's compiler host, with the project's modules outside the notebook's folder marked as external. */
function createWatchCompilerHost(...args) {
  const host = ts.createWatchCompilerHost(...args);
  const cache = ts.createModuleResolutionCache(host.getCurrentDirectory(), (name) => name, args[1]);
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

require.cache[compiler].exports = { ...ts, createWatchCompilerHost };
require(tslab).main();
