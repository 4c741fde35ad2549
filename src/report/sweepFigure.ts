import type { Data, LayoutAxis, PlotData } from 'plotly.js';
import { mean } from '../evaluation/statistics';
import {
  AXIS,
  brokenTitle,
  type Figure,
  INK,
  layoutOf,
  legendPlaces,
  MUTED,
  PALETTE,
  WIDTH,
} from './figureLayout';
import { formatTick, roundTicks } from './svgAxes';
import { textWidth } from './textWidth';

/** A place on a fitted curve, or a value said before it was measured; `low` and `high` are the interval's ends. */
export interface FittedPoint {
  x: number;
  y: number;
  low?: number;
  high?: number;
}

/** One arm measured along the sweep. */
export interface SweepSeries {
  name: string;
  /** What was measured: at each x, a value per seed. */
  points: readonly { x: number; values: readonly number[] }[];
  /** A curve fitted to the points, with a band where its places have intervals. */
  fit?: readonly FittedPoint[];
  /** What the fit says about places that were not trained. */
  predictions?: readonly FittedPoint[];
}

type Axis = 'x' | 'y';

/**
 * A sweep over a number (share of data, loss weight, heads): small dots are seeds, large ones their means, joined by a
 * line. A series with a fitted curve has the curve, and its band, in the line's place. Predictions are open diamonds with
 * their intervals as whiskers.
 *
 * @param input.x title of the horizontal axis
 * @param input.y title of the vertical axis
 * @param input.logX a logarithmic horizontal axis with a tick at each x that was measured; default linear
 * @throws when a number is not finite, or not above zero on a logarithmic axis
 */
export function sweepFigure(input: {
  id: string;
  title: string;
  x: string;
  y: string;
  series: readonly SweepSeries[];
  logX?: boolean;
}): Figure {
  const { series, logX = false } = input;
  for (const one of series) check(one, logX);
  const plot = WIDTH - 64 - 24;
  const x = axisOf(series, 'x', logX, plot);
  const beside = besides(x, plot);
  const data = [
    ...series.flatMap((one, i) => tracesOf(one, PALETTE[i % PALETTE.length], beside)),
    ...keys(series),
  ];
  const names = (data as { name?: string; showlegend?: boolean }[]).filter(({ showlegend }) => showlegend);
  const places = legendPlaces(
    names.map(({ name = '' }) => name),
    plot,
  );
  const { text, lines } = brokenTitle(input.title);
  const top = 34 + 21 * lines + 19 * (1 + Math.max(...places.map(({ row }) => row)));
  const layout = layoutOf(text, input.x, input.y, {
    height: 320 + top,
    margin: { l: 64, r: 24, t: top, b: 56 },
    showlegend: true,
    xaxis: {
      ...axisOf(series, 'x', logX, plot),
      showgrid: false,
      title: { text: input.x, font: { size: 12 } },
    },
    yaxis: { ...axisOf(series, 'y', false, 264), title: { text: input.y, font: { size: 12 } } },
  });
  return { id: input.id, data, layout };
}

function check({ name, points, fit = [], predictions = [] }: SweepSeries, logX: boolean): void {
  for (const x of [...points, ...fit, ...predictions].map((point) => point.x)) {
    if (!Number.isFinite(x) || (logX && x <= 0)) {
      const wanted = logX ? 'x above zero, as a logarithmic axis needs' : 'finite x';
      throw new Error(`Expected ${wanted}, in "${name}", got ${x}.`);
    }
  }
  const odd = numbersOf({ name, points, fit, predictions }, 'y').find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw new Error(`Expected finite numbers in "${name}", got ${odd}.`);
}

/** The place on the axis some pixels to the right of another: seeds stand beside their mean, not under it. */
function besides({ range, type }: Partial<LayoutAxis>, plot: number): (x: number) => number {
  const step = (8 / plot) * ((range as number[])[1] - (range as number[])[0]);
  return (x) => (type === 'log' ? x * 10 ** step : x + step);
}

function tracesOf(
  { name, points, fit = [], predictions = [] }: SweepSeries,
  color: string,
  beside: (x: number) => number,
): Data[] {
  const measured = points.filter(({ values }) => values.length > 0).sort((a, b) => a.x - b.x);
  const white = { color: '#ffffff', width: 1.5 };
  const seeds: Partial<PlotData> = {
    ...scatter(
      measured.flatMap(({ x, values }) => values.map((y) => ({ x: beside(x), y }))),
      name,
    ),
    mode: 'markers',
    marker: { color, size: 5, opacity: 0.5 },
    hovertemplate: '%{y:.4g}<extra>one seed</extra>',
  };
  const means: Partial<PlotData> = {
    ...scatter(
      measured.map(({ x, values }) => ({ x, y: mean(values) })),
      name,
    ),
    mode: fit.length > 0 ? 'markers' : 'lines+markers',
    showlegend: true,
    line: { color, width: 2 },
    marker: { color, size: 10, line: white },
  };
  const foretold: Partial<PlotData> = {
    ...scatter(predictions, name),
    mode: 'markers',
    marker: { color, size: 10, symbol: 'diamond-open', line: { color, width: 2 } },
    error_y: { ...whiskers(predictions), color, thickness: 2, width: 0 },
    hovertemplate: '%{x}: %{y:.4g}<extra>prediction</extra>',
  };
  return [
    ...bandOf(fit, color),
    ...(fit.length > 0 ? [{ ...scatter(fit, name), mode: 'lines', line: { color, width: 2 } } as Data] : []),
    seeds,
    means,
    ...(predictions.length > 0 ? [foretold] : []),
  ];
}

