#!/usr/bin/env node
'use strict';

const { join } = require('node:path');

async function main() {
  if (process.env.CLIPBOOK_ENVIRONMENT === undefined) {
    const { launchNode } = await import('../setup/launch.mjs');
    launchNode([__filename, ...process.argv.slice(2)]);
    return;
  }
  require('tsx/cjs');
  await require(join(__dirname, '..', 'src', 'cli', 'main.ts')).main(process.argv);
}

main().catch((error) => {
  const hint = error.code === 'MODULE_NOT_FOUND' ? ' Run "npm run setup" first.' : '';
  console.error(`clipbook could not start: ${error.message.split('\n')[0]}.${hint}`);
  process.exitCode = 1;
});
