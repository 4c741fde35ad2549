import type { Command } from 'commander';
import type { fetchItem } from './cachedItems';
import { type PlaceOptions, withPlaceOptions } from './dataOptions';

const FETCH_HELP = `
Weights of models are named as in open_clip, MODEL:TAG, benchmarks as in CLIP_benchmark; "clipbook data list" shows all. What
is here already is proven by its checksum and not asked for again. An interrupted download goes on when the same command is
given again.

Where the network is closed, or a licence leaves fetching to a person, the message says which file to get where and under
which name to save it; the other files of a benchmark are fetched, and the exit code is 1. Or copy the cache folder from
another machine.

Environment:
  CLIPBOOK_CACHE    the cache folder
  CLIPBOOK_MIRROR   an address put in place of those of the original hosts, with the same paths below it
  CLIPBOOK_OFFLINE  1: never ask the network
  HF_TOKEN          a token of yours, shown to huggingface.co alone, for weights behind a licence
  HTTPS_PROXY       a proxy, as HTTP_PROXY and NO_PROXY are taken

Examples:
  $ clipbook data fetch ViT-B-32:openai
  $ clipbook data fetch cifar10 pets --split test
  $ clipbook data fetch food101 --data /shared/benchmarks
  $ clipbook data fetch ViT-B-32:laion2b_s34b_b79k --mirror https://mirror.example.org/hub
  $ CLIPBOOK_CACHE=/shared/clipbook clipbook data fetch ViT-B-16-SigLIP:webli --json`;

const PATH_HELP = `
Of weights it is the file, of a benchmark the folder of its files.

Examples:
  $ clipbook data path ViT-B-32:openai
  $ clipbook data path cifar10`;

/** `clipbook data fetch|path`: published files brought here, and where they are. */
export function registerFetch(data: Command): void {
  withPlaceOptions(data.command('fetch'))
    .description('download weights and benchmarks, with resume and checksums')
    .argument('<name...>', 'such as ViT-B-32:openai or cifar10')
    .option('--split <name>', 'of benchmarks only the files that this split needs')
    .option('--mirror <address>', 'asked in place of the original hosts (default: CLIPBOOK_MIRROR)')
    .addHelpText('after', FETCH_HELP)
    .action(fetchAll);
  withPlaceOptions(data.command('path'))
    .description('print where weights or a benchmark are')
    .argument('<name>', 'such as ViT-B-32:openai or cifar10')
    .addHelpText('after', PATH_HELP)
    .action(path);
}

interface FetchVerbOptions extends PlaceOptions {
  split?: string;
  mirror?: string;
}

async function fetchAll(names: string[], { json, ...options }: FetchVerbOptions): Promise<void> {
  const { fetchItem } = require('./cachedItems') as typeof import('./cachedItems');
  const { showDownloads } = require('./downloadProgress') as typeof import('./downloadProgress');
  const { createProgress } = require('../report') as typeof import('../report');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');
  const progress = createProgress();
  const run = async (signal: AbortSignal) => {
    const fetched = [];
    for (const name of names) {
      const one = await fetchItem(name, { ...options, signal, ...showDownloads(progress) });
      progress.stop();
      fetched.push(one);
      if (!json) console.log(describe(one));
      if (one.kind !== 'benchmark' || one.lacking.length === 0) continue;
      if (!json) console.error(one.lacking.join('\n'));
      process.exitCode = 1;
    }
    if (json) console.log(JSON.stringify(fetched));
  };
  await interruptible(run, 'The same command goes on from there.').finally(progress.stop);
}

type Fetched = Awaited<ReturnType<typeof fetchItem>>;

function describe(one: Fetched): string {
  const { formatBytes } = require('../files/formatBytes') as typeof import('../files/formatBytes');
  const origin = ({ isNew }: { isNew: boolean }) => (isNew ? 'fetched' : 'there before');
  const size = ({ bytes }: { bytes?: number }) =>
    bytes === undefined ? 'in another form' : formatBytes(bytes);
  if (one.kind === 'weights') {
    const licence = one.licence ? `licence ${one.licence}` : 'its licence is not named';
    return `${one.name} is "${one.path}" (${size(one)}, ${origin(one)}; ${licence}).`;
  }
  const count = one.files.length + one.lacking.length;
  const what = one.lacking.length ? `${one.files.length} of its ${count} files are` : 'is';
  return [
    `${one.name}${one.lacking.length ? ': ' : ' '}${what} in "${one.folder}" (licence: ${one.licence}).`,
    ...one.files.map((file) => `  ${file.name}  ${size(file)}, ${origin(file)}`),
  ].join('\n');
}

function path(name: string, { json, ...places }: PlaceOptions): void {
  const { presentItem } = require('./cachedItems') as typeof import('./cachedItems');
  const item = presentItem(name, places);
  const found = item.kind === 'weights' ? item.files[0].path : item.folder;
  console.log(json ? JSON.stringify(found) : found);
}
