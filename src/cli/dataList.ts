import type { Command } from 'commander';
import type { CachedBenchmark, CachedItem, CachedWeights } from './cachedItems';
import { type PlaceOptions, withPlaceOptions } from './dataOptions';

const HELP = `
The words "weights" and "benchmarks" show one kind, any other word what has it in its name. A benchmark that is "by hand"
has files that no program can, or may, fetch; "clipbook data fetch" says what to place where.

Examples:
  $ clipbook data list
  $ clipbook data list benchmarks
  $ clipbook data list SigLIP2 --json`;

/** `clipbook data list`: weights and benchmarks, their licences, and what is here of them. */
export function registerList(data: Command): void {
  withPlaceOptions(data.command('list'))
    .description('show what can be fetched, and what is here')
    .argument('[word]', 'weights, benchmarks, or only names that hold it')
    .addHelpText('after', HELP)
    .action(list);
}

function list(word: string | undefined, { json, ...places }: PlaceOptions): void {
  const { cachedItems } = require('./cachedItems') as typeof import('./cachedItems');
  const items = cachedItems(places).filter((item) => isAskedFor(item, word?.toLowerCase()));
  if (items.length === 0) throw new Error(`Nothing that can be fetched has "${word}" in its name.`);
  console.log(json ? JSON.stringify(items.map(plain)) : describe(items));
}

function isAskedFor(item: CachedItem, word = ''): boolean {
  if (['weights', 'benchmark', 'benchmarks'].includes(word)) return word.startsWith(item.kind);
  const names = item.kind === 'benchmark' ? [item.name, item.benchmark.title] : [item.name];
  return names.some((name) => name.toLowerCase().includes(word));
}

function plain(item: CachedItem) {
  const { kind, name, licence } = item;
  if (item.kind === 'weights') return { kind, name, licence, files: item.files };
  const { title, task, page, citation, splits, tested, notes } = item.benchmark;
  const files = item.files.map(({ file, ...here }) => {
    return { name: file.name, address: file.address, published: file.bytes, ...here };
  });
  return {
    kind,
    name,
    title,
    task,
    licence,
    page,
    citation,
    splits,
    tested,
    notes,
    folder: item.folder,
    files,
  };
}

function describe(items: readonly CachedItem[]): string {
  const weights = items.flatMap((item) => (item.kind === 'weights' ? [item] : []));
  const benchmarks = items.flatMap((item) => (item.kind === 'benchmark' ? [item] : []));
  const parts = [];
  if (weights.length) parts.push(`Weights\n${aligned(weights.map(weightsRow)).join('\n')}`);
  if (benchmarks.length) {
    const lines = aligned(benchmarks.map(benchmarkRow));
    const told = benchmarks.flatMap((item, i) => [lines[i], ...lacks(item)]);
    parts.push(`Benchmarks\n${told.join('\n')}`);
  }
  return parts.join('\n\n');
}

/** Name, licence, and what is here. */
function weightsRow({ name, licence, files }: CachedWeights): string[] {
  const { formatBytes } = require('../files/formatBytes') as typeof import('../files/formatBytes');
  const here = files.length ? `here, ${files.map(({ bytes }) => formatBytes(bytes)).join(' + ')}` : '';
  return [name, licence ?? 'not named', here];
}

/** Id, title, size to fetch, what is here or how it is had, licence. */
function benchmarkRow({ name, benchmark, files, licence }: CachedBenchmark): string[] {
  const { formatBytes } = require('../files/formatBytes') as typeof import('../files/formatBytes');
  const sizes = files.map(({ file, bytes }) => file.bytes ?? bytes);
  const known = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const isWhole = sizes.every((size) => size !== undefined);
  const size = known === 0 ? 'size not known' : `${isWhole ? '' : 'over '}${formatBytes(known)}`;
  return [name, benchmark.title, size, presence(files), licence];
}

function presence(files: CachedBenchmark['files']): string {
  const missing = files.filter(({ state }) => state === 'missing');
  if (missing.length === 0)
    return files.some(({ state }) => state === 'unpacked') ? 'here, unpacked' : 'here';
  const how = missing.some(({ file }) => !file.address) ? ', by hand' : '';
  return missing.length === files.length
    ? `not here${how}`
    : `${files.length - missing.length} of ${files.length} files here${how}`;
}

/** What a benchmark that is here in part still lacks. */
function lacks({ files, benchmark }: CachedBenchmark): string[] {
  const missing = files.filter(({ state }) => state === 'missing');
  if (missing.length === files.length) return [];
  return missing.map(({ file, path }) => {
    const source = file.address ?? `the page ${file.page ?? benchmark.page}`;
    return `  lacks "${path}", from ${source}`;
  });
}

/** Rows as lines, each column as wide as its widest cell. */
function aligned(rows: readonly string[][]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}
