import type { Command } from 'commander';
import { shareOfWork } from '../distributed';
import type { RunWithState, Sweep, SweepEvaluation, SweepRun } from '../experiments/sweep';
import type { Progress } from '../report';
import { protocolList } from './evaluate';
import { progressOfPart } from './partProgress';
import { exampleConfig } from './train';

const HELP = `
The sweep is a JSON file:
  name       names the sweep and its folder, results/sweeps/<name>/
  base       what all runs have in common: the settings of "clipbook train", or the path of a file with them, from this one
  grid       settings by their places with the values of each, all of which are combined:
             { "recipe.learningRate": [0.001, 0.0003], "objective": ["clip", { "name": "dalip", "alpha": 0.3 }] }
  list       or sets of settings that belong together, with labels if you like; combined with the grid if there is one:
             [{ "label": "as published", "recipe.warmupSteps": 40 }, { "label": "gentle", "recipe.clipNorm": 0.1 }]
  seeds      each combination is trained with each of them, and tables show means with 95 % t-intervals; the base's
  evaluate   what trained models are judged on; nothing. Lists of "benchmarks" and "protocols" as "clipbook evaluate" takes
             them, and its options "data", "split", "task", "classNames", "templates" and "allowPartial":
             { "benchmarks": ["pets", "my/pictures"], "protocols": ["zero-shot", "linear-probe"], "data": "sets" }

Each run is one of "clipbook train", in results/train/runs/, named after what it varies. At the end one table is written, as
Markdown, CSV, LaTeX and HTML, and runs.csv with a line for each run.

The same command again goes on: finished runs are kept and stopped ones resumed; values, seeds and sets to judge on may be
added. Start it as often as you like at the same time, in terminals, under "mpirun -n 4", or as a job array of Slurm: each
process takes the next run that nobody has, also what one that was killed on the same machine left behind.

Examples:
  $ clipbook sweep --example > rates.json
  $ clipbook sweep rates.json --dry-run
  $ clipbook sweep rates.json
  $ mpirun -n 4 --bind-to none clipbook sweep rates.json --output /shared/results
  $ sbatch --array=1-16 src/distributed/slurm/sweep.sbatch rates.json --output /shared/results`;

/** `clipbook sweep`: training runs that differ in a few settings, and one table of them. */
export function register(program: Command): void {
  program
    .command('sweep')
    .description('train runs that differ in a few settings, on as many processes as you like, into one table')
    .argument('[sweep]', 'a JSON file that describes the runs')
    .option('--dry-run', 'list the runs and how far each is; nothing is written')
    .option('--retry', 'try runs again that have failed')
    .option('-o, --output <folder>', 'where results go', 'results')
    .option('--example', 'print a sweep over the embedded pictograms, to edit')
    .option('--json', 'print all runs as JSON')
    .addHelpText('after', HELP)
    .action(sweep);
}

interface SweepFlags {
  dryRun?: boolean;
  retry?: boolean;
  output: string;
  example?: boolean;
  json?: boolean;
}

async function sweep(path: string | undefined, flags: SweepFlags): Promise<void> {
  if (flags.example) return console.log(JSON.stringify(exampleSweep(), null, 2));
  if (path === undefined) {
    throw new Error('Expected the path of a sweep’s JSON file; "clipbook sweep --example" prints one.');
  }
  const { readSweepFile, sweepRuns } =
    require('../experiments/sweep') as typeof import('../experiments/sweep');
  const asked = readSweepFile(path);
  for (const protocol of asked.evaluate?.protocols ?? []) protocolList(protocol);
  if (flags.dryRun) print(asked, sweepRuns(asked, flags.output), flags, describeStates);
  else await run(asked, flags);
}

