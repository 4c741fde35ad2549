import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { EvaluateOptions, ModelChoice, Observer, ProtocolId } from '../benchmarking';
import type { CorruptionName, Severity } from '../data/corruptions';
import { describeShare, type Share, shareOfWork } from '../distributed';
import type { Progress } from '../report';
import { namedNotes } from './embedProgress';
import { MODELS_HELP, type ModelOptions, openModel, precisionOption } from './modelOptions';
import { partOption, wholeNumber } from './optionParsers';
import { progressOfPart } from './partProgress';

const PROTOCOLS = 'zero-shot, linear-probe, knn, few-shot, calibration, robustness';

const HELP = `${MODELS_HELP}

Several models stand between commas; MODEL@NAME is called NAME in tables.

BENCHMARK is a set of "clipbook data list benchmarks" or several between commas; or the sets of a paper:
  dalip   the ten columns of DALIP's table, the plant columns Meta-Album's Mini sets
  alip    the eleven columns of ALIP's zero-shot table, and Flickr30k and MS-COCO
or the path of your own data: a folder per class, a CSV or JSONL list with labels or captions, WebDataset shards.
Files lie where "clipbook data fetch" puts them, or in --data FOLDER, which holds a folder for each set.

Protocols: ${PROTOCOLS}. Retrieval sets know zero-shot only.

Class names and templates are CLIP_benchmark's unless you give others: text files with a line each, or CLIP_benchmark's JSON.

Robustness embeds every picture 75 times, 15 corruptions at 5 severities, unless you ask for less.

Embeddings are kept in the cache by what decides them (weights, preparation, the set's files): another protocol or the same
command again takes seconds, and an interrupted one goes on. Data that are not whole are refused; with --allow-partial they
are judged, missing sets left out, and every output says so.

On several machines with one disk: start it under "mpirun -n 4" or "srun -n 4", or anywhere with --part 1/4, --part 2/4, and
so on. Each embeds its part of all pictures, prompts and captions to the same cache, and whoever ends last judges.

Writes results.json with everything that decided the numbers, results.csv, table.md and predictions. "clipbook compare" says
in what two of them differ.

Examples:
  $ clipbook evaluate --model ViT-B-32:openai --benchmark cifar10,cifar100
  $ clipbook evaluate --model ViT-B-16:openai,results/train/runs/mine@mine --benchmark dalip --data /data/benchmarks
  $ clipbook evaluate --model ViT-B-32:openai --benchmark pets --protocol zero-shot,linear-probe,knn -o results/evaluate/pets`;

/** `clipbook evaluate`: models on published test sets. */
export function register(program: Command): void {
  program
    .command('evaluate')
    .description('judge models on published test sets, in the columns of the papers')
    .requiredOption('-m, --model <models>', 'which models, such as ViT-B-32:openai', names)
    .option('--weights <file>', 'the weights of a single model, where its name has no tag')
    .option('--tokenizer <folder>', 'tokenizer.json and tokenizer_config.json, for models such as SigLIP')
    .addOption(precisionOption())
    .requiredOption('-b, --benchmark <sets>', 'which test sets, such as cifar10 or dalip', names)
    .option('--protocol <protocols>', PROTOCOLS, protocolList, ['zero-shot'])
    .option('--class-names <file>', 'other names of the classes')
    .option(
      '--templates <file>',
      'other templates, with {} or {c} in the name’s place, or prompts of each class',
    )
    .addOption(
      new Option('--task <task>', 'what to test of your own data that have labels and captions').choices([
        'classification',
        'retrieval',
      ]),
    )
    .option('--split <name>', 'another split than the one that tables report')
    .option('--data <folder>', 'where the sets lie, each in a folder with its name')
    .option('--cache <folder>', 'where embeddings are kept and fetched sets lie')
    .option('--allow-partial', 'go on with data that are not whole')
    .option('--seed <number>', 'for what is drawn: held-out examples, samples, noise', wholeNumber, 1)
    .option('--corruptions <names>', 'of robustness, such as fog,snow; default ImageNet-C’s', names)
    .option('--severities <numbers>', 'of robustness, such as 1,3,5; default all', severityList)
    .option('--pictures <number>', 'of robustness, of how many pictures drawn from the split', wholeNumber)
    .option('--batch-size <number>', 'pictures embedded at a time', wholeNumber, 32)
    .option(
      '-o, --output <folder>',
      'where results go; default results/evaluate/ and a name made of models and sets',
    )
    .addOption(partOption())
    .option('--json', 'print results.json')
    .addHelpText('after', HELP)
    .action(run);
}

