import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { LabelProbability, LoadedClip } from '../inference';
import { MODELS_HELP, type ModelOptions, openModel, withModelOptions } from './modelOptions';
import { wholeNumber } from './optionParsers';

const HELP = `${MODELS_HELP}

Probabilities are those of open_clip's examples: a softmax over the labels, so they add up to 1 for each picture and say
which of these labels fits best, not whether it fits. In a model with a bias (SigLIP) each stands for itself, by a sigmoid.

A label is taken as it is, or put in place of {} in each template; a label's templates are averaged, as in CLIP's paper.
Many labels or templates: name a .txt file with one a line. A picture that cannot be read is named, the others are
classified, and the exit code is 1.

Examples:
  $ clipbook classify --model ViT-B-32:openai --labels 'a cat,a dog' cat.jpg dog.jpg
  $ clipbook classify --model ViT-B-32:openai --labels cat,dog --templates 'a photo of a {}.' --templates 'a {}.' *.jpg
  $ clipbook classify --model results/train/runs/pictograms --labels labels.txt --json emoji.png`;

/** `clipbook classify`: zero-shot labels for one's own pictures. */
export function register(program: Command): void {
  const command = program
    .command('classify')
    .description('say which of your labels fits your pictures, with probabilities')
    .argument('<image...>', 'pictures');
  withModelOptions(command)
    .requiredOption('--labels <a,b,c>', 'labels between commas, or a .txt file with one a line', labelList)
    .option(
      '--templates <text>',
      'a prompt with {} in the label’s place, or a .txt file; give it again for another',
      collect,
    )
    .option('--top <number>', 'how many labels of each picture to show', wholeNumber, 5)
    .option('--json', 'print JSON, with all labels')
    .addHelpText('after', HELP)
    .action(classify);
}

interface ClassifyOptions extends ModelOptions {
  labels: string[];
  templates?: string[];
  top: number;
  json?: boolean;
}

function labelList(text: string): string[] {
  const labels = fileOf(text) ?? text.split(',');
  return labels.map((label) => label.trim()).filter((label) => label !== '');
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, ...(fileOf(text) ?? [text])];
}

/** The lines of a .txt file that are not blank; undefined where the text is no such file's name. */
function fileOf(text: string): string[] | undefined {
  if (!text.endsWith('.txt') || !existsSync(text)) return undefined;
  return readFileSync(text, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
}

/** A picture with its labels, the likeliest first, or with what is wrong with it. */
interface Answer {
  picture: string;
  labels?: LabelProbability[];
  error?: string;
}

async function classify(images: string[], options: ClassifyOptions): Promise<void> {
  const { createProgress } = require('../report') as typeof import('../report');
  const { labels, json, top } = options;
  if (labels.length === 0) throw new Error('Expected at least one label, such as --labels "a cat,a dog".');
  const progress = createProgress();
  const clip = await openModel(options, progress).finally(progress.stop);
  try {
    const answers = await answer(clip, images, options);
    console.log(json ? JSON.stringify(answers) : table(answers, top));
    const damaged = answers.filter(({ error }) => error);
    if (!json) for (const { error } of damaged) process.stderr.write(`${error}\n`);
    if (damaged.length > 0) process.exitCode = 1;
  } finally {
    clip.dispose();
  }
}

async function answer(
  clip: LoadedClip,
  images: string[],
  { labels, templates }: ClassifyOptions,
): Promise<Answer[]> {
  const { labelProbabilities, rankLabels } = require('../inference') as typeof import('../inference');
  const classes = await clip.encodeLabels(labels, { templates });
  const answers: Answer[] = [];
  const pictures = images.map((image) => ({ key: image, image }));
  for await (const { inputs, embeddings } of clip.encodePictures(pictures, { damaged: 'skip' })) {
    const rows = labelProbabilities(clip.model, embeddings, classes).values();
    for (const { key, error } of inputs) {
      if (error) answers.push({ picture: key, error: error.message });
      else answers.push({ picture: key, labels: rankLabels(labels, rows.next().value!) });
    }
  }
  return answers;
}

/** A line for each of a picture's likeliest labels. */
function table(answers: readonly Answer[], top: number): string {
  const Table = require('cli-table3') as typeof import('cli-table3');
  const drawn = new Table({
    head: ['picture', 'label', 'probability'],
    colAligns: ['left', 'left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { picture, labels = [] } of answers) {
    labels.slice(0, top).forEach(({ label, probability }, place) => {
      drawn.push([place === 0 ? picture : '', label, probability.toFixed(3)]);
    });
  }
  return drawn.toString();
}
