import type { Data, LayoutAxis } from 'plotly.js';
import { mean, studentInterval } from '../evaluation/statistics';
import {
  AXIS,
  brokenTitle,
  type Figure,
  layoutOf,
  legendPlaces,
  MUTED,
  PALETTE,
  WIDTH,
} from './figureLayout';
import { axesOf, domainOf, linesOver } from './panels';
import { fittingTicks, formatTick } from './svgAxes';
import type { SweepSeries } from './sweepMarks';
import { wrapText } from './textWidth';

/** One measurement of all arms at every level of noise. */
export interface NoisePanel {
  title: string;
  /** For instance `R@1, %`. */
  unit: string;
  /** At each level, a value per seed. */
  arms: readonly Pick<SweepSeries, 'name' | 'points'>[];
  /** A value drawn across, e.g. 0 for differences, or guessing. */
  reference?: number;
}

const MARGIN = { l: 62, r: 16, b: 52 };
const GAP = { across: 46, down: 64 };
const HEIGHT = 230;
/** Pixels between neighbouring arms at one level. */
const APART = 6;

/**
 * Scores against the level of noise, a line for each arm in a panel for each measurement: means over seeds with
 * Student's 95 % intervals (absent with one seed). Arms stand beside each other at each level, so that their intervals
 * are seen; the level is where the tick is. An arm has the same look in every panel.
 *
 * @param input.x title of the horizontal axis; default `noisy raw texts, %`
 * @throws when there is nothing to draw, or a value is not a finite number
 */
export function noiseFigure(input: {
  id: string;
  title: string;
  x?: string;
  panels: readonly NoisePanel[];
}): Figure {
  const { panels, x = 'noisy raw texts, %' } = input;
  const names = [...new Set(panels.flatMap(({ arms }) => arms.map(({ name }) => name)))];
  const all = panels.flatMap(({ arms }) => arms.flatMap(({ points }) => points));
  check(panels);
  const columns =
    panels.length <= 3 ? panels.length : Math.ceil(panels.length / Math.ceil(panels.length / 3));
  const rows = Math.ceil(panels.length / columns);
  const plot = { width: WIDTH - MARGIN.l - MARGIN.r, height: rows * (HEIGHT + GAP.down) - GAP.down };
  const own = (plot.width - GAP.across * (columns - 1)) / columns;
  const levels = levelAxis(
    all.map((point) => point.x),
    own,
    names.length,
  );

  const title = brokenTitle(input.title);
  const titles = panels.map((panel) => wrapText(panel.title, 0.9 * own));
  const over = 12 + 16 * Math.max(...titles.map(({ length }) => length));
  const legend = 1 + Math.max(...legendPlaces(names, plot.width).map(({ row }) => row));
  const margin = { ...MARGIN, t: 22 + 21 * title.lines + 19 * legend + over };
  const placeOf = (panel: number) => {
    const [left, right] = domainOf(panel % columns, columns, plot.width, GAP.across);
    const [start, end] = domainOf(Math.floor(panel / columns), rows, plot.height, GAP.down);
    return { across: [left, right], down: [1 - end, 1 - start] };
  };
  const axes: Record<string, Partial<LayoutAxis>> = {};
  panels.forEach((panel, i) => {
    const { xaxis, yaxis, xKey, yKey } = axesOf(i);
    const last = i + columns >= panels.length;
    axes[xKey] = {
      ...levels.axis,
      domain: placeOf(i).across,
      anchor: yaxis,
      title: { text: last ? x : '', font: { size: 12 } },
    };
    axes[yKey] = { ...valueAxis(panel), domain: placeOf(i).down, anchor: xaxis };
  });
  const layout = layoutOf(title.text, '', '', {
    height: margin.t + plot.height + margin.b,
    margin,
    showlegend: true,
    annotations: titles.map((lines, i) =>
      linesOver(lines, placeOf(i).across[0], placeOf(i).down[1], { bold: true }),
    ),
    legend: { orientation: 'h', x: 0, xanchor: 'left', y: 1 + over / plot.height, yanchor: 'bottom' },
  });
  const data = panels.flatMap((panel, i) => tracesOf(panel, i, names, levels));
  return { id: input.id, data, layout: { ...layout, ...axes } };
}

