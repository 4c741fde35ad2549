'use strict';

// Required before anything else (node --require): keeps TensorFlow's notices out of the output while its library loads.
// Without the compiled part (see steps/quiet.mjs) it changes nothing, nor where TF_CPP_MIN_LOG_LEVEL=0 asks for notices: in
// a notebook, process.env.TF_CPP_MIN_LOG_LEVEL = '0' in a cell of its own before the imports. They go to Jupyter's terminal.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const compiled = join(__dirname, '..', '.cache', 'quiet.node');

if (existsSync(compiled)) {
  const stderr = require(compiled);
  const load = process.dlopen;
  process.dlopen = function dlopen(module, file, ...rest) {
    if (!file.endsWith('tfjs_binding.node') || process.env.TF_CPP_MIN_LOG_LEVEL === '0') {
      return load.call(process, module, file, ...rest);
    }
    stderr.off();
    try {
      return load.call(process, module, file, ...rest);
    } finally {
      stderr.on();
    }
  };
}
