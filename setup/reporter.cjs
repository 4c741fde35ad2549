'use strict';

const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** Mocha's spec reporter, which also writes "PASSED FAILED" into the file that `CLIPBOOK_COUNTS` names. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      writeFileSync(process.env.CLIPBOOK_COUNTS, `${this.stats.passes} ${this.stats.failures}\n`);
    });
  }
};
