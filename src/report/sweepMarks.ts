import type { Data, PlotData } from 'plotly.js';
import { mean } from '../evaluation/statistics';
import { INK, MUTED } from './figureLayout';

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

/** Band, curve or line, seeds, means and predictions of one series; `beside` places seeds next to their mean. */
export function tracesOf(
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
export function keys(series: readonly SweepSeries[]): Data[] {
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
