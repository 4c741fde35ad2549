import type { Drawing } from './drawing';
import { drawingOf, EDGE, image, text } from './drawingParts';
import { GRID, MUTED, PALETTE, WIDTH } from './figureLayout';
import { type Picture, pictureUri } from './pictures';
import { linesOf } from './textWidth';

/** Numbers on a grid of patches. */
export interface GridMap {
  label: string;
  /** From the top left, `[rows][columns]`. */
  values: readonly (readonly number[])[];
  /** What the grid lies on. */
  picture?: Picture;
  /** A patch to be framed, by its row and column. */
  mark?: readonly [number, number];
}

const GAP = 10;
const MOST = 150;
const LINE = 13;
const BAR = 36;

/**
 * Small maps in rows, all on one scale around zero: orange above, blue below, clear at 0; strongest at ± `range` and beyond. A
 * map lies on its picture where it has one, which is then pale.
 *
 * @param input.columns maps in a row
 * @param input.range default the largest absolute value
 * @param input.unit said beside the scale
 * @throws when there are no maps
 */
export async function gridMapsDrawing(input: {
  id: string;
  title: string;
  /** A line under the title. */
  note?: string;
  maps: readonly GridMap[];
  columns: number;
  range?: number;
  unit: string;
}): Promise<Drawing> {
  const { maps, columns, unit } = input;
  if (maps.length === 0) throw new Error('Expected at least one map to draw, got none.');
  const largest = Math.max(...maps.flatMap(({ values }) => values.flat().map(Math.abs)));
  const range = input.range ?? (largest || 1);
  const side = Math.min(MOST, (WIDTH - 2 * EDGE - GAP * (columns - 1)) / columns);
  const grounds = await Promise.all(
    maps.map(({ picture }) => picture && pictureUri(picture, Math.round(side), true)),
  );
  const rows = Array.from({ length: Math.ceil(maps.length / columns) }, (_, row) => {
    const own = maps.slice(row * columns, (row + 1) * columns);
    const labels = own.map(({ label }) => linesOf(label, side, 11, 2));
    const height = side + 8 + LINE * Math.max(...labels.map((lines) => lines.length)) + 6;
    const draw = (top: number) =>
      own
        .map((map, i) => {
          const left = EDGE + i * (side + GAP);
          const ground = grounds[row * columns + i];
          return [
            ground ? image(ground, left, top, side) : '',
            cells(map, left, top, side, range),
            ...labels[i].map((line, n) =>
              text(line, left + side / 2, top + side + LINE * (n + 1), { size: 11, anchor: 'middle' }),
            ),
          ].join('');
        })
        .join('\n');
    return { height, draw };
  });
  return drawingOf(input, [
    ...rows,
    { height: BAR, draw: (top) => scale(top, range, unit, largest > range) },
  ]);
}

function cells({ values, mark }: GridMap, left: number, top: number, side: number, range: number): string {
  const cell = side / Math.max(values.length, values[0].length);
  const place = (row: number, column: number) =>
    `x="${(left + column * cell).toFixed(2)}" y="${(top + row * cell).toFixed(2)}" ` +
    `width="${cell.toFixed(2)}" height="${cell.toFixed(2)}"`;
  const shades = values.flatMap((row, r) =>
    row.map((value, c) => `<rect ${place(r, c)} ${shadeOf(value, range)}/>`),
  );
  const whole = `x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(values[0].length * cell).toFixed(1)}" height="${(values.length * cell).toFixed(1)}"`;
  const frame = mark ? `<rect ${place(...mark)} fill="none" stroke="#1d2939" stroke-width="1.5"/>` : '';
  return `${shades.join('')}<rect ${whole} fill="none" stroke="${GRID}"/>${frame}`;
}

const [LESS, MORE] = [PALETTE[0], PALETTE[3]];
const STRONGEST = 0.85;

function shadeOf(value: number, range: number): string {
  const opacity = STRONGEST * Math.min(1, Math.abs(value) / range);
  return `fill="${value < 0 ? LESS : MORE}" fill-opacity="${opacity.toFixed(3)}"`;
}

/** A bar from −range to range, lying; where values lie beyond, it says ≤ and ≥. */
function scale(top: number, range: number, unit: string, clipped: boolean): string {
  const steps = 41;
  const width = 164 / steps;
  const end = Number(range.toPrecision(2));
  const left = EDGE + 44;
  const bar = Array.from({ length: steps }, (_, i) => {
    const value = (2 * i) / (steps - 1) - 1;
    return `<rect x="${(left + i * width).toFixed(1)}" y="${top + 8}" width="${(width + 0.1).toFixed(1)}" height="10" ${shadeOf(value, 1)}/>`;
  });
  const y = top + 17;
  return [
    ...bar,
    text(`${clipped ? '≤ ' : ''}−${end}`, left - 6, y, { size: 11, anchor: 'end' }),
    text(`${clipped ? '≥ ' : ''}${end}`, left + 170, y, { size: 11 }),
    text(unit, left + 214, y, { size: 11, colour: MUTED }),
  ].join('');
}