function scatter(points: readonly { x: number; y: number }[], name: string): Partial<PlotData> {
  return {
    type: 'scatter',
    name,
    legendgroup: name,
    showlegend: false,
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => y),
  };
}

function bandOf(fit: readonly FittedPoint[], color: string): Data[] {
  const inside = fit.filter(({ low, high }) => low !== undefined && high !== undefined);
  if (inside.length < 2) return [];
  const back = [...inside].reverse();
  return [
    {
      type: 'scatter',
      mode: 'lines',
      x: [...inside, ...back].map(({ x }) => x),
      y: [...inside.map(({ high }) => high!), ...back.map(({ low }) => low!)],
      fill: 'toself',
      fillcolor: color,
      opacity: 0.15,
      line: { color, width: 0 },
      hoverinfo: 'skip',
      showlegend: false,
    },
  ];
}

function whiskers(points: readonly FittedPoint[]) {
  return {
    type: 'data' as const,
    symmetric: false,
    array: points.map(({ y, high = y }) => high - y),
    arrayminus: points.map(({ y, low = y }) => y - low),
  };
}

/** What the kinds of marks mean, said once for all series: traces that stand in the legend only. */
function keys(series: readonly SweepSeries[]): Data[] {
  const key = (name: string, look: Partial<Data>): Data =>
    ({ type: 'scatter', name, showlegend: true, x: [null], y: [null], hoverinfo: 'skip', ...look }) as Data;
  const fits = series.flatMap(({ fit = [] }) => fit);
  const diamonds = { color: INK, size: 10, symbol: 'diamond-open', line: { color: INK, width: 2 } };
  return [
    key('one seed', { mode: 'markers', marker: { color: MUTED, size: 5, opacity: 0.6 } }),
    ...(fits.length > 0 ? [key('fitted curve', { mode: 'lines', line: { color: INK, width: 2 } })] : []),
    ...(series.some(({ predictions = [] }) => predictions.length > 0)
      ? [key('prediction', { mode: 'markers', marker: diamonds })]
      : []),
  ];
}

function axisOf(
  series: readonly SweepSeries[],
  axis: Axis,
  log: boolean,
  pixels: number,
): Partial<LayoutAxis> {
  const numbers = series
    .flatMap((one) => numbersOf(one, axis))
    .map((value) => (log ? Math.log10(value) : value));
  const [low, high] = numbers.length > 0 ? [Math.min(...numbers), Math.max(...numbers)] : [0, 1];
  const room = (axis === 'x' ? 0.04 : 0.06) * (high - low || 1);
  const range = [low - room, high + room];
  const measured = axis === 'x' ? ticksAt(series, log, pixels / (range[1] - range[0])) : undefined;
  const tickvals = measured ?? roundTicks(range[0], range[1]);
  return {
    ...AXIS,
    ...(log && { type: 'log' }),
    range,
    tickvals,
    ticktext: tickvals.map(formatTick),
  };
}

/** Ticks at the places measured or foretold; on a linear axis none where some of their labels would touch. */
function ticksAt(series: readonly SweepSeries[], log: boolean, pixelsPerUnit: number): number[] | undefined {
  const all = series.flatMap(({ points, predictions = [] }) => [...points, ...predictions].map(({ x }) => x));
  const places = [...new Set(all)].sort((a, b) => a - b);
  const kept: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    const at = (log ? Math.log10(place) : place) * pixelsPerUnit;
    const half = textWidth(formatTick(place)) / 2;
    if (at - half < end + 6) continue;
    kept.push(place);
    end = at + half;
  }
  return log || kept.length === places.length ? kept : undefined;
}

function numbersOf({ points, fit = [], predictions = [] }: SweepSeries, axis: Axis): number[] {
  const fitted = [...fit, ...predictions];
  if (axis === 'x') return [...points, ...fitted].map(({ x }) => x);
  return [
    ...points.flatMap(({ values }) => values),
    ...fitted.flatMap(({ y, low = y, high = y }) => [y, low, high]),
  ];
}