async function run(asked: Sweep, flags: SweepFlags): Promise<void> {
  const { forgetFailures, runSweep, writeSweep } =
    require('../experiments/sweep') as typeof import('../experiments/sweep');
  const { startEngine } = require('../engine') as typeof import('../engine');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');

  if (asked.evaluate) await checkSets(asked.evaluate);
  await startEngine();
  const { output: root } = flags;
  const { part, of } = shareOfWork();
  const progress = progressOfPart({ part, of });
  if (flags.retry) forgetFailures(asked, root);
  const work = async (signal: AbortSignal) => {
    await runSweep(asked, {
      ...{ root, signal, judge: judgeOf(asked.evaluate, progress, signal) },
      first: Math.floor((asked.runs.length * part) / of),
      onRun: (run) => progress.stage(titleOf(run, asked), run.config.recipe.steps),
      onStep: ({ step, loss, pairsPerSecond }) => progress.update(step, { loss, pairsPerSecond }),
      onFailure: ({ name }, reason) => progress.note(`${name} has failed: ${reason}`),
    });
    progress.stop();
    const runs = await writeSweep(asked, root);
    print(asked, runs, flags, describeEnd);
    // Under mpirun an exit code ends the others, too: whoever ends last says it.
    const states = new Set(runs.map(({ state }) => state));
    if (states.has('failed') && !states.has('running')) process.exitCode = 1;
  };
  await interruptible(work, 'The same command goes on from there.').finally(progress.stop);
}

const titleOf = (run: SweepRun, { runs }: Sweep) =>
  `${run.name} (${runs.indexOf(run) + 1} of ${runs.length})`;

/** A set that is not there should not be found missing after the first run. */
async function checkSets({ protocols, ...sets }: SweepEvaluation): Promise<void> {
  const { findSets } = require('../benchmarking') as typeof import('../benchmarking');
  await findSets(sets, () => {});
}

type Judge = NonNullable<Parameters<typeof import('../experiments/sweep').runSweep>[1]>['judge'];

/** Judges trained models as `clipbook evaluate` does, and keeps all of it beside the run. */
function judgeOf(evaluation: SweepEvaluation | undefined, progress: Progress, signal: AbortSignal): Judge {
  if (!evaluation) return undefined;
  const { evaluate, mainScores, writeEvaluation } =
    require('../benchmarking') as typeof import('../benchmarking');
  const { protocols = ['zero-shot'], ...sets } = evaluation;
  return async ({ run, folder, results }) => {
    progress.stage(`judge ${run.name}`, 1);
    const found = await evaluate({
      ...{ ...sets, signal },
      models: [{ model: folder, label: run.name }],
      protocols: protocols.flatMap(protocolList),
    });
    writeEvaluation(results, found);
    return Object.fromEntries(mainScores(found.results).map(({ title, ...score }) => [title, score]));
  };
}

type Describe = (asked: Sweep, runs: readonly RunWithState[], root: string) => string;

function print(
  asked: Sweep,
  runs: readonly RunWithState[],
  { json, output }: SweepFlags,
  describe: Describe,
): void {
  console.log(json ? JSON.stringify(runs.map(({ config, ...run }) => run)) : describe(asked, runs, output));
}

const STATES: Record<RunWithState['state'], string> = {
  finished: 'finished',
  failed: 'failed',
  running: 'running elsewhere',
  stopped: 'stopped on the way',
  new: 'new',
};

function describeStates({ columns }: Sweep, runs: readonly RunWithState[]): string {
  const settings = ({ values, seed }: SweepRun) =>
    [...columns.map((column, i) => `${column} ${values[i]}`), `seed ${seed}`].join(', ');
  const lines = runs.map((run) => `${settings(run)}: ${STATES[run.state]}`);
  return [...lines, `${runs.length} runs.`].join('\n');
}

function describeEnd(asked: Sweep, runs: readonly RunWithState[], root: string): string {
  const { sweepFolder, sweepTable } =
    require('../experiments/sweep') as typeof import('../experiments/sweep');
  const { renderText } = require('../report') as typeof import('../report');
  const notes = runs.flatMap((run) => (run.state === 'running' ? [run.reason] : []));
  return [
    renderText(sweepTable(asked, runs)),
    ...(notes.length > 0 ? ['Still running; whoever ends last writes the whole table:', ...notes] : []),
    `Everything is in "${sweepFolder(asked, root)}".`,
  ].join('\n');
}

/** A sweep of a few minutes on data that every clone has. */
function exampleSweep() {
  const { name, data, recipe, ...base } = exampleConfig();
  const test = data.shards.replace('train-*', 'test-00000');
  return {
    name: 'rates',
    base: { data, ...base, recipe: { ...recipe, learningRate: undefined, seed: undefined } },
    grid: { objective: ['clip', 'dalip'], 'recipe.learningRate': [0.001, 0.0003] },
    seeds: [0, 1],
    evaluate: { benchmarks: [test], task: 'classification' },
  };
}
