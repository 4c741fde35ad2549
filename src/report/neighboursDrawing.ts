import type { Drawing } from './drawing';
import { drawingOf, EDGE, image, text } from './drawingParts';
import { GRID, INK, MUTED, PALETTE, WIDTH } from './figureLayout';
import { type Picture, pictureUri } from './pictures';
import { linesOf } from './textWidth';

/** One picture found for a query. */
export interface ShownNeighbour {
  picture: Picture;
  label: string;
  cosine: number;
  /** Is it of the query's class? */
  same: boolean;
}

/** A query and what was found for it, in a row for each way of searching. */
export interface NeighbourQuery {
  /** Absent for a text. */
  picture?: Picture;
  /** The class, the caption, or the text that was searched for. */
  label: string;
  rows: readonly { name: string; neighbours: readonly ShownNeighbour[] }[];
}

const QUERY = 104;
const LEFT = EDGE + QUERY + 28;
const CELL_GAP = 10;
const MOST = 84;
const ROW_NAME = 20;
const CAPTION = 48;

/**
 * Nearest neighbours: the query at the left; beside it a row for each way of searching, e.g. the first order above the
 * second, the most similar first. Neighbours of the query's class have a green frame and a tick, so that the colour is
 * not needed.
 */
export async function neighboursDrawing(input: {
  id: string;
  title: string;
  /** A line under the title. */
  note?: string;
  queries: readonly NeighbourQuery[];
}): Promise<Drawing> {
  const most = Math.max(
    1,
    ...input.queries.flatMap(({ rows }) => rows.map(({ neighbours }) => neighbours.length)),
  );
  const cell = (WIDTH - EDGE - LEFT - CELL_GAP * (most - 1)) / most;
  const side = Math.min(MOST, cell - 6);
  return drawingOf(input, await Promise.all(input.queries.map((query) => blockOf(query, cell, side))));
}

async function blockOf(query: NeighbourQuery, cell: number, side: number) {
  const { picture, label, rows } = query;
  const own = picture ? await pictureUri(picture, QUERY) : undefined;
  const rowHeight = ROW_NAME + side + CAPTION;
  const cells = await Promise.all(
    rows.map(({ neighbours }) =>
      Promise.all(
        neighbours.map(async (one) => ({ ...one, uri: await pictureUri(one.picture, Math.round(side)) })),
      ),
    ),
  );
  const labelLines = linesOf(label, QUERY, 12, own ? 3 : 8);
  const first = own ? QUERY + 16 : 14;
  const height = Math.max(rows.length * rowHeight, ROW_NAME + first + 15 * labelLines.length) + 14;
  const draw = (top: number) =>
    [
      `<path d="M${EDGE} ${top}H${WIDTH - EDGE}" stroke="${GRID}"/>`,
      own ? image(own, EDGE, top + ROW_NAME, QUERY) + frame(EDGE, top + ROW_NAME, QUERY, false) : '',
      ...labelLines.map((line, i) => text(line, EDGE, top + ROW_NAME + first + 15 * i, { bold: true })),
      ...rows.map(({ name }, i) => text(name, LEFT, top + i * rowHeight + 14, { size: 11, colour: MUTED })),
      ...cells.flatMap((row, i) =>
        row.map((one, column) =>
          neighbour(one, LEFT + column * (cell + CELL_GAP), top + i * rowHeight + ROW_NAME, cell, side),
        ),
      ),
    ].join('\n');
  return { height, draw };
}

function neighbour(
  { uri, label, cosine, same }: ShownNeighbour & { uri: string },
  left: number,
  top: number,
  width: number,
  side: number,
): string {
  const score = `${cosine.toFixed(3).replace('-', '−')}${same ? ' ✓' : ''}`;
  return [
    image(uri, left, top, side),
    frame(left, top, side, same),
    text(score, left, top + side + 14, { size: 11, bold: same, colour: same ? GREEN : INK }),
    ...linesOf(label, width, 11, 2).map((line, i) =>
      text(line, left, top + side + 27 + 13 * i, { size: 11, colour: MUTED }),
    ),
  ].join('');
}

/** The palette's green, darker: it is read as text too. */
const GREEN = '#00795a';

function frame(left: number, top: number, side: number, same: boolean): string {
  const width = same ? 3 : 1;
  const [x, y] = [left, top].map((at) => (at - width / 2).toFixed(1));
  const size = `width="${(side + width).toFixed(1)}" height="${(side + width).toFixed(1)}"`;
  return `<rect x="${x}" y="${y}" ${size} rx="${same ? 3 : 1}" fill="none" stroke="${same ? PALETTE[2] : GRID}" stroke-width="${width}"/>`;
}
