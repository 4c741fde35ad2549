import type { Data, Layout, LayoutAxis } from 'plotly.js';
import { brokenTitle, DIVERGING_SCALE, type Figure, layoutOf, WIDTH } from './figureLayout';
import { headingOf, LEFT, labelOf, type MatrixRow, pictureOf } from './matrixLabels';
import { formatTick } from './svgAxes';

export type { MatrixRow } from './matrixLabels';

const RIGHT = 98;
const GAP = 10;
const MOST = 150;

/**
 * Matrices as a grid of heat maps: pictures or texts down, heads across. Blue is below zero, orange above; all share one
 * scale, symmetric around zero.
 *
 * @param input.columns headings; default `head 1`, `head 2`, …
 * @param input.range the colours end at ± this; default the largest absolute value off the diagonals, because a diagonal
 * is often several times larger and would leave everything else pale. Where colours end before the values do, the
 * scale says ≤ and ≥
 * @throws when the rows have not all as many matrices, or there are none
 */
export function matrixFigure(input: {
  id: string;
  title: string;
  rows: readonly MatrixRow[];
  columns?: readonly string[];
  range?: number;
}): Figure {
  const { rows } = input;
  const across = columnsOf(rows);
  const { columns = Array.from({ length: across }, (_, i) => `head ${i + 1}`) } = input;
  const side = Math.min(MOST, (WIDTH - LEFT - RIGHT - GAP * (across - 1)) / across);
  const plot = { width: across * (side + GAP) - GAP, height: rows.length * (side + GAP) - GAP };
  const { text, lines } = brokenTitle(input.title);
  const margin = { l: LEFT, r: WIDTH - LEFT - plot.width, t: 44 + 21 * lines, b: 16 };
  const start = (index: number, length: number) => (index * (side + GAP)) / length;
  const range = rangeOf(rows, input.range);

  const axes: Record<string, Partial<LayoutAxis>> = {};
  const data = rows.flatMap(({ label, matrices }, row) =>
    matrices.map((matrix, column): Data => {
      const panel = row * across + column;
      const name = panel === 0 ? '' : panel + 1;
      const [left, top] = [start(column, plot.width), 1 - start(row, plot.height)];
      const hidden: Partial<LayoutAxis> = {
        type: 'category',
        showticklabels: false,
        ticks: '',
        showgrid: false,
      };
      axes[`xaxis${name}`] = {
        ...hidden,
        anchor: `y${name}` as 'y',
        domain: [left, left + side / plot.width],
      };
      axes[`yaxis${name}`] = {
        ...hidden,
        anchor: `x${name}` as 'x',
        autorange: 'reversed',
        domain: [top - side / plot.height, top],
      };
      return {
        ...heatmapOf(matrix, range, `${label}, ${columns[column]}`),
        xaxis: `x${name}`,
        yaxis: `y${name}`,
        showscale: panel === 0,
        ...(panel === 0 && { colorbar: colourBar(range, Math.min(plot.height, 180)) }),
      } as Data;
    }),
  );
  const base = layoutOf(text, '', '', {
    height: margin.t + plot.height + margin.b,
    margin,
    showlegend: false,
  });
  const layout: Partial<Layout> = {
    ...base,
    ...axes,
    annotations: [
      ...columns.map((column, i) => headingOf(column, start(i, plot.width) + side / plot.width / 2, side)),
      ...rows.flatMap((row, i) => labelOf(row, 1 - start(i, plot.height) - side / plot.height / 2, side)),
    ],
    images: rows.flatMap((row, i) => pictureOf(row, 1 - start(i, plot.height), side, plot)),
  };
  return { id: input.id, data, layout };
}

function columnsOf(rows: readonly MatrixRow[]): number {
  const across = rows[0]?.matrices.length ?? 0;
  const odd = rows.find(({ matrices }) => matrices.length !== across);
  if (odd || across === 0) {
    throw new Error(
      `Expected rows with as many matrices each, got ${odd ? `${across} and ${odd.matrices.length}` : 'none'}.`,
    );
  }
  return across;
}

/** Where the colours end, and whether values lie beyond. */
function rangeOf(rows: readonly MatrixRow[], given?: number): { end: number; clipped: boolean } {
  let [most, offDiagonal] = [0, 0];
  for (const matrix of rows.flatMap(({ matrices }) => matrices)) {
    matrix.forEach((row, i) => {
      row.forEach((value, j) => {
        most = Math.max(most, Math.abs(value));
        if (i !== j) offDiagonal = Math.max(offDiagonal, Math.abs(value));
      });
    });
  }
  const end = given ?? (offDiagonal || most || 1);
  return { end, clipped: most > end };
}

function heatmapOf(matrix: MatrixRow['matrices'][number], { end }: { end: number }, name: string): object {
  const channels = matrix.map((_, i) => String(i + 1));
  return {
    type: 'heatmap',
    name,
    z: matrix.map((row) => row.map((value) => Number(value.toPrecision(3)))),
    x: channels,
    y: channels,
    zmin: -end,
    zmax: end,
    colorscale: DIVERGING_SCALE,
    hovertemplate: `${name}<br>channels %{y} and %{x}: %{z}<extra></extra>`,
  };
}

function colourBar({ end, clipped }: { end: number; clipped: boolean }, len: number): object {
  const label = formatTick(Number(end.toPrecision(2)));
  return {
    x: 1,
    xpad: 16,
    y: 1,
    yanchor: 'top',
    ypad: 0,
    thickness: 14,
    lenmode: 'pixels',
    len,
    outlinewidth: 0,
    ticks: '',
    tickvals: [-end, 0, end],
    ticktext: [`${clipped ? '≤ ' : ''}−${label}`, '0', `${clipped ? '≥ ' : ''}${label}`],
  };
}
