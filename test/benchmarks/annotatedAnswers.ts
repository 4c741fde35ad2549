import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Members } from './archives';

/** A set in miniature and what CLIP_benchmark reads of it: see `test/golden/annotatedBenchmarks.py`. */
export interface AnnotatedAnswers {
  /** The set's own lists by their paths. */
  lists: Members;
  classes: string[];
  /** By split, the paths and labels of the pictures. */
  pictures: Record<string, [path: string, label: number][]>;
}

export function annotatedAnswers(id: string): AnnotatedAnswers {
  const path = join(__dirname, '../golden/annotatedBenchmarks.json');
  const { lists = {}, ...rest } = JSON.parse(readFileSync(path, 'utf8'))[id];
  const decoded = Object.entries<string>(lists).map(([name, text]) => [name, Buffer.from(text, 'base64')]);
  return { ...rest, lists: Object.fromEntries(decoded) };
}

/** The answers in an order that is neither the list's nor that of names, by file name without folders. */
export function inArchiveOrder(answers: readonly [path: string, label: number][]): [string, number][] {
  const named = answers.map(([path, label]): [string, number] => [path.split('/').at(-1)!, label]);
  return [...named.filter((_, i) => i % 2 === 1), ...named.filter((_, i) => i % 2 === 0).reverse()];
}

/** The pictures as files of an archive, each of which holds its own name. */
export function asMembers(answers: readonly [key: string, label: number][], folder = ''): Members {
  return Object.fromEntries(answers.map(([key]) => [folder + key, key]));
}
