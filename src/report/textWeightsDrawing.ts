import type { TextWeights } from '../evaluation/tokenStatistics';
import type { Drawing } from './drawing';
import { drawingOf, EDGE, text } from './drawingParts';
import { GRID, MUTED, WIDTH } from './figureLayout';
import { shortenText, textWidth } from './textWidth';
import { scaleBar, shadeOf, weightScale } from './weightShades';

/** Where tokens begin, after the heads' names. */
const LEFT = 72;
const RIGHT = WIDTH - EDGE - 92;
const LINE = 28;
const HEIGHT = 22;
const PAD = 5;
const SPACE = 4;

/** Names for tokens that are no words. */
const SPECIAL: Record<string, string> = {
  '<start_of_text>': 'start',
  '<end_of_text>': 'end',
  '<padding>': '·',
};

/** A token in its place: `line` from the top, `left` in pixels. */
interface Box {
  label: string;
  special: boolean;
  left: number;
  width: number;
  line: number;
}

/**
 * Token weights of texts: each head has a line of the text's tokens, shaded orange where a token counts more than 1/M,
 * blue where it counts less. Pieces of one word touch. Each text has colours of its own, and a bar that says how much.
 */
export function textWeightsDrawing(input: {
  id: string;
  title: string;
  /** A line under the title. */
  note?: string;
  texts: readonly TextWeights[];
}): Drawing {
  return drawingOf(input, input.texts.map(blockOf));
}

function blockOf({ tokens, weights }: TextWeights): { height: number; draw: (top: number) => string } {
  const boxes = placeTokens(tokens);
  const lines = 1 + Math.max(...boxes.map(({ line }) => line));
  const scale = weightScale(weights);
  const headHeight = lines * LINE + (lines > 1 ? 8 : 0); // heads of several lines stand apart
  const bar = Math.min(100, Math.max(44, weights.length * headHeight - LINE + HEIGHT - 30));
  const height = Math.max(weights.length * headHeight, bar + 36) + 18;
  const draw = (top: number) =>
    [
      `<path d="M${EDGE} ${top}H${WIDTH - EDGE}" stroke="${GRID}"/>`,
      ...weights.map((head, i) => {
        const start = top + 10 + i * headHeight;
        const shaded = boxes.map((box, token) => tokenAt(box, start, shadeOf(head[token], scale)));
        return text(`head ${i + 1}`, EDGE, start + 15, { size: 11, colour: MUTED }) + shaded.join('');
      }),
      scaleBar(scale, RIGHT + 20, top + 10, bar),
    ].join('\n');
  return { height, draw };
}

/** Tokens behind each other, a gap after each word, a new line where the next word would reach too far. */
function placeTokens(tokens: readonly string[]): Box[] {
  let [left, line] = [LEFT, 0];
  return wordsOf(tokens).flatMap((word) => {
    const pieces = word.map((token) => {
      const special = token in SPECIAL;
      const label = shortenText(SPECIAL[token] ?? token.trim(), RIGHT - LEFT - 2 * PAD);
      return { label, special, width: Math.max(8, textWidth(label)) + 2 * PAD };
    });
    const width = pieces.reduce((sum, piece) => sum + piece.width, 0);
    if (left > LEFT && left + width > RIGHT) [left, line] = [LEFT, line + 1];
    const placed = pieces.map((piece) => {
      if (left > LEFT && left + piece.width > RIGHT) [left, line] = [LEFT, line + 1];
      const box = { ...piece, left, line };
      left += piece.width;
      return box;
    });
    left += SPACE;
    return placed;
  });
}

function wordsOf(tokens: readonly string[]): string[][] {
  const words: string[][] = [];
  let open = false;
  for (const token of tokens) {
    if (open) words[words.length - 1].push(token);
    else words.push([token]);
    open = !token.endsWith(' ') && !(token in SPECIAL);
  }
  return words;
}

function tokenAt({ label, special, left, width, line }: Box, start: number, shade: string): string {
  const top = start + line * LINE;
  const place = `x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${HEIGHT}"`;
  const look = { anchor: 'middle', italic: special } as const;
  const edge = `stroke="${GRID}"`;
  return `<rect ${place} rx="3" ${shade} ${edge}/>${text(label, left + width / 2, top + 15, look)}`;
}
