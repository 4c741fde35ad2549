import type { Command } from 'commander';
import type { Benchmark, Prompts, Survey } from '../benchmarks';
import type { Progress } from '../report';
import { type PlaceOptions, withPlaceOptions } from './dataOptions';
import { wholeNumber } from './optionParsers';

const HELP = `
The split is read once from end to end: its pictures are counted, and some drawn at random end on a page that carries them
along, with their classes or captions, the licence and whom to cite. Data of one's own are read as "clipbook evaluate" reads them.

Examples:
  $ clipbook data preview cifar10
  $ clipbook data preview pets --split trainval --count 60 --seed 1 -o pets.html
  $ clipbook data preview my-pictures/
  $ clipbook data preview mscoco_captions --data /shared/benchmarks --json`;

interface PreviewOptions extends PlaceOptions {
  split?: string;
  output?: string;
  count: number;
  seed: number | string;
}

/** `clipbook data preview`: what a benchmark looks like. */
export function registerPreview(data: Command): void {
  withPlaceOptions(data.command('preview'))
    .description('count a benchmark and show some of its pictures on a page')
    .argument('<name>', "such as cifar10, or the path of data of one's own")
    .option('--split <name>', 'which split (default: the one that tables report)')
    .option('-o, --output <file>', 'the page (default: NAME-SPLIT.html)')
    .option('--count <number>', 'how many pictures to show', wholeNumber, 24)
    .option('--seed <word>', 'of the draw', (text) => (/^\d+$/.test(text) ? Number(text) : text), 0)
    .addHelpText('after', HELP)
    .action(preview);
}

async function preview(name: string, { json, output, ...options }: PreviewOptions): Promise<void> {
  const { differencesFrom } = require('../benchmarks') as typeof import('../benchmarks');
  const { writeFileAtomically } = require('../files/atomicFile') as typeof import('../files/atomicFile');
  const { benchmarkSheet, createProgress } = require('../report') as typeof import('../report');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');
  const progress = createProgress();
  const run = async (signal: AbortSignal) => {
    const { benchmark, survey, prompts } = await readSplit(name, options, progress, signal);
    progress.stop();
    const { html, damaged } = await benchmarkSheet(benchmark, survey, prompts);
    const page = output ?? `${benchmark.id}-${survey.split}.html`;
    writeFileAtomically(page, [html]);
    const differences = differencesFrom(benchmark, survey);
    const { kept, ...counts } = survey;
    const found = { shown: kept.map(({ key }) => key), classes: prompts?.classes, damaged, differences };
    const told = [...describe(benchmark, survey), ...differences, ...damaged, `The page is "${page}".`];
    console.log(json ? JSON.stringify({ name, output: page, ...counts, ...found }) : told.join('\n'));
  };
  await interruptible(run, 'The same command begins anew.').finally(progress.stop);
}

async function readSplit(
  name: string,
  { split: asked, count: keep, seed, ...places }: Omit<PreviewOptions, 'json' | 'output'>,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ benchmark: Benchmark; survey: Survey; prompts?: Prompts }> {
  const { benchmarkFiles, checkSplit, openBenchmark, surveySplit } =
    require('../benchmarks') as typeof import('../benchmarks');
  const { showCounting } = require('./dataVerify') as typeof import('./dataVerify');
  const { benchmark, folder } = await openBenchmark(name, places);
  const split = asked ?? benchmark.tested;
  checkSplit(benchmark, split);
  const { onSplit, onPicture: onProgress } = showCounting(progress);
  onSplit(name, split, benchmark.splits[split]);
  const survey = await surveySplit(benchmark, folder, split, { keep, seed, signal, onProgress });
  if (benchmark.task === 'retrieval') return { benchmark, survey };
  return { benchmark, survey, prompts: await benchmark.prompts(benchmarkFiles(folder, benchmark)) };
}

function describe({ title, licence, citation }: Benchmark, survey: Survey): string[] {
  const { split, pictures, perClass, captions } = survey;
  const [least, most] = [Math.min(...perClass), Math.max(...perClass)];
  const each = least === most ? `${least}` : `${least} to ${most}`;
  const more = perClass.length ? `in ${perClass.length} classes of ${each}` : `with ${captions} captions`;
  return [`${title}, ${split}: ${pictures} pictures ${more}.`, `Licence: ${licence}. Cite: ${citation}.`];
}
