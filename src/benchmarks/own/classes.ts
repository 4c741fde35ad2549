import { nearest } from '../../files/checkedJson';
import { ranksOf } from '../lists';
import type { OwnSource } from './source';

/** Names that folders of splits have. */
export const SPLIT_NAMES: readonly string[] = ['test', 'val', 'valid', 'validation', 'dev', 'train'];

export interface OwnClasses {
  names: readonly string[];
  /** The class of a label as it stands in the data; throws an Error that names the picture where it is none. */
  indexOf(label: string | undefined, key: string): number;
}

/**
 * Without a list of names, classes are the labels of all splits, sorted, with spaces for underscores.
 *
 * @throws Error where labels are numbers, which name nothing, or splits
 */
export async function classesOfLabels(sources: readonly OwnSource[]): Promise<OwnClasses> {
  const [{ name }] = sources;
  const labels = sources.some(({ numbered }) => numbered) ? ['0'] : await allLabels(sources);
  if (labels.every(isNumber)) {
    throw new Error(
      `Expected names of classes in ${name}, but its labels are numbers such as ${labels[0]}; give a file of class names.`,
    );
  }
  if (labels.every((label) => SPLIT_NAMES.includes(label))) {
    throw new Error(
      `Expected a folder for each class in ${name}, but ${labels.join(', ')} look like splits; unpack it and give the folder.`,
    );
  }
  return { names: labels.map(inWords), indexOf: finder(ranksOf(labels), name) };
}

/**
 * Labels that a list of names is given for: names themselves, or numbers from 0, or, where they are folders and as many as the
 * names, in the order of their own.
 *
 * @throws Error where labels are none of these
 */
export async function classesOfNames(
  sources: readonly OwnSource[],
  names: readonly string[],
  path: string,
): Promise<OwnClasses> {
  if (sources.every(({ numbered }) => numbered)) return { names, indexOf: byNumber(names.length, path) };
  const labels = await allLabels(sources);
  const places = ranksOf(names);
  const named = labels.map((label) => places.get(label) ?? places.get(inWords(label)));
  const unknown = labels[named.indexOf(undefined)];
  if (unknown === undefined) return { names, indexOf: match(labels, named, path) };
  if (labels.every(isNumber)) return { names, indexOf: byNumber(names.length, path) };
  const sameOrder = named.every((index, place) => index === undefined || index === place);
  if (sources[0].ordered && labels.length === names.length && sameOrder) {
    return { names, indexOf: match(labels, [...labels.keys()], path) };
  }
  const near = nearest(unknown, names);
  throw new Error(
    `Expected labels that are among the ${names.length} names in "${path}", got "${unknown}" in ${sources[0].name}` +
      `${near ? `; did you mean "${near}"?` : '; add it, or give the right file.'}`,
  );
}

async function allLabels(sources: readonly OwnSource[]): Promise<string[]> {
  const labels = new Set<string>();
  for (const source of sources) for (const label of await source.labels()) labels.add(label);
  return [...labels].sort();
}

function byNumber(count: number, path: string): OwnClasses['indexOf'] {
  return (label, key) => {
    if (label !== undefined && isNumber(label) && Number(label) < count) return Number(label);
    throw new Error(
      `Expected a label from 0 to ${count - 1} for the names in "${path}", got ${label ?? 'none'} at "${key}".`,
    );
  };
}

function match(labels: readonly string[], indices: readonly (number | undefined)[], path: string) {
  return finder(new Map(labels.map((label, i) => [label, indices[i]!])), `"${path}"`);
}

function finder(indices: ReadonlyMap<string, number>, where: string): OwnClasses['indexOf'] {
  return (label, key) => {
    const index = label === undefined ? undefined : indices.get(label);
    if (index !== undefined) return index;
    const got = label === undefined ? 'has none' : `has "${label}"`;
    throw new Error(`Expected a class of ${where} for the picture "${key}", but it ${got}.`);
  };
}

const isNumber = (label: string) => /^\d+$/.test(label);
const inWords = (label: string) => label.replaceAll('_', ' ');
