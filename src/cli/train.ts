import { join, relative } from 'node:path';
import type { Command } from 'commander';
import type { TrainingSummary } from '../training';

const HELP = `
The configuration is a JSON file; only "name" and "data" are necessary:
  name            names the run and its folder, results/train/runs/<name>/
  data            "shards" (WebDataset: a file, folder, brace pattern, glob, or a list of them) or "folder" (pictures
                  with name.txt beside name.jpg, or a captions.jsonl, .csv or .tsv)
    captions      another caption file for the folder
    textFields    the JSON fields that hold texts in shards; text, texts, caption, captions
    pictureSize   side of the pictures in memory, in pixels; 4/3 of the model's
    limitFraction largest share of unusable samples, which are skipped and counted; 0.05 of at least 100
  objective       "clip", "dalip" or "alip" (the first text is the raw one, the second the caption), or with options
                  { "name": "dalip", "alpha": 0.5 }, { "name": "alip", "gated": true, "historyStart": "one" }
                  ("firstBatch" for runs of a few hundred steps); "clip"
  model           "mini", "quick", or sizes: { "embedDim": …, "vision": { … }, "text": { … } }; "mini"
  recipe          steps 500, batchSize 128, learningRate 0.001, warmupSteps a tenth of the steps but at most 100,
                  weightDecay 0.2, clipNorm 1, beta1 0.9, beta2 0.98, epsilon 1e-6, seed 0
  checkpointEvery steps between checkpoints; 100
  logEvery        steps between lines of metrics.jsonl; 5

All pictures are read into memory before training begins (12 kB each at 64 pixels); streaming is still to come.
Ctrl-C ends the step, saves a checkpoint and exits with 130; --resume goes on exactly there.

Examples:
  $ clipbook train --example > pictograms.json
  $ clipbook train pictograms.json
  $ clipbook train pictograms.json --resume`;

const DEFAULT_OUTPUT = 'results';

/** `clipbook train`: one training run on the user's own pictures. */
export function register(program: Command): void {
  program
    .command('train')
    .description('train on your own pictures: WebDataset shards or a folder')
    .argument('[config]', 'a JSON file that describes the run')
    .option('--resume', 'go on with a run that was stopped')
    .option('-o, --output <folder>', 'where results go', DEFAULT_OUTPUT)
    .option('--example', 'print a configuration for the embedded pictograms')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', HELP)
    .action(train);
}

interface TrainOptions {
  resume?: boolean;
  output: string;
  example?: boolean;
  json?: boolean;
}

async function train(path: string | undefined, options: TrainOptions): Promise<void> {
  if (options.example) {
    console.log(JSON.stringify(exampleConfig(), null, 2));
    return;
  }
  if (path === undefined) {
    throw new Error('Expected the path of a JSON configuration; "clipbook train --example" prints one.');
  }
  const { readTrainingConfig, trainPictures } = require('../training') as typeof import('../training');
  const { createProgress } = require('../report') as typeof import('../report');
  const { startEngine } = require('../engine') as typeof import('../engine');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');

  const config = readTrainingConfig(path);
  await startEngine();
  const progress = createProgress();
  const run = async (signal: AbortSignal) => {
    const summary = await trainPictures(config, {
      root: options.output,
      resume: options.resume,
      signal,
      onReading: () => progress.stage('read pictures', 1),
      onPicture: (count) => count % PICTURES_PER_NOTE === 0 && progress.note(`${count} pictures read`),
      onTraining: () => progress.stage(`train ${config.name}`, config.recipe.steps),
      onStep: ({ step, loss, pairsPerSecond }) => progress.update(step, { loss, pairsPerSecond }),
    });
    progress.stop();
    console.log(options.json ? JSON.stringify(summary) : describe(summary));
  };
  const output = options.output === DEFAULT_OUTPUT ? '' : ` --output ${options.output}`;
  const howToResume = `"clipbook train ${path}${output} --resume" goes on from there.`;
  await interruptible(run, howToResume).finally(progress.stop);
}

const PICTURES_PER_NOTE = 10_000;

/** A run of a few minutes on data that every clone has; its paths are relative to where it is asked for. */
function exampleConfig() {
  const { projectRoot } = require('../data/projectRoot') as typeof import('../data/projectRoot');
  const shards = join(projectRoot(), 'data', 'pictograms', 'train-*.tar.gz');
  return {
    name: 'pictograms',
    data: { shards: relative(process.cwd(), shards), textFields: ['text', 'description'] },
    objective: 'clip',
    model: 'quick',
    recipe: { steps: 200, batchSize: 128, learningRate: 0.001, seed: 0 },
  };
}

/** What a person wants to know at the end. */
export function describe(summary: TrainingSummary): string {
  const { formatDuration } = require('../report') as typeof import('../report');
  const { name, objective, steps, pairs, seconds, loss, skipped, checkpoints, folder } = summary;
  return [
    `"${name}" is trained (${objective}): ${steps} steps, ${pairs} pairs in ${formatDuration(seconds * 1000)}, ` +
      `final loss ${loss.toFixed(3)}.`,
    `Samples skipped: ${skipped.bad} of ${skipped.seen}.`,
    ...skipped.kinds.map(
      ({ kind, count, firstKeys }) =>
        `  ${count} ${kind}: ${firstKeys.join(', ')}${count > firstKeys.length ? ', …' : ''}`,
    ),
    `Checkpoints: ${checkpoints}`,
    `Summary: ${join(folder, 'summary.json')}`,
  ].join('\n');
}
