import { join, relative } from 'node:path';
import type { Command } from 'commander';
import type { Communicator } from '../distributed';
import type { TrainingConfig, TrainingSummary } from '../training';
import { SILENCE } from './partProgress';
import { applyOptions, collect, numeric, type SettingOptions } from './trainOptions';

const HELP = `
The configuration is a JSON file; only "name" and "data" are necessary:
  name            names the run and its folder, results/train/runs/<name>/
  data            "shards" (WebDataset .tar, or MXNet RecordIO .rec with raw text and caption as ALIP packs them: a file,
                  folder, brace pattern, glob, or a list of them), "sources" (several of them to mix: [{ "shards": …,
                  "weight": 10 }, …]) or "folder" (pictures with name.txt beside name.jpg, or a captions.jsonl, .csv
                  or .tsv)
    captions      another caption file for the folder
    addCaptions   captions made elsewhere, as each picture's second text: { "file": "captions.jsonl" } of lines such as
                  { "key": "000123", "caption": "a red apple" }, where "key" is a sample's name in shards or the path in
                  a folder; also .csv, or shards with "member": "caption.txt" (or "json" and "captionField").
                  "missing": "error", "skip" (leave the picture out) or "raw" (repeat its raw text); further
                  "format", "keyField", "captionField"
    textFields    the JSON fields that hold texts in WebDataset shards; text, texts, caption, captions
    stream        read "shards" while training instead of holding all pictures in memory; false, always for "sources"
    shuffleBuffer samples of each source that a stream draws from at random; 1000
    pictureSize   side of the pictures in memory, and of streamed ones where the objective needs several views of each, in
                  pixels; 4/3 of the model's
    cropScale     share of a picture's area that a training crop keeps; [0.7, 1]
    cropAspect    its width over height; [0.75, 1.33]. "cropAttempts" 10: draws until one fits, then the largest centred
    flip          probability that a crop is mirrored; 0
    textChoice    "first" or "second" where an objective other than "alip" shall always read the same one of several
                  texts; "any"
    limitFraction largest share of unusable samples, which are skipped and counted; 0.05 of at least 100
  objective       "clip", "dalip" or "alip" (the first text is the raw one, the second the caption), or with options
                  { "name": "dalip", "alpha": 0.5 }, { "name": "alip", "gated": true, "historyStart": "one" }
                  ("firstBatch" for runs of a few hundred steps); "clip". ALIP also takes "variant": "paper" (sums where
                  the official code has means) and "gates": { "gammaSample": 2, "gammaPair": 2, "momentum": 0.99,
                  "shape": "threshold", "pairSwitch": "everySample", "use": ["sample"], "placebo": "shuffled" }.
                  Comparison systems, whose parts are added to the model; sizes as published where "embedDim" is at least
                  256, else small ones:
    slip          SimCLR beside CLIP: "weight" 1, "temperature" 0.1, "head": { "hidden": 4096, "output": 256 } (small: 256, 64)
    filip         token by token: "width" 256 (small: 64), "aggregate": "mean" or "sum", "keep": { "share": 0.25 } or
                  { "count": 16 } of a candidate's tokens; all
    declip        every signal of a pair: "weights": { "contrast": 0.4, "imageSelf": 0.2, "textSelf": 0.2, "neighbours":
                  0.2, "tokens": 0 }, "head": { "hidden": 1024, "bottleneck": 512 } (small: 128, 64), "queueSize" 65536
                  (small: 4096), "contrastText": "masked" or "whole", "tokenWidth" as FILIP's "width"
    defilip       the same with "tokens": 0.2
    uniclip       UniCLIP-style, one space for views and texts: "similarity": "domain" or "shared", "denominator":
                  "onePositive" or "allPositives", "sameDomainNegatives" true, "head": { "width": 32, "hidden": 128 }
    hiclip        HiCLIP-style, CLIP with attention within groups of tokens: "grouping": { "links": "learned" or
                  "distance", "scale": 1 / √width, "selfWeight": "one" or "tiny" }
    hideclip      HiDeCLIP-style, "declip" with HiCLIP's "grouping"
    multi-view    CLIP on two views of each picture, and on two wordings of its text unless "edited" is false
    view          of slip, declip, defilip, uniclip, hideclip and multi-view: "simclr", as published, where "imageSize" is
                  at least 128, else "strong", with larger crops and less blur
  model           "mini", "quick", "ViT-B-16", "ViT-B-32", or sizes: { "embedDim": …, "vision": { … }, "text": { … } }; "mini"
  start           a file with the weights to start from (safetensors or PyTorch), such as an OpenCLIP checkpoint of
                  the same sizes; second-order heads and parts of other systems that it lacks start at random
  recipe          steps 500, batchSize 128, learningRate 0.001, warmupSteps a tenth of the steps but at most 100,
                  weightDecay 0.2, clipNorm 1, beta1 0.9, beta2 0.98, epsilon 1e-6, seed 0, recompute false (true:
                  the towers' blocks are computed again for the gradient; a tenth of the memory, a third more time),
                  "precision" "f32" (or "bf16": matrix products in 16 bits, as PyTorch autocasts; where the processor
                  has instructions for them, nearly twice as fast),
                  "chunk" 512 (embeds so many pairs at a time: any batch in the memory of one chunk, a third more
                  time, the same loss and gradients; not with DALIP's "reduced" heads): with 256, "batchSize" 4096
                  trains the mini model in 2 GiB, as the loss of 1,024 pairs and more never holds all their cosines;
                  as ALIP was trained: "schedule": "oneCycle" (rises for a tenth of the steps and moves beta1 unless
                  "cycleMomentum" is false) and "decayed": "all"
  checkpointEvery steps between checkpoints; 100
  keepCheckpoints which of them stay: "last" 2, the newest; "every" 1000, those of each thousandth step; "best" true, the one
                  before which the mean loss was lowest; { "last": 2 }
  logEvery        steps between lines of metrics.jsonl; 5

Options stand over the configuration. --data takes what "shards" takes; quote its braces and stars. Given several times
or with --weight, the sources are streamed and mixed: each is repeated without end in a fresh order and drawn with
probability weight / sum of weights (1 each unless given), like open_clip's --train-data a::b with
--train-data-upsampling-factors. One --data alone is read into memory unless --stream is there (12 kB a picture at 64
pixels).

A stream has no epochs: --steps (or recipe.steps) alone says how long to train, and for N passes over M pairs that is
N * M / batch size. A --steps below the warm-up sets the warm-up back to its default. To resume a stream, the samples
drawn of each source's current pass are read once more without decoding: at most one reading of all shards.

The presets dalip-paper and clip-paper are the two rows of DALIP's table at the paper's size, alip-paper is ALIP's, and
alip-clip-paper plain CLIP with ALIP's data and recipe; --data and --start supply what this repository cannot.
--preset alip-paper --explain says of each number whether it is published or ours.

Under "mpirun -n 4 --bind-to none clipbook train …" (OpenMPI) each process takes its part of every batch, and losses and
weights are those of one process; src/distributed/README.md says more.

Ctrl-C and SIGTERM end the step, save a checkpoint and exit with 130 and 143; --resume goes on exactly there, and from the
last checkpoint after any other end. Two runs in one folder: the second refuses.

Examples:
  $ clipbook train --example > pictograms.json
  $ clipbook train pictograms.json
  $ clipbook train pictograms.json --resume
  $ clipbook train pictograms.json --objective slip --name pictograms-slip
  $ clipbook train --name mixed --steps 2000 --data 'plants/{00000..00099}.tar' --weight 10 --data 'general/*.tar' --weight 3
  $ clipbook train --preset dalip-paper --start open_clip.safetensors \\
      --data 'plantmix/plant-*.tar' --weight 10 --data 'plantmix/general-*.tar' --weight 3
  $ clipbook train --preset alip-paper --data 'yfcc15m/*.rec'`;

