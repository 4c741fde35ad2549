import type { Annotations } from 'plotly.js';
import { INK } from './figureLayout';

/** The names of a panel's axes: what traces refer to, and under which keys the layout describes them. */
export function axesOf(panel: number) {
  const name = panel === 0 ? '' : String(panel + 1);
  return {
    xaxis: `x${name}` as 'x',
    yaxis: `y${name}` as 'y',
    xKey: `xaxis${name}` as 'xaxis',
    yKey: `yaxis${name}` as 'yaxis',
  };
}

/** Where panel `index` of `count` begins and ends, in shares of a side of `length` pixels with `gap` between panels. */
export function domainOf(index: number, count: number, length: number, gap: number): [number, number] {
  const own = (length - gap * (count - 1)) / count;
  const start = (index * (own + gap)) / length;
  return [start, start + own / length];
}

/** Lines of text over a panel, the last of them `over` pixels above the place (in shares of the paper). */
export function linesOver(
  lines: readonly string[],
  x: number,
  y: number,
  { over = 6, bold = false, size = 12, color = INK } = {},
): Partial<Annotations> {
  const text = lines.join('<br>');
  return {
    text: bold ? `<b>${text}</b>` : text,
    xref: 'paper',
    x,
    xanchor: 'left',
    yref: 'paper',
    y,
    yanchor: 'bottom',
    yshift: over,
    align: 'left',
    showarrow: false,
    font: { size, color },
  };
}
