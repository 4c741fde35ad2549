import { type Command, Option } from 'commander';
import type { Progress } from '../report';
import { type PlaceOptions, withPlaceOptions } from './dataOptions';
import type { Verified, VerifyOptions } from './verifyItems';

const HELP = `
Without names it reads everything that is here. A file is held to what its publisher says of it, size, SHA-256 or MD5, or to
what it was when it was first here. With --deep a benchmark's pictures are counted, too, and compared with the published
numbers; that is the only check where it lies unpacked. The exit code is 1 if anything is wrong.

Examples:
  $ clipbook data verify
  $ clipbook data verify ViT-B-32:openai
  $ clipbook data verify cifar10 --split test`;

interface VerifyVerbOptions extends PlaceOptions {
  deep?: boolean;
  split?: string;
}

/** `clipbook data verify`: are the files here those that were published? */
export function registerVerify(data: Command): void {
  withPlaceOptions(data.command('verify'))
    .description('read what is here again and compare checksums')
    .argument('[name...]', 'such as ViT-B-32:openai or cifar10')
    .option('--deep', 'also count the pictures of benchmarks')
    .addOption(new Option('--split <name>', 'count only this split, as --deep does').implies({ deep: true }))
    .addHelpText('after', HELP)
    .action(verify);
}

async function verify(names: string[], { json, ...options }: VerifyVerbOptions): Promise<void> {
  const { verifyItems } = require('./verifyItems') as typeof import('./verifyItems');
  const { showDownloads } = require('./downloadProgress') as typeof import('./downloadProgress');
  const { createProgress } = require('../report') as typeof import('../report');
  const { interruptible } = require('./interrupt') as typeof import('./interrupt');
  const progress = createProgress();
  const shown = { ...showDownloads(progress), ...showCounting(progress) };
  const run = async (signal: AbortSignal) => {
    const results = [];
    for await (const result of verifyItems(names, { ...options, signal, ...shown })) {
      progress.stop();
      results.push(result);
      if (!json) console.log(describe(result));
    }
    if (json) console.log(JSON.stringify(results));
    else if (results.length === 0) console.log(nothing(names));
    if (results.some(({ flaw }) => flaw)) process.exitCode = 1;
  };
  await interruptible(run, 'The same command begins anew.').finally(progress.stop);
}

function nothing(names: readonly string[]): string {
  return names.length
    ? `${names.join(', ')}: no file lies here as published, so none can be proven; --deep counts the pictures.`
    : 'Nothing is in the cache.';
}

function describe({ name, path, sha256, counted, flaw }: Verified): string {
  if (flaw) return flaw;
  if (!counted) return `${name}: "${path}" is right, ${sha256}.`;
  const { split, pictures, classes, captions } = counted;
  const more = classes ? `in ${classes} classes` : `with ${captions} captions`;
  return `${name}: ${pictures} pictures ${more} in its ${split} split, nothing differs from what is published.`;
}

/** A bar where the number of pictures is published. */
export function showCounting(progress: Progress): Required<Pick<VerifyOptions, 'onSplit' | 'onPicture'>> {
  let isCounted = false;
  return {
    onSplit(name, split, pictures) {
      isCounted = pictures !== undefined;
      const what = `read ${name}, ${split}`;
      if (pictures === undefined) progress.note(`${what} …`);
      else progress.stage(what, pictures);
    },
    onPicture(pictures) {
      if (isCounted) progress.update(pictures);
    },
  };
}