const DEFAULT_OUTPUT = 'results';

/** `clipbook train`: one training run on the user's own pictures. */
export function register(program: Command): void {
  program
    .command('train')
    .description(
      'train on your own pictures: WebDataset or RecordIO shards, mixed by weight if you like, or a folder',
    )
    .argument('[config]', 'a JSON file that describes the run')
    .option('--preset <name>', 'settings of a published run instead of a file, such as alip-paper')
    .option('--data <shards>', 'shards to train on; give it again for another source', collect(String))
    .option(
      '--weight <number>',
      'how often the --data before it is drawn, beside the others',
      collect(numeric),
    )
    .option('--stream', 'read shards while training instead of holding all pictures in memory')
    .option(
      '--objective <name>',
      'what is trained for: clip, dalip, alip, or a comparison system such as slip',
    )
    .option('--start <file>', 'weights to start from, in safetensors or a PyTorch file')
    .option('--steps <number>', 'how long to train; the only measure where data are streamed', numeric)
    .option('--batch-size <number>', 'pairs a step', numeric)
    .option('--seed <number>', 'fixes the start, the order of the data and dropout', numeric)
    .option('--keep-last <number>', 'how many of the newest checkpoints stay', numeric)
    .option('--keep-every <steps>', 'the checkpoints of such steps stay, too', numeric)
    .option('--keep-best', 'the checkpoint before which the mean loss was lowest stays, too')
    .option('--name <name>', 'names the run; with a preset the preset’s name')
    .option('--resume', 'go on with a run that was stopped')
    .option('--local-loss', 'under mpirun: each process computes the logits of its own pairs alone, for CLIP')
    .option('-o, --output <folder>', 'where results go', DEFAULT_OUTPUT)
    .option('--example', 'print a configuration for the embedded pictograms, or the preset’s, to edit')
    .option('--explain', 'say where each number of the preset comes from')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', HELP)
    .action(train);
}

interface TrainOptions extends SettingOptions {
  preset?: string;
  resume?: boolean;
  localLoss?: boolean;
  output: string;
  example?: boolean;
  explain?: boolean;
  json?: boolean;
}