function check(panels: readonly NoisePanel[]): void {
  if (panels.length === 0) throw new Error('Expected at least one panel, got none.');
  for (const { title, arms } of panels) {
    if (!arms.some(({ points }) => points.some(({ values }) => values.length > 0))) {
      throw new Error(`Expected an arm with at least one value in the panel "${title}", got none.`);
    }
    for (const { name, points } of arms) {
      const odd = points.flatMap(({ x, values }) => [x, ...values]).find((value) => !Number.isFinite(value));
      if (odd !== undefined) throw new Error(`Expected finite numbers in "${name}", got ${odd}.`);
    }
  }
}

/** The axis of levels, and where an arm stands beside its level. */
function levelAxis(found: readonly number[], pixels: number, arms: number) {
  const places = [...new Set(found)].sort((a, b) => a - b);
  const [low, high] = [places[0], places[places.length - 1]];
  const room = (APART * arms) / 2 + 8;
  const unit = (high - low || 1) / (pixels - 2 * room);
  const axis: Partial<LayoutAxis> = {
    ...AXIS,
    range: [low - room * unit, high + room * unit],
    tickvals: places,
    ticktext: places.map(formatTick),
    showgrid: false,
  };
  return { axis, beside: (x: number, arm: number) => x + (arm - (arms - 1) / 2) * APART * unit };
}

function valueAxis({ unit, arms, reference }: NoisePanel): Partial<LayoutAxis> {
  const ends = arms.flatMap(({ points }) =>
    points.flatMap(({ values }) =>
      values.length > 0 ? [mean(values) - halfWidth(values), mean(values) + halfWidth(values)] : [],
    ),
  );
  if (reference !== undefined) ends.push(reference);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = 0.05 * (high - low || Math.abs(high) || 1);
  const range = [low - room, high + room];
  const tickvals = fittingTicks(range[0], range[1], 3 * HEIGHT);
  return {
    ...AXIS,
    range,
    tickvals,
    ticktext: tickvals.map(formatTick),
    title: { text: unit, font: { size: 12 } },
  };
}

function halfWidth(values: readonly number[]): number {
  return values.length < 2 ? 0 : studentInterval(values).high - mean(values);
}

function tracesOf(
  { arms, reference }: NoisePanel,
  panel: number,
  names: readonly string[],
  { axis, beside }: ReturnType<typeof levelAxis>,
): Data[] {
  const { xaxis, yaxis } = axesOf(panel);
  const range = axis.range as number[];
  const across: Data = {
    type: 'scatter',
    mode: 'lines',
    x: range,
    y: [reference!, reference!],
    line: { color: MUTED, width: 1.2, dash: 'dash' },
    hoverinfo: 'skip',
    showlegend: false,
    xaxis,
    yaxis,
  };
  const lines = arms.map(({ name, points }): Data => {
    const arm = names.indexOf(name);
    const color = PALETTE[arm % PALETTE.length];
    const later = arm >= PALETTE.length;
    const filled = points.filter(({ values }) => values.length > 0).sort((a, b) => a.x - b.x);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      legendgroup: name,
      showlegend: panel === 0 || undefined,
      xaxis,
      yaxis,
      x: filled.map(({ x }) => beside(x, arm)),
      y: filled.map(({ values }) => mean(values)),
      line: { color, width: 2, dash: later ? 'dot' : 'solid' },
      marker: { color, size: 8, symbol: later ? 'diamond' : 'circle', line: { color: '#ffffff', width: 1 } },
      error_y: {
        type: 'data',
        array: filled.map(({ values }) => halfWidth(values)),
        color,
        thickness: 1.6,
        width: 0,
      },
      text: filled.map(
        ({ x, values }) => `at ${formatTick(x)}: ${values.map((value) => value.toPrecision(4)).join(', ')}`,
      ),
      hovertemplate: '%{y:.4g}<br>%{text}',
    };
  });
  return reference === undefined ? lines : [across, ...lines];
}
