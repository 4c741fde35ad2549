import type { NoiseKind } from '../data/noise';
import type { GateWeights } from '../losses/alipGates';
import type { Drawing } from './drawing';
import { drawingOf, EDGE, image, text } from './drawingParts';
import { GRID, INK, MUTED, PALETTE, WIDTH } from './figureLayout';
import { type Picture, pictureUri } from './pictures';
import { linesOf } from './textWidth';

/** A picture with its two texts and what the gates made of them. */
export interface ShownPair {
  picture: Picture;
  /** The raw text T. */
  text: string;
  /** The caption C. */
  caption: string;
  /** W_s, W_t and W_c. */
  weights: Readonly<Record<keyof GateWeights, number>>;
  /** What was done to the raw text; null: nothing; `unknown`: the data's own noise, which nobody has flagged. */
  noise: NoiseKind | null | 'unknown';
}

const NOISE: Record<NoiseKind | 'unknown', string> = {
  swapped: 'swapped text',
  generic: 'generic text',
  partial: 'one wrong word',
  unknown: 'noise unknown',
};
const GATES = [
  ['W_s', 'sample'],
  ['W_t', 'imageText'],
  ['W_c', 'imageCaption'],
] as const;

const GAP = 16;
const SIDE = 104;
const LINE = 14;
const LINES = 3;
const HEIGHT = 176;

/**
 * Pairs as cards, each with its picture, the raw text (T), the caption (C), the weights of the three gates as numbers and
 * bars, and what is known about its noise. Bars are as long as the weight, a tick at 1.
 *
 * @param input.columns cards beside each other; default 2
 */
export async function pairsDrawing(input: {
  id: string;
  title: string;
  /** A line under the title. */
  note?: string;
  pairs: readonly ShownPair[];
  columns?: number;
}): Promise<Drawing> {
  const { pairs, columns = 2 } = input;
  const width = (WIDTH - 2 * EDGE - GAP * (columns - 1)) / columns;
  const longest = Math.max(1, ...pairs.flatMap(({ weights }) => Object.values(weights)));
  const cards = await Promise.all(
    pairs.map(async (pair) => ({ ...pair, uri: await pictureUri(pair.picture, SIDE) })),
  );
  const rows = Array.from({ length: Math.ceil(cards.length / columns) }, (_, row) => ({
    height: HEIGHT,
    draw: (top: number) =>
      cards
        .slice(row * columns, (row + 1) * columns)
        .map((card, i) => drawCard(card, EDGE + i * (width + GAP), top + 6, width, longest))
        .join('\n'),
  }));
  return drawingOf(input, rows);
}

function drawCard(
  { uri, text: raw, caption, weights, noise }: ShownPair & { uri: string },
  left: number,
  top: number,
  width: number,
  longest: number,
): string {
  const beside = left + SIDE + 14;
  const room = width - SIDE - 14;
  const known = noise === null ? 'clean' : NOISE[noise];
  const bad = noise !== null && noise !== 'unknown';
  const tops = { text: top + 10, caption: top + 10 + LINE * (LINES + 0.6) };
  const weightsTop = top + 10 + 2 * LINE * (LINES + 0.6) + 6;
  return [
    image(uri, left, top, SIDE),
    `<rect x="${left - 0.5}" y="${top - 0.5}" width="${SIDE + 1}" height="${SIDE + 1}" rx="1" fill="none" stroke="${GRID}"/>`,
    text(bad ? `✗ ${known}` : known, left, top + SIDE + 18, {
      size: 12,
      bold: bad,
      colour: bad ? BAD : MUTED,
    }),
    paragraph('T', raw, beside, tops.text, room),
    paragraph('C', caption, beside, tops.caption, room),
    ...GATES.map(([name, gate], i) =>
      weightBar(name, weights[gate], beside, weightsTop + 15 * i, room, longest),
    ),
  ].join('');
}

/** The palette's vermilion, darker: it is read as text. */
const BAD = '#b04a00';

function paragraph(sign: string, content: string, left: number, top: number, width: number): string {
  const lines = linesOf(content || '(empty)', width - 16, 12, LINES);
  return [
    text(sign, left, top, { size: 12, bold: true, colour: MUTED }),
    ...lines.map((line, i) => text(line, left + 16, top + LINE * i, { size: 12, colour: INK })),
  ].join('');
}

function weightBar(
  name: string,
  weight: number,
  left: number,
  top: number,
  width: number,
  longest: number,
): string {
  const [start, end] = [left + 74, left + width - 4];
  const at = (value: number) => start + (value / longest) * (end - start);
  return [
    text(name, left, top, { size: 11, colour: MUTED }),
    text(weight.toFixed(3), left + 66, top, { size: 11, anchor: 'end', colour: INK }),
    `<path d="M${start.toFixed(1)} ${top - 4}H${end.toFixed(1)}" stroke="${GRID}"/>`,
    `<rect x="${start.toFixed(1)}" y="${top - 8}" width="${(at(weight) - start).toFixed(1)}" height="8" rx="1" fill="${PALETTE[0]}"/>`,
    `<path d="M${at(1).toFixed(1)} ${top - 10}v12" stroke="${INK}"/>`,
  ].join('');
}
