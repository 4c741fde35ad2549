import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { LoadedClip } from '../inference';
import type { Progress } from '../report';
import { namedNotes, progressOf } from './embedProgress';
import { MODELS_HELP, type ModelOptions, openModel, withModelOptions } from './modelOptions';
import { wholeNumber } from './optionParsers';

const HELP = `${MODELS_HELP}

First the index is made, F.npy with F.jsonl and F.json beside it, as "clipbook embed --images FOLDER" makes it; what is there
is kept, and pictures that sort behind all others are added. A folder that changed otherwise needs a new index.

A query is the path of a picture, or else a text. Up to a million pictures, each is compared with every query: 2 MB are read
for each 1000 pictures at 512 numbers, so that a million take seconds. Above, and with --approximate, an index of neighbours
is made beside the embeddings, in the folder F.usearch, once and again for what changed (minutes for a million pictures);
then a query takes milliseconds, finds nearly all that comparing everything finds, and cosines and order are still true.

Cosines compare pictures of one query; those of texts are lower than those of pictures.

Examples:
  $ clipbook search --model ViT-B-32:openai --images pictures/ --index pictures.npy 'a red car'
  $ clipbook search --model ViT-B-32:openai --images pictures/ --index pictures.npy --sheet found.html 'a dog' my-dog.jpg`;

/** `clipbook search`: the pictures of a folder that are nearest to a text or a picture. */
export function register(program: Command): void {
  const command = program
    .command('search')
    .description('find pictures of a folder by a text or by another picture')
    .argument('<query...>', 'texts, or paths of pictures');
  withModelOptions(command)
    .requiredOption('--images <folder>', 'the pictures to search')
    .requiredOption('--index <file>', 'where their embeddings are, or go: such as pictures.npy')
    .option('--top <number>', 'how many pictures to find for each query', wholeNumber, 10)
    .addOption(
      new Option('--exact', 'compare every picture, however many there are').conflicts('approximate'),
    )
    .option('--approximate', 'use an index of neighbours, however few pictures there are')
    .option('--sheet <file>', 'also write the pictures found as an HTML page')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(search);
}

interface SearchOptions extends ModelOptions {
  images: string;
  index: string;
  top: number;
  exact?: boolean;
  approximate?: boolean;
  sheet?: string;
  json?: boolean;
}

/** A query with the pictures found for it, the nearest first. */
interface Answer {
  query: string;
  found: { picture: string; cosine: number }[];
}

async function search(queries: string[], options: SearchOptions): Promise<void> {
  const { createProgress } = require('../report') as typeof import('../report');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');
  const { json, sheet } = options;
  const progress = createProgress();
  const run = async (signal: AbortSignal) => {
    const clip = await openModel(options, progress, signal);
    try {
      await completeIndex(clip, options, progress, signal);
      progress.stop();
      const answers = await answer(clip, queries, options, progress, signal);
      if (sheet) await writeSheet(sheet, answers);
      console.log(json ? JSON.stringify(answers) : answers.map(describe).join('\n\n'));
    } finally {
      clip.dispose();
    }
  };
  await interruptible(run, 'The same command goes on from there.').finally(progress.stop);
}

async function completeIndex(
  clip: LoadedClip,
  { model, images, index }: SearchOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { embeddingSettings, embedToFile, folderPictures } =
    require('../inference') as typeof import('../inference');
  const input = { pictures: folderPictures(images) };
  const output = { path: index, settings: embeddingSettings(clip, model, input) };
  const [onProgress, onSkip] = [progressOf(progress, input), namedNotes(progress)];
  await embedToFile(clip, input, output, { damaged: 'skip', signal, onProgress, onSkip });
}

async function answer(
  clip: LoadedClip,
  queries: string[],
  { images, index, top, exact, approximate }: SearchOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Answer[]> {
  const { concatEmbeddings } = require('../evaluation') as typeof import('../evaluation');
  const { findRows, keysOfRows } = require('../inference') as typeof import('../inference');
  const encoded = [];
  for (const query of queries) {
    encoded.push(isPicture(query) ? await clip.encodeImages([query]) : await clip.encodeTexts([query]));
  }
  const asked = { approximate: exact ? false : approximate, signal, onProgress: indexProgress(progress) };
  const found = await findRows(index, concatEmbeddings(encoded), top, asked).finally(progress.stop);
  const keys = await keysOfRows(
    index,
    found.flat().map(({ row }) => row),
  );
  return queries.map((query, i) => ({
    query,
    found: found[i].map(({ row, cosine }) => ({ picture: join(images, keys.get(row)!), cosine })),
  }));
}

/** A bar that begins with the first rows. */
function indexProgress(progress: Progress): (rows: number, total: number) => void {
  let isShown = false;
  return (rows, total) => {
    if (!isShown) progress.stage('index neighbours', total);
    isShown = true;
    progress.update(rows);
  };
}

function isPicture(query: string): boolean {
  const { isPictureName } = require('../data/pictureNames') as typeof import('../data/pictureNames');
  return isPictureName(query) && existsSync(query);
}

async function writeSheet(path: string, answers: readonly Answer[]): Promise<void> {
  const { writeFileAtomically } = require('../files') as typeof import('../files');
  const { contactSheet } = require('../report') as typeof import('../report');
  const sections = answers.map(({ query, found }) => ({
    title: query,
    query: isPicture(query) ? readFileSync(query) : undefined,
    pictures: found.map(({ picture }) => readFileSync(picture)),
    captions: found.map(({ picture, cosine }) => `${cosine.toFixed(3)}\n${picture}`),
  }));
  writeFileAtomically(path, [await contactSheet('Pictures found', sections)]);
}

function describe({ query, found }: Answer): string {
  return [query, ...found.map(({ picture, cosine }) => `  ${cosine.toFixed(3)}  ${picture}`)].join('\n');
}
