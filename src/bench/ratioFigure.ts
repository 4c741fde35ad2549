import type { Annotations, Data } from 'plotly.js';
import type { Figure } from '../report';
import { AXIS, layoutOf, MUTED, PALETTE } from '../report/figureLayout';
import { textWidth } from '../report/textWidth';
import type { SpeedRow } from './results';

const ROW_HEIGHT = 23;
const RIGHT = 64;
const TICKS = [0.25, 0.5, 1, 2, 4, 8, 16, 32];

/** A row of a measurement that has a ratio. */
type Compared = SpeedRow & { ratio: NonNullable<SpeedRow['ratio']> };

/**
 * How many times as fast clipbook was as each peer: a dot for the median, a bar for the range of the rounds, a line each task
 * and peer, on a logarithmic axis with a line at 1. Rows of clipbook itself have no ratio and are left out.
 *
 * @throws where no row has a ratio
 */
export function ratioFigure(input: { id: string; title: string; rows: readonly SpeedRow[] }): Figure {
  const rows = input.rows.filter((row): row is Compared => row.ratio !== undefined);
  if (rows.length === 0)
    throw new Error('Expected rows with a ratio, found none; measure beside a peer (--python).');
  const peers = [...new Set(rows.map(({ by }) => by))];
  const left = 24 + Math.max(...rows.map(({ task }) => textWidth(task)));
  const ends = rows.flatMap(({ ratio: { low, high } }) => [Math.log10(low), Math.log10(high)]);
  const layout = layoutOf(input.title, 'times as fast as the peer; bars: range of the rounds', '', {
    height: 132 + ROW_HEIGHT * rows.length,
    margin: { l: left, r: RIGHT, t: 76, b: 56 },
    xaxis: {
      type: 'log',
      range: [Math.min(0, ...ends) - 0.06, Math.max(0, ...ends) + 0.06],
      tickvals: TICKS,
      ticktext: TICKS.map(String),
    },
    yaxis: {
      ...AXIS,
      range: [rows.length - 0.5, -0.5],
      tickvals: rows.map((_, y) => y),
      ticktext: rows.map(({ task }) => task),
      showgrid: false,
      title: { text: '' },
    },
    annotations: rows.map(({ ratio, by }, y) => numberNote(ratio.median, y, colorOf(peers, by))),
  });
  return {
    id: input.id,
    data: [lineAtOne(rows.length), ...peers.map((by) => traceOf(rows, peers, by))],
    layout,
  };
}

const colorOf = (peers: readonly string[], by: string) => PALETTE[peers.indexOf(by) % PALETTE.length];

function lineAtOne(rows: number): Data {
  return {
    type: 'scatter',
    mode: 'lines',
    showlegend: false,
    x: [1, 1],
    y: [-0.5, rows - 0.5],
    line: { color: MUTED, width: 1.2 },
    hoverinfo: 'skip',
  };
}

function traceOf(rows: readonly Compared[], peers: readonly string[], by: string): Data {
  const own = rows.map((row, y) => ({ row, y })).filter(({ row }) => row.by === by);
  const color = colorOf(peers, by);
  return {
    type: 'scatter',
    mode: 'markers',
    name: `against ${by}`,
    x: own.map(({ row }) => row.ratio.median),
    y: own.map(({ y }) => y),
    marker: { color, size: 8, line: { color: '#ffffff', width: 1 } },
    error_x: {
      type: 'data',
      symmetric: false,
      array: own.map(({ row: { ratio } }) => ratio.high - ratio.median),
      arrayminus: own.map(({ row: { ratio } }) => ratio.median - ratio.low),
      color,
      thickness: 2,
      width: 0,
    },
    text: own.map(({ row: { task, ratio } }) => `${task}: ${ratio.low}–${ratio.high}`),
    hovertemplate: '%{text}<extra></extra>',
  };
}

function numberNote(ratio: number, y: number, color: string): Partial<Annotations> {
  return {
    xref: 'paper',
    x: 1,
    xanchor: 'right',
    xshift: RIGHT - 14,
    yref: 'y',
    y,
    yanchor: 'middle',
    showarrow: false,
    text: `× ${ratio.toFixed(2)}`,
    font: { size: 12, color },
  };
}
