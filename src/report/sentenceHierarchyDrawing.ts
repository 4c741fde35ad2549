import he from 'he';
import { splitTree, type Tree } from '../evaluation/hierarchy';
import type { Drawing } from './drawing';
import { drawingOf, EDGE, text } from './drawingParts';
import { GRID, INK, MUTED, PALETTE, WIDTH } from './figureLayout';
import { shortenText, textWidth } from './textWidth';

/** A sentence and how its tokens, or words, are linked, block by block. */
export interface LinkedSentence {
  tokens: readonly string[];
  /** `[blocks][tokens − 1]`, the first block's links first. */
  layers: readonly (readonly number[])[];
}

/** Where tokens begin, after the blocks' names. */
const LEFT = EDGE + 60;
const PAD = 12;
/** Room for a token at least, and between two. */
const NARROWEST = 24;
const SPACE = 14;
const SIZE = 12;
/** Height of one level of a tree, of a block's row, of the line of tokens, and of the longest token where they are turned. */
const LEVEL = 13;
const ROW = 22;
const TOKENS = 22;
const LONGEST = 90;
const THICKEST = 9;

/**
 * How tokens form groups: above each sentence the tree that its last block's weakest links make, below it a row for each
 * block with a band between neighbouring tokens, the thicker the stronger their link; a link of at most `threshold` is a
 * thin dashed line, orange instead of blue. A band's title is its link.
 *
 * @throws when a sentence has not one link less than tokens in each block, or more tokens than the drawing has room for
 */
export function sentenceHierarchyDrawing(input: {
  id: string;
  title: string;
  /** A line under the title. */
  note?: string;
  sentences: readonly LinkedSentence[];
  threshold: number;
}): Drawing {
  return drawingOf(
    input,
    input.sentences.map((sentence) => blockOf(sentence, input.threshold)),
  );
}

function blockOf({ tokens, layers }: LinkedSentence, threshold: number) {
  for (const links of layers) {
    if (links.length !== tokens.length - 1) {
      throw new Error(
        `Expected ${tokens.length - 1} links between ${tokens.length} tokens, got ${links.length}.`,
      );
    }
  }
  const line = placeTokens(tokens);
  const { centres } = line;
  const tree = splitTree(layers[layers.length - 1]);
  const treeHeight = LEVEL * depthOf(tree);
  const draw = (top: number) => {
    const ground = top + PAD + treeHeight;
    return [
      `<path d="M${EDGE} ${top}H${WIDTH - EDGE}" stroke="${GRID}"/>`,
      ...branches(tree, centres, ground),
      ...written(line, ground),
      ...layers.map((links, layer) =>
        rowOf(links, threshold, centres, layer, ground + line.height + ROW * layer),
      ),
    ].join('\n');
  };
  return { height: 2 * PAD + treeHeight + line.height + ROW * layers.length, draw };
}

/** Where tokens stand, and how they are written: upright where there is no room for all beside each other. */
interface Line {
  centres: number[];
  labels: string[];
  isTurned: boolean;
  /** In pixels. */
  height: number;
}

function placeTokens(tokens: readonly string[]): Line {
  const room = WIDTH - EDGE - LEFT;
  const names = tokens.map((token) => token.trim());
  const wanted = names.map((name) => Math.max(NARROWEST, textWidth(name, SIZE)) + SPACE);
  const isTurned = wanted.reduce((sum, width) => sum + width, 0) > room;
  const widths = isTurned ? wanted.map(() => room / tokens.length) : wanted;
  if (isTurned && widths[0] < SIZE) {
    const most = Math.floor(room / SIZE);
    throw new Error(
      `Expected a sentence of at most ${most} tokens, got ${tokens.length}: draw a part of it.`,
    );
  }
  const labels = isTurned ? names.map((name) => shortenText(name, LONGEST, SIZE)) : names;
  const height = isTurned ? 8 + Math.max(...labels.map((label) => textWidth(label, SIZE))) : TOKENS;
  let left = LEFT;
  const centres = widths.map((width) => {
    left += width;
    return left - width / 2;
  });
  return { centres, labels, isTurned, height };
}

/** The tokens below `top`. */
function written({ labels, centres, isTurned, height }: Line, top: number): string[] {
  if (!isTurned) {
    return labels.map((label, i) => text(label, centres[i], top + 15, { anchor: 'middle', size: SIZE }));
  }
  return labels.map((label, i) => {
    const [x, y] = [centres[i] + SIZE / 3, top + height - 4].map((place) => place.toFixed(1));
    return `<text transform="rotate(-90 ${x} ${y})" x="${x}" y="${y}" font-size="${SIZE}">${he.escape(label)}</text>`;
  });
}

function depthOf(tree: Tree): number {
  return typeof tree === 'number' ? 0 : 1 + Math.max(...tree.map(depthOf));
}

/** Right-angled lines from each node down to its parts; leaves stand on `ground`. */
function branches(tree: Tree, centres: readonly number[], ground: number): string[] {
  const paths: string[] = [];
  const visit = (node: Tree): { x: number; y: number } => {
    if (typeof node === 'number') return { x: centres[node], y: ground };
    const parts = node.map(visit);
    const y = ground - LEVEL * depthOf(node);
    const [first, last] = [parts[0], parts[parts.length - 1]];
    for (const part of parts) paths.push(`M${part.x.toFixed(1)} ${part.y.toFixed(1)}V${y.toFixed(1)}`);
    paths.push(`M${first.x.toFixed(1)} ${y.toFixed(1)}H${last.x.toFixed(1)}`);
    return { x: (first.x + last.x) / 2, y };
  };
  visit(tree);
  return [`<path class="tree" d="${paths.join('')}" fill="none" stroke="${MUTED}"/>`];
}

function rowOf(
  links: readonly number[],
  threshold: number,
  centres: readonly number[],
  layer: number,
  top: number,
): string {
  const y = top + ROW / 2;
  const bands = links.map((link, i) => {
    const [from, to] = [centres[i], centres[i + 1]].map((x) => x.toFixed(1));
    const isWeak = link <= threshold;
    const look = isWeak
      ? `class="weak" stroke="${PALETTE[3]}" stroke-width="1.2" stroke-dasharray="2 3"`
      : `class="strong" stroke="${PALETTE[0]}" stroke-width="${(THICKEST * link).toFixed(1)}"`;
    const title = `<title>${link.toFixed(2)}</title>`;
    return `<path d="M${from} ${y.toFixed(1)}H${to}" ${look}>${title}</path>`;
  });
  const tokens = centres.map(
    (x) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5" fill="#ffffff" stroke="${INK}"/>`,
  );
  return (
    text(`block ${layer + 1}`, EDGE, y + 4, { size: 11, colour: MUTED }) + bands.join('') + tokens.join('')
  );
}
