import type { Command } from 'commander';
import type { DownloadSettings } from '../files/downloadSettings';
import type { CachedItem } from './cachedItems';

const FETCH_HELP = `
Weights of models are named as in open_clip, MODEL:TAG; "clipbook data list" shows all. What is in the cache already is
proven by its checksum and not asked for again. An interrupted download goes on when the same command is given again.

Where the network is closed, the error says which file to get where and under which name to save it; or copy the cache
folder from another machine.

Environment:
  CLIPBOOK_CACHE    the cache folder
  CLIPBOOK_MIRROR   an address put in place of those of the original hosts, with the same paths below it
  CLIPBOOK_OFFLINE  1: never ask the network
  HF_TOKEN          a token of yours, shown to huggingface.co alone, for weights behind a licence
  HTTPS_PROXY       a proxy, as HTTP_PROXY and NO_PROXY are taken

Examples:
  $ clipbook data fetch ViT-B-32:openai
  $ clipbook data fetch ViT-B-32:laion2b_s34b_b79k --mirror https://mirror.example.org/hub
  $ CLIPBOOK_CACHE=/shared/clipbook clipbook data fetch ViT-B-16-SigLIP:webli --json`;

const LIST_HELP = `
Examples:
  $ clipbook data list
  $ clipbook data list SigLIP2 --json`;

const VERIFY_HELP = `
Without names it reads everything that is in the cache. A file is held to its published checksum, or to what it was when
it was first here. The exit code is 1 if anything is wrong.

Examples:
  $ clipbook data verify
  $ clipbook data verify ViT-B-32:openai`;

const PATH_HELP = `
Examples:
  $ clipbook data path ViT-B-32:openai`;

/** A verb's options as commander gives them. */
export type CacheOptions = Partial<Pick<DownloadSettings, 'cache' | 'mirror'>> & { json?: boolean };

/** `clipbook data list|fetch|verify|path`: published files, here and on the web. */
export function registerFetch(data: Command): void {
  const verb = (name: string, description: string, help: string) =>
    data
      .command(name)
      .description(description)
      .option(
        '--cache <folder>',
        "where downloaded files are (default: CLIPBOOK_CACHE, else the user's caches)",
      )
      .option('--json', 'print JSON')
      .addHelpText('after', help);
  verb('list', 'show what can be fetched, and what is here', LIST_HELP)
    .argument('[word]', 'only names that hold it')
    .action((word: string | undefined, options: CacheOptions) => list(word ?? '', options));
  verb('fetch', 'download weights into the cache, with resume and checksums', FETCH_HELP)
    .argument('<name...>', 'such as ViT-B-32:openai')
    .option('--mirror <address>', 'asked in place of the original hosts (default: CLIPBOOK_MIRROR)')
    .action(fetchAll);
  verb('verify', 'read what is in the cache again and compare checksums', VERIFY_HELP)
    .argument('[name...]', 'such as ViT-B-32:openai')
    .action(verify);
  verb('path', 'print where a file in the cache is', PATH_HELP)
    .argument('<name>', 'such as ViT-B-32:openai')
    .action(path);
}

function list(word: string, { cache, json }: CacheOptions): void {
  const { cachedItems } = require('./cachedItems') as typeof import('./cachedItems');
  const items = cachedItems(cache).filter(({ name }) => name.toLowerCase().includes(word.toLowerCase()));
  if (items.length === 0) throw new Error(`Nothing that can be fetched has "${word}" in its name.`);
  console.log(json ? JSON.stringify(items) : describe(items));
}

/** A line for each: name, licence, and what is here of it. */
function describe(items: readonly CachedItem[]): string {
  const { formatBytes } = require('./downloadProgress') as typeof import('./downloadProgress');
  const rows = items.map(({ name, licence, files }) => ({
    name,
    terms: licence ?? 'not named',
    here: files.length ? `here, ${files.map(({ bytes }) => formatBytes(bytes)).join(' + ')}` : '',
  }));
  const names = Math.max(...rows.map(({ name }) => name.length));
  const terms = Math.max(...rows.map((row) => row.terms.length));
  return rows
    .map((row) => `${row.name.padEnd(names)}  ${row.terms.padEnd(terms)}  ${row.here}`.trimEnd())
    .join('\n');
}

async function fetchAll(names: string[], { cache, mirror, json }: CacheOptions): Promise<void> {
  const { fetchItem } = require('./cachedItems') as typeof import('./cachedItems');
  const { formatBytes, showDownloads } = require('./downloadProgress') as typeof import('./downloadProgress');
  const { createProgress } = require('../report') as typeof import('../report');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');
  const progress = createProgress();
  const run = async (signal: AbortSignal) => {
    const fetched = [];
    for (const name of names) {
      const one = await fetchItem(name, { cache, mirror, signal, ...showDownloads(progress) });
      progress.stop();
      fetched.push(one);
      if (json) continue;
      const licence = one.licence ? `licence ${one.licence}` : 'its licence is not named';
      const origin = one.isNew ? 'fetched' : 'there before';
      console.log(`${name} is "${one.path}" (${formatBytes(one.bytes)}, ${origin}; ${licence}).`);
    }
    if (json) console.log(JSON.stringify(fetched));
  };
  await interruptible(run, 'The same command goes on from there.').finally(progress.stop);
}

async function verify(names: string[], { cache, json }: CacheOptions): Promise<void> {
  const { verifyItems } = require('./cachedItems') as typeof import('./cachedItems');
  const { showDownloads } = require('./downloadProgress') as typeof import('./downloadProgress');
  const { createProgress } = require('../report') as typeof import('../report');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');
  const progress = createProgress();
  const run = async (signal: AbortSignal) => {
    const results = [];
    for await (const result of verifyItems(names, { cache, signal, ...showDownloads(progress) })) {
      progress.stop();
      results.push(result);
      if (!json) console.log(result.flaw ?? `${result.name}: "${result.path}" is right, ${result.sha256}.`);
    }
    if (json) console.log(JSON.stringify(results));
    else if (results.length === 0) console.log('Nothing is in the cache.');
    if (results.some(({ flaw }) => flaw)) process.exitCode = 1;
  };
  await interruptible(run, 'The same command begins anew.').finally(progress.stop);
}

function path(name: string, { cache, json }: CacheOptions): void {
  const { cachedItem } = require('./cachedItems') as typeof import('./cachedItems');
  const [file] = cachedItem(name, cache).files;
  if (!file) throw new Error(`${name} is not in the cache; run "clipbook data fetch ${name}".`);
  console.log(json ? JSON.stringify(file.path) : file.path);
}
