import he from 'he';
import type { Annotations } from 'plotly.js';
import { type Figure, legendPlaces } from './figureLayout';
import type { Frame, Trace } from './svgMarks';
import type { Panel } from './svgPanels';
import { markerAt, strokeOf } from './svgPoints';

/** Where the title begins. */
const EDGE = 12;
const ANCHORS: Record<string, string> = { left: 'start', center: 'middle', right: 'end' };

/** The figure's title, a line for each part between `<br>`. */
export function drawTitle(title: string, width: number): string {
  const left = 0.01 * width + 4;
  return title
    .split('<br>')
    .map((line, i) => `<text x="${left}" y="${26 + 21 * i}" font-size="16">${he.escape(line)}</text>`)
    .join('\n');
}

/** Texts at a place on the paper or on a panel's axes. Of Plotly's tags it knows `<br>` and a `<b>` around the whole. */
export function drawAnnotations({ layout }: Figure, paper: Frame, panels: Panel[]): string {
  return (layout.annotations ?? []).map((note) => annotation(note, paper, panels)).join('\n');
}

function annotation(note: Partial<Annotations>, paper: Frame, panels: Panel[]): string {
  const { text = '', xanchor = 'center', yanchor = 'middle', xshift = 0, yshift = 0, font = {} } = note;
  const [x, y] = placeOf(note, paper, panels);
  const bold = /^<b>.*<\/b>$/.test(text);
  const lines = text.replace(/<\/?b>/g, '').split('<br>');
  const { size = 12, color } = font;
  const height = 1.25 * size;
  const below = { top: 0.95 * size, bottom: -0.3 * size - (lines.length - 1) * height };
  const first = below[yanchor as 'top'] ?? 0.35 * size - ((lines.length - 1) / 2) * height;
  const style = `${color ? ` fill="${color}"` : ''}${bold ? ' font-weight="600"' : ''}`;
  return lines
    .map((line, i) => {
      const place = `x="${(x + xshift).toFixed(1)}" y="${(y - yshift + first + i * height).toFixed(1)}"`;
      return `<text ${place} font-size="${size}" text-anchor="${ANCHORS[xanchor]}"${style}>${he.escape(line)}</text>`;
    })
    .join('\n');
}

function placeOf(
  { x = 0, y = 0, xref, yref }: Partial<Annotations>,
  paper: Frame,
  panels: Panel[],
): [number, number] {
  const onX = panels.find(({ names }) => names[0] === xref)?.x;
  const onY = panels.find(({ names }) => names[1] === yref)?.y;
  return [
    onX ? onX.place(x as number) : paper.left + Number(x) * (paper.right - paper.left),
    onY ? onY.place(y as number) : paper.bottom - Number(y) * (paper.bottom - paper.top),
  ];
}

/**
 * One entry for each trace that has a name, in rows from the plot's left edge, or in a single row from the title's where
 * only that fits; the lowest row ends where the layout's legend does.
 */
export function drawLegend({ data, layout }: Figure, paper: Frame): string {
  const traces = (data as Trace[]).filter(({ name, showlegend = true }) => name && showlegend);
  if (layout.showlegend === false || traces.length < 2) return '';
  const names = traces.map(({ name = '' }) => name);
  const inPlot = legendPlaces(names, paper.right - paper.left);
  const wide = legendPlaces(names, paper.right - EDGE);
  const oneRow = (places: typeof wide) => places.every(({ row }) => row === 0);
  const [start, places] = oneRow(wide) && !oneRow(inPlot) ? [EDGE, wide] : [paper.left, inPlot];
  const lowest = paper.bottom - Number(layout.legend?.y ?? 1.02) * (paper.bottom - paper.top) - 14;
  const rows = Math.max(...places.map(({ row }) => row));
  return traces
    .map((trace, i) => {
      const at = start + places[i].left;
      const middle = lowest - (rows - places[i].row) * 19;
      return `${sample(trace, at, middle)}<text x="${at + 26}" y="${(middle + 4).toFixed(1)}">${he.escape(trace.name ?? '')}</text>`;
    })
    .join('\n');
}

/** What a trace looks like, in 20 pixels. */
function sample(trace: Trace, at: number, middle: number): string {
  const { type, mode = 'lines', marker, fill, fillcolor, opacity, error_x, error_y } = trace;
  if (type === 'bar' || fill) {
    const colour = fill ? `${fillcolor}" fill-opacity="${opacity ?? 1}` : `${marker?.color}`;
    return `<rect x="${at + 4}" y="${(middle - 6).toFixed(1)}" width="12" height="12" rx="2" fill="${colour}"/>`;
  }
  const bar = error_x ?? error_y;
  const stroke = mode.includes('lines')
    ? strokeOf(trace)
    : bar && `stroke="${bar.color}" stroke-width="${bar.thickness ?? 2}"`;
  const line = stroke ? `<path d="M${at} ${middle.toFixed(1)}h20" fill="none" ${stroke}/>` : '';
  return line + (mode.includes('markers') ? markerAt(trace, at + 10, middle) : '');
}
