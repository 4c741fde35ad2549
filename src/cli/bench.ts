import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { BenchOptions, MeasurementName, ProfileOptions } from '../bench';
import { precisionOption } from './modelOptions';
import { wholeNumber } from './optionParsers';

const HELP = `
WHAT is any of these; all but the last three unless named:
  training    a step (forward, loss, backward, clipping, AdamW) of ViT-B-32, ViT-B-16 and the mini model, float32 and bf16,
              with real captions and full-length ones
  embedding   pictures from JPEG files, the image encoder alone, texts
  loading     pictures a second from JPEG shards, decoded and augmented for training
  zero-shot   a classifier from class names in 80 templates, and pictures judged by it
  start       from the start of the process to a first embedding
  methods     a step of DALIP and ALIP beside CLIP's (clipbook alone)
  scaling     time and memory against batch, picture size, tokens and classes (clipbook alone), with a figure
  ranks       a training step on one process and on two under mpirun, and what more would give on paper

Each is done in turn with open_clip where a Python with it is known: --python, or what --install-peer made. Results are
compared before anything is timed. The figures mean something only where the machine has nothing else to do.

Examples:
  $ clipbook bench --install-peer
  $ clipbook bench
  $ clipbook bench training --models ViT-B-32 --rounds 5
  $ clipbook bench --quick
  $ clipbook bench --profile --models ViT-B-32 --precision bf16`;

/** `clipbook bench`: the speed figures, against open_clip where it is installed. */
export function register(program: Command): void {
  program
    .command('bench')
    .description('measure speed and memory, side by side with open_clip where it is installed')
    .argument('[what...]', 'what to measure')
    .option(
      '--python <file>',
      'a Python with torch and open_clip_torch; default the one that --install-peer made',
    )
    .option('--install-peer', 'install open_clip into an environment of its own, and do nothing else')
    .option('--no-peer', 'measure clipbook alone')
    .option('--quick', 'the mini model and one round: shows that everything runs, the numbers say little')
    .option('--models <names>', 'which of ViT-B-32, ViT-B-16, mini', names)
    .option('--rounds <number>', 'times that everything is timed; default 2, quick 1', wholeNumber)
    .option('--threads <number>', 'of each process; default the cores', wholeNumber)
    .option(
      '--transformers <folder>',
      'where @huggingface/transformers is installed, to be compared in embedding, too; PYTHON then needs onnx and onnxscript',
    )
    .option('--pictures <folder>', 'pictures in the place of the embedded ones')
    .option('--work <folder>', 'where weights and pictures are made, and found again by the next command')
    .option(
      '--profile',
      'where the time of a training step goes, by operation, and nothing else; ViT-B-32 unless --models',
    )
    .addOption(precisionOption())
    .option('-o, --output <folder>', 'where JSON goes; default results/bench, quick results/bench/quick')
    .option('--json', 'print JSON instead of tables')
    .addHelpText('after', HELP)
    .action(bench);
}

interface BenchFlags extends Pick<BenchOptions, 'models' | 'transformers' | 'pictures'> {
  python?: string;
  installPeer?: boolean;
  peer: boolean;
  quick?: boolean;
  rounds?: number;
  threads?: number;
  work?: string;
  profile?: boolean;
  precision: ProfileOptions['precision'];
  output?: string;
  json?: boolean;
}

function names(text: string): string[] {
  return text.split(',').filter((name) => name !== '');
}

async function bench(what: string[], flags: BenchFlags): Promise<void> {
  const { installPeer } = require('../bench') as typeof import('../bench');
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  if (flags.installPeer) {
    tell(`open_clip is in "${installPeer(tell)}".`);
    return;
  }
  const work = flags.work ?? mkdtempSync(join(tmpdir(), 'clipbook-bench-'));
  try {
    await (flags.profile ? profile(flags, tell) : measure(what, flags, work, tell));
  } finally {
    if (!flags.work) rmSync(work, { recursive: true, force: true });
  }
}

async function measure(what: string[], flags: BenchFlags, work: string, tell: BenchOptions['tell']) {
  const { benchTable, DEFAULT_MEASUREMENTS, measurementOf, peerOf, savedBench, writeBench } =
    require('../bench') as typeof import('../bench');
  const { renderText } = require('../report') as typeof import('../report');
  const { availableParallelism } = require('node:os') as typeof import('node:os');
  const { mkdirSync, readFileSync } = require('node:fs') as typeof import('node:fs');

  const measurements = (what.length > 0 ? what : DEFAULT_MEASUREMENTS).map(
    (name) => [name as MeasurementName, measurementOf(name)] as const,
  );
  const peer = flags.peer ? peerOf(flags.python) : undefined;
  if (!peer) tell('Measured without a peer: "clipbook bench --install-peer" installs open_clip.');
  mkdirSync(work, { recursive: true });
  const { quick = false, threads = availableParallelism(), models, transformers, pictures } = flags;
  const { rounds = quick ? 1 : 2 } = flags;
  const given = { models, transformers, pictures };
  const options: BenchOptions = { ...given, python: peer?.python, quick, rounds, threads, work, tell };
  const all: Record<string, object> = {};
  for (const [name, run] of measurements) {
    const saved = savedBench(await run(options), options, peer?.versions);
    const paths = writeBench(outputOf(flags), name, saved);
    all[name] = JSON.parse(readFileSync(paths[0], 'utf8'));
    if (!flags.json) console.log(renderText(benchTable(name, saved)));
    tell(`Saved as ${paths.join(' and ')}.`);
  }
  if (flags.json) console.log(JSON.stringify(all));
}

async function profile(flags: BenchFlags, tell: BenchOptions['tell']): Promise<void> {
  const { benchModels, profileStep, profileTable, writeProfiles } =
    require('../bench') as typeof import('../bench');
  const { renderText } = require('../report') as typeof import('../report');
  const { readFileSync } = require('node:fs') as typeof import('node:fs');

  const { quick = false, precision, json, models } = flags;
  const profiles = [];
  for (const model of benchModels(models, quick, ['ViT-B-32'])) {
    const found = await profileStep({ model, precision });
    if (!json) console.log(renderText(profileTable(found)));
    profiles.push(found);
  }
  const path = writeProfiles(outputOf(flags), profiles);
  if (json) console.log(readFileSync(path, 'utf8'));
  tell(`Saved as ${path}.`);
}

const outputOf = ({ output, quick }: BenchFlags) =>
  output ?? join('results', 'bench', ...(quick ? ['quick'] : []));
