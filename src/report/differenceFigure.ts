import type { Annotations, Data } from 'plotly.js';
import { AXIS, brokenTitle, type Figure, INK, layoutOf, MUTED, PALETTE } from './figureLayout';
import { nameOf, type PublishedDifference } from './publishedDifferences';
import { signed } from './verdict';

const GROUPS = [
  { group: 'General', heading: 'General sets', color: PALETTE[0] },
  { group: 'Plant', heading: 'Plant sets', color: PALETTE[2] },
  { group: 'All', heading: 'All ten', color: INK },
] as const;

const ROW_HEIGHT = 25;
const LEFT = 128;
const RIGHT = 104;

/** A line of the figure: a column or a mean; `y` counts rows from the top. */
interface Line {
  y: number;
  color: string;
  difference: PublishedDifference;
}

/**
 * The published differences as dots with a thick bar of ±1 and a thin one of ±1.96 standard errors, means as diamonds,
 * the groups under headings of their own, and the numbers at the right.
 */
export function differenceFigure(differences: readonly PublishedDifference[]): Figure {
  const { lines, headings, rows } = placesOf(differences);
  const { text, lines: titleLines } = brokenTitle(
    'Published: DALIP − OpenCLIP, and what the test sets allow to say',
  );
  const margin = { l: LEFT, r: RIGHT, t: 30 + 21 * titleLines, b: 56 };
  const ends = lines.flatMap(({ difference: { difference, independent } }) => [
    difference - 1.96 * independent,
    difference + 1.96 * independent,
  ]);
  const layout = layoutOf(text, 'points; thick bar ± 1 standard error, thin bar ± 1.96', '', {
    height: margin.t + ROW_HEIGHT * rows + margin.b,
    margin,
    showlegend: false,
    xaxis: { range: [Math.min(0, ...ends) - 0.6, Math.max(0, ...ends) + 0.6], showgrid: true },
    yaxis: {
      ...AXIS,
      range: [rows - 0.5, -0.5],
      tickvals: lines.map(({ y }) => y),
      ticktext: lines.map(({ difference }) => nameOf(difference)),
      showgrid: false,
      fixedrange: true,
      title: { text: '' },
    },
    annotations: [
      ...headings.map(({ y, heading }) => headingNote(heading, y)),
      ...lines.map(numberNote),
      { ...NOTE, text: 'points ± SE', y: 0, font: { size: 11, color: MUTED } },
    ],
  });
  const data = [zeroLine(rows), ...GROUPS.flatMap(({ color }) => tracesOf(lines, color))];
  return { id: 'dalip-differences', data, layout };
}

/** A heading's row over each group, and half a row between groups. */
function placesOf(differences: readonly PublishedDifference[]) {
  const lines: Line[] = [];
  const headings: { y: number; heading: string }[] = [];
  let y = 0;
  for (const { group, heading, color } of GROUPS) {
    headings.push({ y, heading });
    for (const difference of differences.filter((own) => own.group === group)) {
      y += 1;
      lines.push({ y, color, difference });
    }
    y += 1.5;
  }
  return { lines, headings, rows: y - 0.5 };
}

function zeroLine(rows: number): Data {
  return {
    type: 'scatter',
    mode: 'lines',
    x: [0, 0],
    y: [-0.5, rows - 0.5],
    line: { color: MUTED, width: 1.2 },
    hoverinfo: 'skip',
  };
}

/** The thin bars, then the thick bars and the dots over them. */
function tracesOf(lines: readonly Line[], color: string): Data[] {
  const own = lines.filter((line) => line.color === color);
  const single = own.filter(({ difference }) => difference.images !== undefined);
  const means = own.filter(({ difference }) => difference.images === undefined);
  const bars = (chosen: readonly Line[], errors: number, thickness: number, symbol: string): Data => ({
    type: 'scatter',
    mode: 'markers',
    x: chosen.map(({ difference }) => difference.difference),
    y: chosen.map(({ y }) => y),
    marker: { color, size: thickness > 2 ? 8 : 1, symbol, line: { color: '#ffffff', width: 1 } },
    error_x: {
      type: 'data',
      array: chosen.map(({ difference }) => errors * difference.independent),
      color,
      thickness,
      width: 0,
    },
    text: chosen.map(({ difference }) => hoverText(difference)),
    hovertemplate: '%{text}<extra></extra>',
  });
  return [bars(own, 1.96, 1.4, 'circle'), bars(single, 1, 5, 'circle'), bars(means, 1, 5, 'diamond')];
}

function hoverText(difference: PublishedDifference): string {
  const { baseline, ours, images } = difference;
  const size = images === undefined ? '' : `, ${images.toLocaleString('en-GB')} images`;
  return `${nameOf(difference)}: ${baseline.toFixed(1)} → ${ours.toFixed(1)} %${size}<br>${numbers(difference)} points`;
}

function numbers({ difference, independent }: PublishedDifference): string {
  return `${signed(difference)} ± ${independent.toFixed(1)}`;
}

const NOTE: Partial<Annotations> = {
  xref: 'paper',
  x: 1,
  xanchor: 'right',
  xshift: RIGHT - 14,
  yref: 'y',
  yanchor: 'middle',
  showarrow: false,
};

function numberNote({ y, difference, color }: Line): Partial<Annotations> {
  return { ...NOTE, text: numbers(difference), y, font: { size: 12, color } };
}

function headingNote(heading: string, y: number): Partial<Annotations> {
  return {
    ...NOTE,
    text: `<b>${heading}</b>`,
    x: 0,
    xanchor: 'left',
    xshift: 14 - LEFT,
    y,
    font: { size: 11, color: MUTED },
  };
}
