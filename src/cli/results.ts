import type { Command } from 'commander';

const HELP = `
Every experiment in the folder with its question, table, main figure, configuration, environment, seeds and durations, and links to
its report and notebooks, on one page that opens from the disk without a network. Nothing is trained. "clipbook reproduce" writes the page too.

Examples:
  $ clipbook results
  $ clipbook results --output other-results`;

/** `clipbook results`: the page over all results. */
export function register(program: Command): void {
  program
    .command('results')
    .description('write results/index.html, one page over all results')
    .option('-o, --output <folder>', 'where the results are', 'results')
    .addHelpText('after', HELP)
    .action(({ output }: { output: string }) => {
      const { existsSync } = require('node:fs') as typeof import('node:fs');
      if (!existsSync(output))
        throw new Error(`Expected a folder of results at "${output}", but there is none; check the path.`);
      console.log(`Index: ${writeIndex(output)}`);
    });
}

/** Writes the page, notebooks as pages first where Jupyter is there; returns its path. */
export function writeIndex(root: string): string {
  const { writeResultsIndex } =
    require('../experiments/resultsIndex') as typeof import('../experiments/resultsIndex');
  const { notebookPages } = require('./notebookPages') as typeof import('./notebookPages');
  notebookPages(root);
  return writeResultsIndex({ root });
}
