import type { Annotations, Layout } from 'plotly.js';
import { brokenTitle, INK, layoutOf, legendPlaces, WIDTH } from './figureLayout';

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

/** A figure of panels in rows, under a title, a legend and a heading each. */
export interface PanelGrid {
  /** A panel's width in pixels. */
  own: number;
  /** Where a panel begins and ends, in shares of the plot from the left and from below. */
  placeOf(panel: number): { across: [number, number]; down: [number, number] };
  /** The layout without the axes; `more` goes over it. */
  layout(more?: Partial<Layout>): Partial<Layout>;
}

/**
 * Measures a grid of panels as wide as a figure.
 *
 * @param input.names what stands in the legend; none where there is only one
 * @param input.height of a panel in pixels
 * @param input.heading pixels over each panel that its heading needs
 * @param input.gap pixels between panels, `down` without the heading
 */
export function panelGrid(input: {
  title: string;
  names: readonly string[];
  columns: number;
  rows: number;
  height: number;
  heading: number;
  gap: { across: number; down: number };
  margin: { l: number; r: number; b: number };
}): PanelGrid {
  const { columns, rows, heading, names } = input;
  const down = input.gap.down + heading;
  const plot = {
    width: WIDTH - input.margin.l - input.margin.r,
    height: rows * (input.height + down) - down,
  };
  const title = brokenTitle(input.title);
  const legend =
    names.length > 1 ? 1 + Math.max(...legendPlaces(names, plot.width).map(({ row }) => row)) : 0;
  const margin = { ...input.margin, t: 26 + 21 * title.lines + 19 * legend + heading };
  return {
    own: (plot.width - input.gap.across * (columns - 1)) / columns,
    placeOf: (panel) => {
      const [start, end] = domainOf(Math.floor(panel / columns), rows, plot.height, down);
      return {
        across: domainOf(panel % columns, columns, plot.width, input.gap.across),
        down: [1 - end, 1 - start],
      };
    },
    layout: (more) =>
      layoutOf(title.text, '', '', {
        height: margin.t + plot.height + margin.b,
        margin,
        legend: { orientation: 'h', x: 0, xanchor: 'left', y: 1 + heading / plot.height, yanchor: 'bottom' },
        ...more,
      }),
  };
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