interface EvaluateFlags {
  model: string[];
  weights?: string;
  tokenizer?: string;
  precision?: ModelOptions['precision'];
  benchmark: string[];
  protocol: ProtocolId[];
  classNames?: string;
  templates?: string;
  task?: EvaluateOptions['task'];
  seed: number;
  corruptions?: string[];
  severities?: Severity[];
  pictures?: number;
  split?: string;
  data?: string;
  cache?: string;
  allowPartial?: boolean;
  batchSize: number;
  part?: Share;
  output?: string;
  json?: boolean;
}

function names(text: string): string[] {
  return text.split(',').filter((name) => name !== '');
}

export function protocolList(text: string): ProtocolId[] {
  const known = PROTOCOLS.split(', ');
  const odd = names(text).find((name) => !known.includes(name));
  if (odd === undefined) return names(text) as ProtocolId[];
  throw new InvalidArgumentError(`There is no protocol "${odd}"; known are ${PROTOCOLS}.`);
}

function severityList(text: string): Severity[] {
  const numbers = names(text).map(Number);
  if (numbers.length > 0 && numbers.every((number) => [1, 2, 3, 4, 5].includes(number))) {
    return numbers as Severity[];
  }
  throw new InvalidArgumentError('Severities are 1 to 5, such as 1,3,5.');
}

async function run({ part, json, ...flags }: EvaluateFlags): Promise<void> {
  const { clearHandedIn, embedShare, evaluate, evaluationTables, handIn, writeEvaluation } =
    require('../benchmarking') as typeof import('../benchmarking');
  const { renderText } = require('../report') as typeof import('../report');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');

  const { model, weights, tokenizer, precision, benchmark, protocol, output, ...rest } = flags;
  const folder = output ?? defaultOutput(model, benchmark);
  const models = choices(model, { weights, tokenizer });
  const { corruptions, severities, pictures, ...options } = rest;
  const robustness = { corruptions: corruptions as CorruptionName[] | undefined, severities, pictures };
  const share = shareOfWork(part);
  const progress = progressOfPart(share, part);
  const work = async (signal: AbortSignal) => {
    const open = (source: ModelChoice) => openModel({ ...source, precision }, progress, signal);
    const observer = observerOf(progress);
    const sources = { models, benchmarks: benchmark, protocols: protocol };
    const asked = { ...options, ...sources, robustness, observer, open, signal };
    if (share.of > 1) {
      await embedShare(asked, share);
      const missing = await handIn(folder, flags, share, signal);
      progress.stop();
      if (missing.length > 0) return console.log(describeMissing(share, missing, folder));
    }
    const evaluation = await evaluate(asked);
    progress.stop();
    writeEvaluation(folder, evaluation);
    clearHandedIn(folder);
    const { results } = evaluation;
    if (json) console.log(JSON.stringify(results));
    else for (const table of evaluationTables(results)) console.log(renderText(table));
    progress.note(`Everything is in "${folder}".`);
  };
  await interruptible(work, 'The same command goes on from there.').finally(progress.stop);
}

function choices(models: string[], files: Pick<ModelChoice, 'weights' | 'tokenizer'>): ModelChoice[] {
  if (files.weights && models.length > 1) {
    throw new Error(
      `Expected one model beside --weights, got ${models.length}; name a tag or folder of each.`,
    );
  }
  return models.map((model) => {
    const at = model.lastIndexOf('@');
    if (at <= 0 || existsSync(model)) return { ...files, model };
    return { ...files, model: model.slice(0, at), label: model.slice(at + 1) };
  });
}

function describeMissing(share: Share, missing: readonly string[], folder: string): string {
  return (
    `Part ${describeShare(share)} is embedded. Missing: ${missing.join(', ')}; start again what has died. ` +
    `Whoever ends last judges, and writes "${folder}".`
  );
}

function defaultOutput(models: string[], benchmarks: string[]): string {
  const name = [...models, ...benchmarks].join('-').replace(/[^\w.-]+/g, '-');
  return join('results', 'evaluate', name.replace(/^-+/, '').slice(0, 100));
}

/** A bar where the number of pictures is known; elsewhere the name of what is done. */
function observerOf(progress: Progress): Observer {
  let isCounted = false;
  return {
    stage(name, total) {
      isCounted = total !== undefined;
      if (isCounted) progress.stage(name, total!);
      else progress.note(name);
    },
    update: (done) => {
      if (isCounted) progress.update(done);
    },
    note: namedNotes(progress),
  };
}
