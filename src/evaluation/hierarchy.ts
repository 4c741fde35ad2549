import type * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../engine';

/** A hierarchy over tokens: a token by its place, or parts from left to right. */
export type Tree = number | readonly Tree[];

/** Neighbouring tokens, from `start` up to but without `end`. */
export type Span = readonly [start: number, end: number];

/** The Tree Transformer's thresholds, from its code's `parse.py`. */
const LINKED = 0.8;
const NEARLY_LINKED = 0.7;

/**
 * The links of each text as numbers, start and end tokens included, padding left out.
 *
 * @param layers as `textLinks` of a model gives them, `[texts, longest − 1]` each
 * @returns `[texts][layers][tokens − 1]`
 */
export function readTextLinks(layers: readonly tf.Tensor2D[], lengths: ArrayLike<number>): number[][][] {
  const values = layers.map((layer) => layer.arraySync());
  return Array.from(lengths, (length, text) => values.map((layer) => layer[text].slice(0, length - 1)));
}

/**
 * Words instead of pieces of words: links within a word are left out, as are the start and end tokens with theirs.
 *
 * @param tokens of one text as `tokenStrings` gives them: a piece that ends a word ends with a space
 * @param layers its links, `[layers][tokens − 1]`
 * @throws when links and tokens are not as many as belong together
 */
export function wordLinks(
  tokens: readonly string[],
  layers: readonly (readonly number[])[],
): { words: string[]; layers: number[][] } {
  for (const links of layers) checkLinks(links, tokens.length);
  const inner = tokens.slice(1, -1);
  const ends = inner.flatMap((token, i) => (token.endsWith(' ') || i === inner.length - 1 ? [i] : []));
  const words = ends.map((end, i) => inner.slice(i === 0 ? 0 : ends[i - 1] + 1, end + 1).join('').trim()); // biome-ignore format: one line
  const between = ends.slice(0, -1).map((end) => end + 1); // the start token shifts places by one
  return { words, layers: layers.map((links) => between.map((place) => links[place])) };
}

/** The binary tree that parts the tokens at the weakest link, then each side at its weakest; the first of equals. */
export function splitTree(links: readonly number[]): Tree {
  return parted(0, links.length, (start, end) => weakest(links, start, end));
}

/**
 * The tree of all layers, as the Tree Transformer reads it: from the last layer down, a span is parted at its weakest link
 * until that is above `linked`; then the layer below says how it parts. A side whose links are all above `nearlyLinked` goes
 * on in the layer below at once. What the lowest layer holds together has no parts.
 *
 * Like its code's `parse.py` but for pairs of tokens, which are one node in any case, and for its own threshold, which
 * that code forgets on the way down where it is not the default.
 *
 * @param layers links `[layers][tokens − 1]`, the lowest first
 * @param options `lowest`: the first layer that is believed; default 0, in `parse.py` 2 of ten
 */
export function layerTree(
  layers: readonly (readonly number[])[],
  {
    linked = LINKED,
    nearlyLinked = NEARLY_LINKED,
    lowest = 0,
  }: { linked?: number; nearlyLinked?: number; lowest?: number } = {},
): Tree {
  const tree = (start: number, end: number, layer: number): Tree => {
    if (start === end) return start;
    const at = weakest(layers[layer], start, end);
    if (end - start > 1 && layers[layer][at] > linked) {
      return layer === lowest ? flat(start, end) : tree(start, end, layer - 1);
    }
    const side = (from: number, to: number) => {
      const near = from < to && layers[layer][weakest(layers[layer], from, to)] > nearlyLinked;
      return tree(from, to, near ? Math.max(layer - 1, lowest) : layer);
    };
    return [side(start, at), side(at + 1, end)];
  };
  return tree(0, layers[0].length, layers.length - 1);
}

/** The tree that takes one token after the other from the left: the guess that is hard to beat in English. */
export function rightBranchingTree(tokens: number): Tree {
  return parted(0, tokens - 1, (start) => start);
}

/** A binary tree whose every part is parted anywhere, each place as likely. */
export function randomTree(tokens: number, random: Random): Tree {
  return parted(0, tokens - 1, (start, end) => start + random.integer(end - start));
}

/** The tree in brackets, `((a cat) (on (the mat)))`. */
export function bracketString(tree: Tree, tokens: readonly string[]): string {
  if (typeof tree === 'number') return tokens[tree].trim();
  return `(${tree.map((part) => bracketString(part, tokens)).join(' ')})`;
}

/** The parts of two tokens or more, without the whole text, which every tree has. */
export function constituents(tree: Tree): Span[] {
  const spans: Span[] = [];
  const visit = (node: Tree): Span => {
    if (typeof node === 'number') return [node, node + 1];
    const parts = node.map(visit);
    const span: Span = [parts[0][0], parts[parts.length - 1][1]];
    spans.push(span);
    return span;
  };
  visit(tree);
  return spans.slice(0, -1);
}

/** Runs of two tokens or more whose links are all above the threshold. */
export function linkedSpans(links: readonly number[], threshold: number): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (let token = 1; token <= links.length + 1; token++) {
    if (token <= links.length && links[token - 1] > threshold) continue;
    if (token - start > 1) spans.push([start, token]);
    start = token;
  }
  return spans;
}

/** How well constituents agree, over all texts together. */
export interface BoundaryScore {
  /** Of those found, the share that is expected. */
  precision: number;
  /** Of those expected, the share that is found. */
  recall: number;
  f1: number;
}

/**
 * Found constituents against expected ones; one counts as found where both its boundaries are right.
 *
 * @param found `[texts]` constituents of each text; likewise `expected`
 * @returns a share of nothing counts as 1 where neither side has any, as 0 else
 * @throws when the two are not of as many texts
 */
export function boundaryF1(
  found: readonly (readonly Span[])[],
  expected: readonly (readonly Span[])[],
): BoundaryScore {
  if (found.length !== expected.length) {
    throw new Error(`Expected constituents of ${expected.length} texts, got them of ${found.length}.`);
  }
  const keys = (spans: readonly Span[]) => new Set(spans.map((span) => span.join(' ')));
  let [both, ours, theirs] = [0, 0, 0];
  found.forEach((spans, text) => {
    const [own, other] = [keys(spans), keys(expected[text])];
    both += [...own].filter((key) => other.has(key)).length;
    ours += own.size;
    theirs += other.size;
  });
  const empty = ours + theirs === 0 ? 1 : 0;
  const share = (of: number) => (of === 0 ? empty : both / of);
  return {
    precision: share(ours),
    recall: share(theirs),
    f1: ours + theirs === 0 ? 1 : (2 * both) / (ours + theirs),
  };
}

function parted(start: number, end: number, at: (start: number, end: number) => number): Tree {
  if (start >= end) return start;
  const link = at(start, end);
  return [parted(start, link, at), parted(link + 1, end, at)];
}

function weakest(links: readonly number[], start: number, end: number): number {
  let at = start;
  for (let i = start + 1; i < end; i++) if (links[i] < links[at]) at = i;
  return at;
}

function flat(start: number, end: number): Tree {
  return Array.from({ length: end - start + 1 }, (_, i) => start + i);
}

function checkLinks(links: readonly number[], tokens: number): void {
  if (links.length !== tokens - 1) {
    throw new Error(`Expected ${tokens - 1} links between ${tokens} tokens, got ${links.length}.`);
  }
}
