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
const SIDE = 112;
const BESIDE = SIDE + 14;
const SIGN = 16;
const LINE = 14;
/** The most lines of a text. */
const LINES = 4;
const BARS = 15 * GATES.length;

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
    pairs.map(async (pair) => ({
      ...pair,
      uri: await pictureUri(pair.picture, SIDE),
      lines: [pair.text, pair.caption].map((own) =>
        linesOf(own || '(empty)', width - BESIDE - SIGN, 12, LINES),
      ),
    })),
  );
  const rows = Array.from({ length: Math.ceil(cards.length / columns) }, (_, row) => {
    const own = cards.slice(row * columns, (row + 1) * columns);
    const [raw, caption] = [0, 1].map((i) => LINE * Math.max(...own.map(({ lines }) => lines[i].length)) + 6);
    const tops = { raw: 14, caption: 14 + raw, bars: 18 + raw + caption };
    return {
      height: Math.max(SIDE + 22, tops.bars + BARS) + 18,
      draw: (top: number) =>
        own.map((card, i) => drawCard(card, EDGE + i * (width + GAP), top, width, tops, longest)).join('\n'),
    };
  });
  return drawingOf(input, rows);
}

function drawCard(
  { uri, lines, weights, noise }: ShownPair & { uri: string; lines: string[][] },
  left: number,
  top: number,
  width: number,
  tops: { raw: number; caption: number; bars: number },
  longest: number,
): string {
  const beside = left + BESIDE;
  const bad = noise !== null && noise !== 'unknown';
  const known = noise === null ? 'clean' : NOISE[noise];
  return [
    image(uri, left, top + 4, SIDE),
    `<rect x="${left - 0.5}" y="${top + 3.5}" width="${SIDE + 1}" height="${SIDE + 1}" rx="1" fill="none" stroke="${GRID}"/>`,
    text(bad ? `✗ ${known}` : known, left, top + SIDE + 20, {
      size: 11,
      bold: bad,
      colour: bad ? BAD : MUTED,
    }),
    paragraph('T', lines[0], beside, top + tops.raw),
    paragraph('C', lines[1], beside, top + tops.caption),
    ...GATES.map(([name, gate], i) =>
      weightBar(name, weights[gate], beside, top + tops.bars + 15 * i, width - BESIDE, longest),
    ),
  ].join('');
}

/** The palette's vermilion, darker: it is read as text. */
const BAD = '#b04a00';

function paragraph(sign: string, lines: readonly string[], left: number, top: number): string {
  return [
    text(sign, left, top, { size: 12, bold: true, colour: MUTED }),
    ...lines.map((line, i) => text(line, left + SIGN, top + LINE * i, { size: 12, colour: INK })),
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
