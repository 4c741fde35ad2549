import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** What a directory is searched for, and how errors call it. */
export interface ShardKind {
  name: RegExp;
  description: string;
}

export const TAR_SHARDS: ShardKind = {
  name: /\.tar(\.gz)?$|\.tgz$/,
  description: 'shards (.tar or .tar.gz)',
};

/**
 * The shard files behind a specification, in a fixed order.
 *
 * Each specification is a file, a directory (every file of the kind in it), a brace pattern
 * (`train-{00000..00003}.tar`, `{train,val}-0.tar`; not nested) or a glob with `*` and `?`.
 * A missing file of a brace pattern stays in the list, so that the reader can count it; throws where a specification
 * leads to no file at all.
 */
export function expandShards(specifications: string | readonly string[], kind = TAR_SHARDS): string[] {
  const list = typeof specifications === 'string' ? [specifications] : specifications;
  return list.flatMap((specification) => {
    const shards = expandBraces(specification).flatMap((path) => matchFiles(path, kind));
    if (!shards.some((shard) => existsSync(shard))) {
      throw new Error(
        `Expected ${kind.description} at "${specification}", but no such file exists; check the path.`,
      );
    }
    return shards;
  });
}

/** Does a specification stand for several files: is it a brace pattern or a glob? */
export const isPattern = (specification: string): boolean => /[*?]|\{[^{}]*\}/.test(specification);

/** `a{1..3}` → a1, a2, a3 (zero-padded as the first bound is); `{a,b}c` → ac, bc. */
export function expandBraces(pattern: string): string[] {
  const found = /\{([^{}]*)\}/.exec(pattern);
  if (!found) return [pattern];
  const before = pattern.slice(0, found.index);
  const after = pattern.slice(found.index + found[0].length);
  return alternatives(found[1]).flatMap((middle) => expandBraces(before + middle + after));
}

function alternatives(body: string): string[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(body);
  if (!range) return body.split(',');
  const [first, last] = [Number(range[1]), Number(range[2])];
  const step = first <= last ? 1 : -1;
  const count = Math.abs(last - first) + 1;
  return Array.from({ length: count }, (_, i) => String(first + i * step).padStart(range[1].length, '0'));
}

function matchFiles(path: string, kind: ShardKind): string[] {
  if (/[*?]/.test(path)) return expandGlob(path);
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => kind.name.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** Wildcards match inside one path segment, as in a shell; hidden files only where the segment starts with a dot. */
function expandGlob(pattern: string): string[] {
  const segments = pattern.split(sep);
  const start = segments[0] === '' ? [sep] : [''];
  return segments
    .filter((segment) => segment !== '')
    .reduce((folders, segment) => folders.flatMap((folder) => matchSegment(folder, segment)), start);
}

function matchSegment(folder: string, segment: string): string[] {
  if (!/[*?]/.test(segment)) return [join(folder, segment)].filter(existsSync);
  const directory = folder === '' ? '.' : folder;
  if (!existsSync(directory) || !statSync(directory).isDirectory()) return [];
  const expression = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const matcher = new RegExp(`^${expression}$`);
  return readdirSync(directory)
    .filter((name) => matcher.test(name) && (segment.startsWith('.') || !name.startsWith('.')))
    .sort()
    .map((name) => join(folder, name));
}
