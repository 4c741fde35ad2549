import type { Command } from 'commander';
import type { Benchmark, Survey } from '../benchmarks';
import { type PlaceOptions, withPlaceOptions } from './dataOptions';
import { wholeNumber } from './optionParsers';

const HELP = `
The split is read once from end to end: its pictures are counted, and some drawn at random end on a page that carries them
along, with their classes or captions, the licence and whom to cite.

Examples:
  $ clipbook data preview cifar10
  $ clipbook data preview pets --split trainval --count 60 --seed 1 -o pets.html
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
    .argument('<name>', 'such as cifar10')
    .option('--split <name>', 'which split (default: the one that tables report)')
    .option('-o, --output <file>', 'the page (default: NAME-SPLIT.html)')
    .option('--count <number>', 'how many pictures to show', wholeNumber, 24)
    .option('--seed <word>', 'of the draw', (text) => (/^\d+$/.test(text) ? Number(text) : text), 0)
    .addHelpText('after', HELP)
    .action(preview);
}

async function preview(name: string, { json, ...options }: PreviewOptions): Promise<void> {
  const benchmarks = require('../benchmarks') as typeof import('../benchmarks');
  const { writeFileAtomically } = require('../files/atomicFile') as typeof import('../files/atomicFile');
  const { benchmarkSheet, createProgress } = require('../report') as typeof import('../report');
  const { showCounting } = require('./dataVerify') as typeof import('./dataVerify');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');
  const benchmark = benchmarks.benchmarkOf(name);
  const { split = benchmark.tested, count: keep, seed } = options;
  const output = options.output ?? `${name}-${split}.html`;
  const folder = benchmarks.benchmarkFolder(name, options);
  const progress = createProgress();
  const { onSplit, onPicture: onProgress } = showCounting(progress);
  const run = async (signal: AbortSignal) => {
    benchmarks.checkSplit(benchmark, split);
    onSplit(name, split, benchmark.splits[split]);
    const survey = await benchmarks.surveySplit(benchmark, folder, split, { keep, seed, signal, onProgress });
    progress.stop();
    const files = benchmarks.benchmarkFiles(folder, benchmark);
    const prompts = benchmark.task === 'classification' ? await benchmark.prompts(files) : undefined;
    const { html, damaged } = await benchmarkSheet(benchmark, survey, prompts);
    writeFileAtomically(output, [html]);
    const differences = benchmarks.differencesFrom(benchmark, survey);
    const { kept, ...counts } = survey;
    const shown = kept.map(({ key }) => key);
    if (json)
      console.log(
        JSON.stringify({ name, output, ...counts, classes: prompts?.classes, shown, damaged, differences }),
      );
    else
      console.log(
        [...describe(benchmark, survey), ...differences, ...damaged, `The page is "${output}".`].join('\n'),
      );
  };
  await interruptible(run, 'The same command begins anew.').finally(progress.stop);
}

function describe({ title, licence, citation }: Benchmark, survey: Survey): string[] {
  const { split, pictures, perClass, captions } = survey;
  const [least, most] = [Math.min(...perClass), Math.max(...perClass)];
  const each = least === most ? `${least}` : `${least} to ${most}`;
  const more = perClass.length ? `in ${perClass.length} classes of ${each}` : `with ${captions} captions`;
  return [`${title}, ${split}: ${pictures} pictures ${more}.`, `Licence: ${licence}. Cite: ${citation}.`];
}
