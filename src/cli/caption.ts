import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { DataFormat } from '../data/convert';
import type { CaptioningSummary } from '../evaluation';
import type { Progress } from '../report';
import { share, wholeNumber } from './optionParsers';

const FORMATS: DataFormat[] = ['folder', 'csv', 'webdataset', 'recordio'];

const HELP = `
PICTURES is a folder of pictures, WebDataset shards (a .tar file, a folder of them, a brace pattern or a glob), a caption
file with pictures beside it, or RecordIO files. The captions are lines such as

  { "key": "000123", "caption": "a fruit associated with food and vegetable." }

where "key" is a sample's name in shards or the path in a folder. "clipbook train" reads them back as each picture's
second text, which ALIP needs: "data": { …, "addCaptions": { "file": "captions.jsonl" } }.

Interrupted, by Ctrl-C or otherwise, the same command goes on: pictures that have a caption are passed over, a half-written
last line is mended. What the captions are made with is kept in captions.jsonl.settings.json; a list is never continued
with another captioner. Pictures that cannot be decoded are counted, named and left out.

The captioner that comes with the project (data/captioner/README.md) knows pictograms of 64 pixels and says what they show
in the words of their keyword lists; of photographs it knows nothing. "clipbook captioner" makes it, and others.

Examples:
  $ clipbook caption pictures/ -o captions.jsonl
  $ clipbook caption 'shards/train-*.tar' -o captions.jsonl --beam 1
  $ clipbook caption records/ -o captions.jsonl --model results/captioner/mini/runs/grid-seed-0/checkpoints/captioner.safetensors`;

/** `clipbook caption`: writes a caption for every picture. */
export function register(program: Command): void {
  program
    .command('caption')
    .description('write a caption for every picture of a folder or of shards, for ALIP’s second text')
    .argument(
      '<pictures>',
      'a folder, a caption file, or one or several shards: a file, brace pattern or glob',
    )
    .requiredOption('-o, --output <file>', 'the list of captions, such as captions.jsonl')
    .addOption(
      new Option('--from <format>', 'what <pictures> is, where its name does not tell').choices(FORMATS),
    )
    .option(
      '--beam <number>',
      'hypotheses of the beam search; 1 is greedy search, and 3 times as fast',
      wholeNumber,
      5,
    )
    .option('--words <number>', 'words of the longest caption', wholeNumber, 20)
    .option('--model <file>', 'a captioner; default the one that comes with the project')
    .option('--batch-size <number>', 'pictures captioned at a time', wholeNumber, 32)
    .option('--limit-fraction <share>', 'stop where more of the pictures cannot be used', share, 0.05)
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', HELP)
    .action(caption);
}

interface CaptionOptions {
  output: string;
  from?: DataFormat;
  beam: number;
  words: number;
  model?: string;
  batchSize: number;
  limitFraction: number;
  json?: boolean;
}

/** How many pictures that cannot be used are named on the terminal. */
const NAMED = 20;
const SECONDS_BETWEEN_LINES = 10;

async function caption(pictures: string, options: CaptionOptions): Promise<void> {
  const { BadInputCounter, projectRoot } = require('../data') as typeof import('../data');
  const { detectSource, readSource } =
    require('../data/convertFormats') as typeof import('../data/convertFormats');
  const { captionSamples, openCaptionList } = require('../evaluation') as typeof import('../evaluation');
  const { proofOf } = require('../files') as typeof import('../files');
  const { disposeCaptioner, loadCaptioner } = require('../models') as typeof import('../models');
  const { createProgress } = require('../report') as typeof import('../report');
  const { createTokenizer } = require('../text') as typeof import('../text');
  const { startEngine } = require('../engine') as typeof import('../engine');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');

  const path = options.model ?? join(projectRoot(), 'data', 'captioner', 'captioner.safetensors');
  const format = options.from ?? detectSource(pictures);
  await startEngine();
  const bundle = loadCaptioner(path);
  const { beam, words: maxWords, limitFraction, batchSize } = options;
  const list = openCaptionList(options.output, { captioner: proofOf(path)!.sha256, beam, maxWords });
  const counter = new BadInputCounter({ limitFraction });
  const progress = createProgress();
  let named = 0;
  const note = (message: string) => {
    if (++named <= NAMED) progress.note(message);
  };
  if (list.kept > 0) progress.note(`${list.kept} captions are there from before.`);
  const run = async (signal: AbortSignal) => {
    const tell = progressOf(progress, pictures, format);
    const summary = await captionSamples(
      bundle,
      readSource(pictures, format, { counter, tokenizer: createTokenizer() }),
      list,
      {
        beam,
        maxWords,
        batchSize,
        counter,
        signal,
        onProgress: (done) => tell(done),
        onSkip: ({ message }) => note(message),
      },
    );
    counter.checkAll();
    progress.stop();
    const bad = counter.summary();
    console.log(
      options.json
        ? JSON.stringify({ ...summary, bad, output: options.output })
        : describe(summary, options.output, counter.describe()),
    );
  };
  await interruptible(run, 'The same command goes on from there.').finally(() => {
    progress.stop();
    list.close();
    disposeCaptioner(bundle);
  });
}

/** A bar where the number of pictures is known beforehand; elsewhere a line now and then. */
function progressOf(progress: Progress, pictures: string, format: DataFormat): (done: number) => void {
  if (format === 'folder') {
    const { readdirSync } = require('node:fs') as typeof import('node:fs');
    const { isPictureName } = require('../data/pictureNames') as typeof import('../data/pictureNames');
    const names = readdirSync(pictures, { recursive: true, encoding: 'utf8' });
    progress.stage('write captions', names.filter(isPictureName).length);
    return (done) => progress.update(done);
  }
  let last = Date.now();
  return (done) => {
    if (Date.now() - last < SECONDS_BETWEEN_LINES * 1000) return;
    last = Date.now();
    progress.note(`${done} pictures have a caption`);
  };
}

function describe(
  { written, kept, repeated, seconds }: CaptioningSummary,
  output: string,
  input: string,
): string {
  const speed = written > 0 ? `, ${Math.round((1000 * seconds) / written)} ms each` : '';
  return [
    `${written} captions are written to "${output}"${speed}; ${kept} were there before.`,
    ...(repeated > 0 ? [`Left out since another picture before had their key: ${repeated}.`] : []),
    `Of the pictures ${input}.`,
  ].join('\n');
}
