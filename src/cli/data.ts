import { type Command, Option } from 'commander';
import type { ConversionSummary, DataFormat } from '../data/convert';
import { registerFetch } from './dataFetch';
import { registerList } from './dataList';
import { registerPreview } from './dataPreview';
import { registerVerify } from './dataVerify';
import { share, wholeNumber } from './optionParsers';

const FORMATS: DataFormat[] = ['folder', 'csv', 'webdataset', 'recordio'];

const HELP = `
Formats (of existing data recognised by its name or by what the folder holds, of new data by the name):
  folder      pictures with captions.jsonl, or to be read with name.txt beside name.jpg
  csv         pictures with a caption file: columns file and text
  webdataset  shards train-00000.tar …: name.jpg, name.txt, name.json
  recordio    MXNet's train-00000.rec and .idx, in the layout of the official ALIP code: token ids of the raw text and
              of the caption, then the picture; keys and texts as they were are kept beside them in .texts.jsonl

Pictures are copied byte for byte. manifest.jsonl lists every file with its SHA-256; an interrupted conversion goes on
when the same command is given again. Samples that cannot be used are left out, named, and listed in skipped.jsonl.

Examples:
  $ clipbook data convert pictures/ shards/train.tar
  $ clipbook data convert 'shards/train-*.tar' records/train.rec --part-size 1000000
  $ clipbook data convert records/ table/captions.csv
  $ clipbook data convert old/ new/ --from recordio --to folder`;

/**
 * `clipbook data`: published weights and benchmarks, a file for each verb, and `convert` from one format of image–text data to
 * another.
 */
export function register(program: Command): void {
  const data = program
    .command('data')
    .description('published weights and benchmarks, here and on the web; convert image–text data');
  registerList(data);
  registerFetch(data);
  registerVerify(data);
  registerPreview(data);
  data
    .command('convert')
    .description('copy image–text data between folders, CSV, WebDataset and RecordIO')
    .argument('<from>', 'a folder, a caption file, or one or several shards: a file, brace pattern or glob')
    .argument('<to>', 'a new folder, or a name in one such as out/train.tar')
    .addOption(new Option('--from <format>', 'what <from> is').choices(FORMATS))
    .addOption(new Option('--to <format>', 'what <to> becomes').choices(FORMATS))
    .option(
      '--part-size <samples>',
      'samples a shard, and between two places to go on from',
      wholeNumber,
      10_000,
    )
    .option('--limit-fraction <share>', 'stop where more of the samples cannot be used', share, 0.05)
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', HELP)
    .action(convert);
}

interface ConvertOptions {
  from?: DataFormat;
  to?: DataFormat;
  partSize: number;
  limitFraction: number;
  json?: boolean;
}

async function convert(from: string, to: string, options: ConvertOptions): Promise<void> {
  const { convertData } = require('../data/convert') as typeof import('../data/convert');
  const { createTokenizer } = require('../text') as typeof import('../text');
  const { createProgress, formatDuration } = require('../report') as typeof import('../report');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');

  const progress = createProgress();
  const begun = Date.now();
  let done = 0;
  let named = 0;
  const note = (message: string) => {
    if (++named <= NAMED) progress.note(message);
    else if (named === NAMED + 1)
      progress.note('More samples cannot be used; all are listed in skipped.jsonl.');
  };
  const run = async (signal: AbortSignal) => {
    const summary = await convertData({
      from,
      to,
      fromFormat: options.from,
      toFormat: options.to,
      samplesPerPart: options.partSize,
      limitFraction: options.limitFraction,
      tokenizer: createTokenizer(),
      signal,
      onSkip: ({ message }) => note(message),
      onPart: (part, samples, kept) => {
        done += samples;
        const what = kept ? 'there before' : 'written';
        const time = formatDuration(Date.now() - begun);
        progress.note(`part ${part}: ${what}; ${done} samples in ${time}`);
      },
    });
    console.log(options.json ? JSON.stringify(summary) : describe(summary));
  };
  await interruptible(run, 'The same command goes on from there.').finally(progress.stop);
}

/** How many samples that cannot be used are named on the terminal. */
const NAMED = 20;

/** What a person wants to know at the end. */
function describe({ from, to, folder, samples, parts, kept, files, bytes, bad }: ConversionSummary): string {
  const { formatBytes } = require('../files/formatBytes') as typeof import('../files/formatBytes');
  return [
    `${samples} samples are converted from ${from} to ${to} in "${folder}": ` +
      `${files} files, ${formatBytes(bytes)}, ${parts} parts, ${kept} of them from before.`,
    `Samples left out: ${bad.bad} of ${bad.seen}.`,
    ...bad.kinds.map(
      ({ kind, count, firstKeys }) =>
        `  ${count} ${kind}: ${firstKeys.join(', ')}${count > firstKeys.length ? ', …' : ''}`,
    ),
  ].join('\n');
}