async function train(path: string | undefined, options: TrainOptions): Promise<void> {
  if (path !== undefined && options.preset !== undefined) {
    throw new Error(`Expected a configuration or a preset, but got "${path}" and "${options.preset}".`);
  }
  if (options.explain) {
    console.log(explain(options.preset));
    return;
  }
  if (options.example) {
    const example = options.preset === undefined ? exampleConfig() : presetSettings(options.preset);
    console.log(JSON.stringify(applyOptions(example, options), null, 2));
    return;
  }
  const config = configOf(path, options);
  const { isShared, trainPictures } = require('../training') as typeof import('../training');
  const { createProgress } = require('../report') as typeof import('../report');
  const { startEngine } = require('../engine') as typeof import('../engine');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');
  const { openCommunicator } = require('../distributed') as typeof import('../distributed');

  await startEngine();
  const communicator = openCommunicator();
  const isFirst = communicator.rank === 0;
  const progress = isFirst ? createProgress() : SILENCE;
  const run = async (signal: AbortSignal) => {
    const summary = await trainPictures(config, {
      root: options.output,
      resume: options.resume,
      communicator,
      localLoss: options.localLoss,
      signal,
      onReading: () => progress.stage('read pictures', 1),
      onPicture: (count) => count % PICTURES_PER_NOTE === 0 && progress.note(`${count} pictures read`),
      onPassedOver: (count) =>
        count % PICTURES_PER_NOTE === 0 && progress.note(`${count} samples passed over to resume`),
      onTraining: () => progress.stage(`train ${config.name}`, config.recipe.steps),
      onStep: ({ step, loss, pairsPerSecond }) => progress.update(step, { loss, pairsPerSecond }),
    });
    progress.stop();
    if (isFirst) console.log(options.json ? JSON.stringify(summary) : describe(summary));
  };
  try {
    await interruptible(run, howToResume(path, options), isFirst ? undefined : () => {}).finally(
      progress.stop,
    );
  } catch (error) {
    if (communicator.size > 1 && !isShared(error)) stopAll(communicator, error);
    // Nobody ends before the first has said why: mpirun ends all where one exits with an error.
    process.once('exit', () => communicator.close());
    if (isFirst) throw error;
    process.exitCode = 1;
    return;
  }
  communicator.close();
}

/** Ends the other processes, too, where only this one has an error: they would wait for it for ever. */
function stopAll(communicator: Communicator, error: unknown): never {
  process.stderr.write(
    `Process ${communicator.rank} of ${communicator.size} cannot go on: ${(error as Error).message}\n`,
  );
  return communicator.abort(1);
}

function configOf(path: string | undefined, options: TrainOptions): TrainingConfig {
  const { readTrainingConfig, toTrainingConfig } = require('../training') as typeof import('../training');
  if (path !== undefined) return readTrainingConfig(path, (settings) => applyOptions(settings, options));
  if (options.preset !== undefined)
    return toTrainingConfig(applyOptions(presetSettings(options.preset), options));
  if (options.data) return toTrainingConfig(applyOptions({}, options));
  throw new Error(
    'Expected the path of a JSON configuration; "clipbook train --example" prints one, and --data or --preset do without.',
  );
}

function howToResume(path: string | undefined, { output, resume, json, ...rest }: TrainOptions): string {
  if (path === undefined || Object.keys(rest).length > 0) {
    return 'The same command with --resume goes on from there.';
  }
  const folder = output === DEFAULT_OUTPUT ? '' : ` --output ${output}`;
  return `"clipbook train ${path}${folder} --resume" goes on from there.`;
}

function presetSettings(id: string) {
  const { findPreset } = require('../experiments') as typeof import('../experiments');
  return { name: id, ...findPreset(id).settings };
}

/** Each number of a preset, where it comes from, and why it is what it is. */
function explain(id: string | undefined): string {
  if (id === undefined) throw new Error('Expected a --preset to explain, such as alip-paper.');
  const { describePreset, findPreset } = require('../experiments') as typeof import('../experiments');
  return describePreset(findPreset(id));
}

const PICTURES_PER_NOTE = 10_000;

/** A run of a few minutes on data that every clone has; its paths are relative to where it is asked for. */
export function exampleConfig() {
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
  const { describeCaptions } = require('../data/joinCaptions') as typeof import('../data/joinCaptions');
  const { name, objective, steps, pairs, seconds, loss, skipped, captions, checkpoints, folder } = summary;
  return [
    `"${name}" is trained (${objective}): ${steps} steps, ${pairs} pairs in ${formatDuration(seconds * 1000)}, ` +
      `final loss ${loss.toFixed(3)}.`,
    `Samples skipped: ${skipped.bad} of ${skipped.seen}.`,
    ...skipped.kinds.map(
      ({ kind, count, firstKeys }) =>
        `  ${count} ${kind}: ${firstKeys.join(', ')}${count > firstKeys.length ? ', …' : ''}`,
    ),
    ...(captions ? [describeCaptions(captions)] : []),
    `Checkpoints: ${checkpoints}`,
    `Summary: ${join(folder, 'summary.json')}`,
  ].join('\n');
}
