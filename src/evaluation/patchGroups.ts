import type { Random } from '../engine';
import type { ImageLinks } from '../models';
import { auroc } from './auroc';

/** The links of one picture in one layer, as numbers. */
export interface GridLinks {
  /** Of each patch with the one to its right, `[g][g − 1]`. */
  horizontal: readonly (readonly number[])[];
  /** Of each patch with the one below, `[g − 1][g]`. */
  vertical: readonly (readonly number[])[];
}

/** @returns `[pictures][layers]`, of what `imageLinks` of a model gives */
export function readImageLinks(layers: readonly ImageLinks[]): GridLinks[][] {
  const values = layers.map(({ horizontal, vertical }) => [horizontal.arraySync(), vertical.arraySync()]);
  return values[0][0].map((_, picture) =>
    values.map(([horizontal, vertical]) => ({
      horizontal: horizontal[picture],
      vertical: vertical[picture],
    })),
  );
}

/**
 * Patches that links above the threshold join, near or far: the connected components. This way of reading groups out of
 * links is the lab's; the paper's algorithm could not be read.
 *
 * @returns the number of each patch's group, `[g][g]`, counted from 0 by first patch
 */
export function patchGroups(links: GridLinks, threshold: number): number[][] {
  const side = links.horizontal.length;
  const first = Array.from({ length: side * side }, (_, i) => i);
  const root = (i: number): number => (first[i] === i ? i : root(first[i]));
  for (const { from, to, link } of neighbourPairs(links)) {
    const [a, b] = [root(from), root(to)];
    if (link > threshold) first[Math.max(a, b)] = Math.min(a, b);
  }
  const numbers = new Map<number, number>();
  const numberOf = (i: number) => {
    if (!numbers.has(root(i))) numbers.set(root(i), numbers.size);
    return numbers.get(root(i))!;
  };
  return Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => numberOf(row * side + column)),
  );
}

/** What links know of labels of patches, over all pictures together. */
export interface LinkPurity {
  /** Of linked neighbours, the share with the same label; NaN where none are linked. */
  purity: number;
  /** The same of all neighbours: what links without knowledge have. */
  chance: number;
  /** The share of neighbours that are linked. */
  linked: number;
  /** The chance that neighbours of one label are linked better than neighbours of two; needs no threshold. */
  auroc: number;
}

/**
 * Do links join what belongs together?
 *
 * @param links of each picture in one layer
 * @param labels of each picture's patches, `[g][g]`, e.g. the colours of `twoColourPictures`
 * @throws when there are not labels for each picture, or all neighbours have the same
 */
export function linkPurity(
  links: readonly GridLinks[],
  labels: readonly (readonly (readonly number[])[])[],
  threshold: number,
): LinkPurity {
  if (links.length !== labels.length) {
    throw new Error(`Expected labels for ${links.length} pictures, got them for ${labels.length}.`);
  }
  const pairs = links.flatMap((own, picture) => {
    const label = labels[picture].flat();
    return neighbourPairs(own).map(({ from, to, link }) => ({ link, same: label[from] === label[to] }));
  });
  const share = (of: readonly { same: boolean }[]) => of.filter(({ same }) => same).length / of.length;
  const joined = pairs.filter(({ link }) => link > threshold);
  return {
    purity: share(joined),
    chance: share(pairs),
    linked: joined.length / pairs.length,
    auroc: auroc(
      pairs.map(({ link }) => link),
      pairs.map(({ same }) => same),
    ),
  };
}

/** A picture of two colours whose border runs between patches. */
export interface TwoColourPicture {
  /** RGB bytes, `[size, size, 3]` */
  pixels: Uint8Array;
  size: number;
  /** 1 within the rectangle, 0 around it, `[g][g]`. */
  labels: number[][];
}

/** A rectangle of whole patches, neither empty nor everything, in one colour on another. */
export function twoColourPicture(random: Random, grid: number, patch: number): TwoColourPicture {
  const range = () => {
    const start = random.integer(grid);
    return [start, start + 1 + random.integer(Math.min(grid - start, grid - 1))];
  };
  const [top, bottom] = range();
  const [left, right] = range();
  const labels = Array.from({ length: grid }, (_, row) =>
    Array.from({ length: grid }, (_, column) =>
      Number(row >= top && row < bottom && column >= left && column < right),
    ),
  );
  const colours = twoColours(random);
  const size = grid * patch;
  const pixels = new Uint8Array(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    const label = labels[Math.floor(i / size / patch)][Math.floor((i % size) / patch)];
    pixels.set(colours[label], 3 * i);
  }
  return { pixels, size, labels };
}

/** One channel of the two differs by half its range. */
function twoColours(random: Random): [number[], number[]] {
  const one = Array.from({ length: 3 }, () => random.integer(256));
  const channel = random.integer(3);
  return [one, one.map((value, i) => (i === channel ? (value + 128) % 256 : value))];
}

/** All neighbours of a grid, first those beside each other. Places count row by row. */
export function neighbourPairs({
  horizontal,
  vertical,
}: GridLinks): { from: number; to: number; link: number }[] {
  const side = horizontal.length;
  const pairs = (rows: GridLinks['vertical'], step: number) =>
    rows.flatMap((row, r) => row.map((link, c) => ({ from: r * side + c, to: r * side + c + step, link })));
  return [...pairs(horizontal, 1), ...pairs(vertical, side)];
}
