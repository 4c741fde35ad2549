import type { Drawing } from './drawing';
import { drawingOf, EDGE, image, text } from './drawingParts';
import { GRID, INK, MUTED, PALETTE, WIDTH } from './figureLayout';
import { type Picture, pictureUri } from './pictures';
import { linesOf, shortenText } from './textWidth';

/** Numbers of every picture with every text, `[pictures][texts]`. */
export interface PairMatrix {
  name: string;
  values: readonly (readonly number[])[];
}

const GAP = 14;
const SIDE = 48;
const NAME = 20;
const HEADINGS = 32;
const LINE = 13;

/**
 * Small matrices beside each other with their numbers written in: a row for each picture, which stands at its left, a column
 * for each text. The higher a number, from 0 to 1, the darker its cell; a frame marks the pairs on the diagonal.
 *
 * @throws when a matrix has not a row for each picture and a column for each text
 */
export async function pairMatricesDrawing(input: {
  id: string;
  title: string;
  /** A line under the title. */
  note?: string;
  pictures: readonly Picture[];
  texts: readonly string[];
  matrices: readonly PairMatrix[];
}): Promise<Drawing> {
  const { pictures, texts, matrices } = input;
  for (const matrix of matrices) checkShape(matrix, pictures.length, texts.length);
  const uris = await Promise.all(pictures.map((picture) => pictureUri(picture, SIDE)));
  const left = EDGE + SIDE + GAP;
  const whole = (WIDTH - EDGE - left - GAP * (matrices.length - 1)) / matrices.length;
  const cell = Math.min(64, whole / texts.length);
  const row = SIDE + 6;
  const draw = (top: number) => {
    const cells = top + NAME + HEADINGS;
    return [
      ...uris.map((uri, i) => image(uri, EDGE, cells + i * row + (row - SIDE) / 2, SIDE)),
      ...matrices.map((matrix, i) => {
        const x = left + i * (whole + GAP);
        return [
          text(shortenText(matrix.name, whole), x, top + 12, { bold: true }),
          ...texts.map((one, j) => heading(one, x + (j + 0.5) * cell, top + NAME, cell)),
          ...matrix.values.flatMap((values, r) =>
            values.map((value, c) => numberCell(value, r === c, x + c * cell, cells + r * row, cell, row)),
          ),
        ].join('\n');
      }),
    ].join('\n');
  };
  return drawingOf(input, [{ height: NAME + HEADINGS + pictures.length * row + 4, draw }]);
}

function heading(label: string, middle: number, top: number, width: number): string {
  const lines = linesOf(label, width - 4, 11, 2);
  const first = top + HEADINGS - 8 - LINE * (lines.length - 1);
  return lines
    .map((line, i) => text(line, middle, first + LINE * i, { size: 11, anchor: 'middle', colour: MUTED }))
    .join('');
}

function numberCell(
  value: number,
  own: boolean,
  x: number,
  y: number,
  width: number,
  height: number,
): string {
  const shade = 0.9 * Math.min(1, Math.max(0, value));
  const place = (inset: number) =>
    `x="${(x + inset).toFixed(1)}" y="${(y + inset).toFixed(1)}" width="${(width - 2 * inset).toFixed(1)}" height="${(height - 2 * inset).toFixed(1)}"`;
  const frame = own ? `<rect ${place(2)} fill="none" stroke="${PALETTE[3]}" stroke-width="2"/>` : '';
  const number = value.toFixed(2).replace('-', '−');
  return [
    `<rect ${place(0)} fill="${PALETTE[0]}" fill-opacity="${shade.toFixed(3)}" stroke="${GRID}"/>`,
    frame,
    text(number, x + width / 2, y + height / 2 + 4, {
      anchor: 'middle',
      colour: shade > 0.72 ? '#ffffff' : INK,
    }),
  ].join('');
}

function checkShape({ name, values }: PairMatrix, rows: number, columns: number): void {
  if (values.length === rows && values.every((row) => row.length === columns)) return;
  throw new Error(
    `Expected ${rows} rows of ${columns} numbers in "${name}", a row for each picture and a column for each text, ` +
      `got ${values.length} of ${values[0]?.length ?? 0}.`,
  );
}
