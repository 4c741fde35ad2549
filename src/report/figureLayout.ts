import type { Data, Layout } from 'plotly.js';
import { textWidth, wrapText } from './textWidth';

/** A Plotly figure: what `Plotly.newPlot` takes, and what `staticSvg` draws without a browser. */
export interface Figure {
  /** Short and stable, for file names and anchors. */
  id: string;
  data: Data[];
  layout: Partial<Layout>;
}

/** Six colours that stay apart for colour-blind readers and in print (Okabe and Ito 2008, without the yellow). */
export const PALETTE = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#56b4e9', '#cc79a7'];

/** Light to dark in one hue: readable in print and for every kind of colour vision. */
export const HEAT_SCALE: [number, string][] = [
  [0, '#f7fbff'],
  [0.25, '#c6dbef'],
  [0.5, '#6baed6'],
  [0.75, '#2171b5'],
  [1, '#08306b'],
];

/** Blue for less, orange for more, near white between: apart for colour-blind readers, and equally dark at both ends. */
export const DIVERGING_SCALE: [number, string][] = [
  [0, '#0b4a80'],
  [0.25, '#4f9bcb'],
  [0.5, '#f7f7f7'],
  [0.75, '#e0863a'],
  [1, '#8a3300'],
];

export const INK = '#344054';
export const MUTED = '#667085';
export const GRID = '#e4e7ec';
/** Width of a figure in pixels, unless it says otherwise. */
export const WIDTH = 760;

/** What every axis has in common. */
export const AXIS = { gridcolor: GRID, linecolor: GRID, zeroline: false, automargin: true };

/** The layout all figures share, with the titles of the figure and its two axes; `more` goes over it. */
export function layoutOf(title: string, x: string, y: string, more: Partial<Layout> = {}): Partial<Layout> {
  return {
    title: {
      text: title,
      x: 0.01,
      xanchor: 'left',
      yref: 'container',
      y: 0.97,
      yanchor: 'top',
      font: { size: 16 },
    },
    font: { family: 'Inter, system-ui, -apple-system, "Segoe UI", sans-serif', size: 12, color: INK },
    colorway: PALETTE,
    paper_bgcolor: '#ffffff',
    plot_bgcolor: '#ffffff',
    width: WIDTH,
    height: 400,
    margin: { l: 64, r: 24, t: 76, b: 56 },
    legend: { orientation: 'h', x: 0, y: 1.02, xanchor: 'left', yanchor: 'bottom' },
    hoverlabel: { namelength: -1 },
    ...more,
    xaxis: { ...AXIS, title: { text: x }, ...more.xaxis },
    yaxis: { ...AXIS, title: { text: y }, ...more.yaxis },
  };
}

/** A figure's title, broken into lines that fit its width; lines are divided by `<br>`, as Plotly wants them. */
export function brokenTitle(title: string, width = WIDTH): { text: string; lines: number } {
  const lines = wrapText(title, width - 32, 16);
  return { text: lines.join('<br>'), lines: lines.length };
}

/**
 * Where the entries of a horizontal legend stand: behind each other where all fit into one row, else in columns of equal
 * width, as Plotly has it. `left` in pixels from the legend's left, `row` from the top.
 */
export function legendPlaces(names: readonly string[], width: number): { left: number; row: number }[] {
  const widths = names.map((name) => 44 + textWidth(name));
  const total = widths.reduce((sum, own) => sum + own, 0);
  if (total <= width) {
    return widths.map((_, i) => ({ left: widths.slice(0, i).reduce((sum, own) => sum + own, 0), row: 0 }));
  }
  const columnWidth = Math.max(...widths);
  const columns = Math.max(1, Math.floor(width / columnWidth));
  return widths.map((_, i) => ({ left: (i % columns) * columnWidth, row: Math.floor(i / columns) }));
}
