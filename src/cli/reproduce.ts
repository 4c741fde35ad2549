import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExperimentOutcome, ProfileName } from '../experiments';

/** `clipbook reproduce`: trains, evaluates and prints the papers' tables. */
export function register(program: Command): void {
  program
    .command('reproduce')
    .description(
      'train and evaluate on the embedded data, print the papers’ tables, write results and reports',
    )
    .argument('[experiment...]', 'which experiments; the two papers’ tables unless named')
    .addOption(
      new Option(
        '-p, --profile <name>',
        'the budget: one seed in minutes (quick), or three seeds with intervals, up to 45 minutes for each experiment on two cores (mini)',
      )
        .choices(['quick', 'mini'])
        .default('quick'),
    )
    .option('-j, --jobs <number>', 'runs trained at once, each in its own process', wholeNumber, 1)
    .option('-o, --output <folder>', 'where results go', 'results')
    .option('--fresh', 'start over instead of keeping finished and interrupted runs')
    .option('--json', 'print one JSON object instead of tables')
    .addHelpText(
      'after',
      `
An interrupted run goes on where it stopped when the same command is given again.

Examples:
  $ clipbook reproduce
  $ clipbook reproduce dalip-table --profile mini --jobs 2
  $ clipbook reproduce alip-table --fresh
  $ clipbook reproduce dalip-statistics dalip-mixing

Experiments: dalip-table, alip-table; on request dalip-statistics (which order of statistics is matched), dalip-mixing
(domain against general data), photographs (needs two archives, see data/photographs/README.md).`,
    )
    .action(reproduce);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}

interface ReproduceOptions {
  profile: ProfileName;
  jobs: number;
  output: string;
  fresh?: boolean;
  json?: boolean;
}

async function reproduce(names: string[], options: ReproduceOptions): Promise<void> {
  const { EXPERIMENTS, findExperiment, runExperiment, stagesOf } =
    require('../experiments') as typeof import('../experiments');
  const { createProgress } = require('../report') as typeof import('../report');
  const { startEngine } = require('../engine') as typeof import('../engine');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');
  const { rmSync } = require('node:fs') as typeof import('node:fs');

  const experiments =
    names.length > 0 ? names.map(findExperiment) : EXPERIMENTS.filter(({ onRequest }) => !onRequest);
  await startEngine();
  const stages = experiments.flatMap((experiment) => stagesOf(experiment, options.profile, options.jobs));
  const progress = createProgress({ stages });
  const { profile: profileName, output: root, jobs } = options;
  const outcomes: ExperimentOutcome[] = [];
  const runAll = async (signal: AbortSignal) => {
    for (const experiment of experiments) {
      if (options.fresh) rmSync(join(root, experiment.id, profileName), { recursive: true, force: true });
      outcomes.push(await runExperiment(experiment, { profileName, progress, root, signal, jobs }));
    }
    progress.done();
  };
  const finished = await interruptible(
    runAll,
    'The same command (without --fresh) goes on from there.',
  ).finally(progress.stop);
  if (!finished) return;
  print(outcomes, options.json);
  const { writeIndex } = require('./results') as typeof import('./results');
  const index = writeIndex(root);
  if (!options.json) console.log(`All results: ${index}`);
}

function print(outcomes: readonly ExperimentOutcome[], json = false): void {
  const { renderText } = require('../report') as typeof import('../report');
  if (json) {
    console.log(
      JSON.stringify(
        outcomes.map(({ folder, tables, verdicts, notes }) => ({ folder, tables, verdicts, notes })),
      ),
    );
    return;
  }
  for (const { tables, verdicts, folder } of outcomes) {
    for (const table of tables) console.log(`\n${renderText(table)}`);
    for (const sentence of verdicts) console.log(sentence);
    console.log(`\nReport: ${join(folder, 'report.html')}`);
  }
}
