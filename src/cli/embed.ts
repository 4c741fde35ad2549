import type { Command } from 'commander';
import { describeShare, type Share, shareOfWork } from '../distributed';
import type { EmbeddingInput, EmbeddingSummary } from '../inference';
import { missingNotes, namedNotes, progressOf } from './embedProgress';
import { MODELS_HELP, type ModelOptions, openModel, withModelOptions } from './modelOptions';
import { partOption, wholeNumber } from './optionParsers';
import { progressOfPart } from './partProgress';

const HELP = `${MODELS_HELP}

Writes three files:
  F.npy    a matrix of float32, one row of unit length for each input, in their order: numpy.load reads it
  F.jsonl  a line for each input: { "row": 17, "key": "cats/3.jpg" }. A key is a picture's path in the folder, its name in
           the shards, or the text itself. A damaged picture has no row: { "row": null, "key": …, "error": … }
  F.json   what the rows were made with; a file is never continued with another model

Pictures of a folder come in the order of their paths, texts in the order of their lines, blank ones too. SHARDS are
WebDataset or RecordIO files (a file, a folder, a brace pattern or a glob), or a caption file with pictures beside it.

Interrupted, by Ctrl-C or otherwise, the same command goes on: rows that are there are kept, and their inputs compared by
their keys. Until everything is done the matrix is called F.npy.partial.

On several machines with one disk: start it under "mpirun -n 4" or "srun -n 4", or anywhere with --part 1/4, --part 2/4, and
so on. Each takes every fourth batch; rows wait in F.parts/, and whoever ends last puts them together: files as of a single
run, to the byte. A part that died is started again likewise.

Pictures are prepared as open_clip does for the weights, to the byte; for a run of clipbook as in its training.

Examples:
  $ clipbook embed --model ViT-B-32:openai --images pictures/ --output pictures.npy
  $ clipbook embed --model ViT-B-32:openai --texts captions.txt --output captions.npy
  $ clipbook embed --model results/train/runs/pictograms --data 'shards/{00000..00009}.tar' --output shards.npy
  $ clipbook embed --model ViT-L-14 --weights my.safetensors --images pictures/ --output l14.npy --batch-size 8`;

/** `clipbook embed`: embeddings of pictures or texts as a matrix. */
export function register(program: Command): void {
  const command = program
    .command('embed')
    .description('embeddings of your pictures or texts by a published CLIP or your own, as a .npy matrix');
  withModelOptions(command)
    .option('--images <folder>', 'embed the pictures of a folder')
    .option('--texts <file>', 'embed the lines of a file')
    .option('--data <shards>', 'embed the pictures of shards')
    .requiredOption('-o, --output <file>', 'the matrix, such as pictures.npy')
    .option('--batch-size <number>', 'pictures embedded at a time', wholeNumber, 32)
    .addOption(partOption())
    .option('--strict', 'stop at the first picture or sample that is damaged')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', HELP)
    .action(embed);
}

interface EmbedOptions extends ModelOptions {
  images?: string;
  texts?: string;
  data?: string;
  output: string;
  batchSize: number;
  part?: Share;
  strict?: boolean;
  json?: boolean;
}

async function embed(options: EmbedOptions): Promise<void> {
  const { BadInputCounter } = require('../data') as typeof import('../data');
  const { embeddingSettings, embedToFile } = require('../inference') as typeof import('../inference');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');

  const { output, strict, batchSize, json } = options;
  const share = shareOfWork(options.part);
  const counter = new BadInputCounter({ limitFraction: 1 });
  if (strict) counter.skip = refuse;
  const input = openInput(options, counter);
  const progress = progressOfPart(share, options.part);
  const run = async (signal: AbortSignal) => {
    const clip = await openModel(options, progress, signal);
    try {
      const settings = embeddingSettings(clip, options.model, input);
      const summary = await embedToFile(
        clip,
        input,
        { path: output, settings },
        {
          ...{ batchSize, damaged: strict ? 'refuse' : 'skip', share, signal },
          onKept: (rows) => progress.note(`${rows} rows are there from before.`),
          onProgress: progressOf(progress, input, { share, batchSize }),
          onSkip: namedNotes(progress),
        },
      );
      progress.stop();
      const unread = counter.summary().bad;
      if (json) console.log(JSON.stringify({ ...summary, unread, output, part: describeShare(share) }));
      else console.log(describe(summary, output, share, unread > 0 ? counter.describe() : undefined));
    } finally {
      clip.dispose();
    }
  };
  await interruptible(run, 'The same command goes on from there.').finally(progress.stop);
}

function refuse(error: unknown): never {
  throw error;
}

function openInput(
  { images, texts, data }: EmbedOptions,
  counter: import('../data').BadInputCounter,
): EmbeddingInput {
  const { fileLines, folderPictures, samplePictures } =
    require('../inference') as typeof import('../inference');
  const given = [images, texts, data].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new Error(`Expected one of --images, --texts and --data, but got ${given.length} of them.`);
  }
  if (images !== undefined) return { pictures: folderPictures(images) };
  return texts !== undefined ? { texts: fileLines(texts) } : { pictures: samplePictures(data!, counter) };
}

function describe(summary: EmbeddingSummary, output: string, share: Share, unread?: string): string {
  const { rows, width, kept, skipped, seconds, missing } = summary;
  const speed = rows > kept ? `, ${((rows - kept) / seconds).toFixed(1)} a second` : '';
  const holds = missing.length > 0 ? `Part ${describeShare(share)} of "${output}"` : `"${output}"`;
  return [
    `${holds} holds ${rows} rows of ${width} numbers; ${kept} were there before${speed}.`,
    ...missingNotes(missing),
    ...(skipped > 0
      ? [`Without a row since they are damaged: ${skipped}; the list beside it says which.`]
      : []),
    ...(unread ? [`Of the samples ${unread}.`] : []),
  ].join('\n');
}
