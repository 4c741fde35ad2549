import he from 'he';
import type { Drawing } from './drawing';
import { MUTED, WIDTH } from './figureLayout';
import { svgDocument } from './svgDocument';
import { wrapText } from './textWidth';

/** Space left at a drawing's edges, in pixels. */
export const EDGE = 12;

/**
 * Puts blocks under each other below a title.
 *
 * @param blocks what is to be drawn from a given top on, and its height in pixels
 */
export function drawingOf(
  { id, title, note }: { id: string; title: string; note?: string },
  blocks: readonly { height: number; draw: (top: number) => string }[],
): Drawing {
  const titles = wrapText(title, WIDTH - 2 * EDGE, 16);
  const notes = note ? wrapText(note, WIDTH - 2 * EDGE, 11) : [];
  const body = [
    ...titles.map((line, i) => text(line, EDGE, 26 + 21 * i, { size: 16 })),
    ...notes.map((line, i) =>
      text(line, EDGE, 26 + 21 * titles.length + 14 * i, { size: 11, colour: MUTED }),
    ),
  ];
  let top = 18 + 21 * titles.length + (notes.length > 0 ? 4 + 14 * notes.length : 0);
  for (const { height, draw } of blocks) {
    body.push(draw(top));
    top += height;
  }
  return { id, title, svg: svgDocument(title, WIDTH, Math.ceil(top) + EDGE, body) };
}

/** One line of text; `y` is its baseline. */
export function text(
  content: string,
  x: number,
  y: number,
  look: {
    size?: number;
    anchor?: 'start' | 'middle' | 'end';
    colour?: string;
    bold?: boolean;
    italic?: boolean;
  } = {},
): string {
  const { size = 12, anchor = 'start', colour, bold, italic } = look;
  const weight = `${bold ? ' font-weight="600"' : ''}${italic ? ' font-style="italic"' : ''}`;
  const style = `${colour ? ` fill="${colour}"` : ''}${weight}`;
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="${anchor}"`;
  return `<text ${place}${style}>${he.escape(content)}</text>`;
}

/** An embedded picture, square; with an id to be drawn again by `<use>`. */
export function image(uri: string, x: number, y: number, side: number, id?: string): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${side.toFixed(1)}" height="${side.toFixed(1)}"`;
  return `<image${id ? ` id="${id}"` : ''} ${place} href="${uri}"/>`;
}
