import type { LayoutAxis } from 'plotly.js';
import { AXIS, brokenTitle, type Figure, layoutOf, legendPlaces, PALETTE, WIDTH } from './figureLayout';
import { formatTick, roundTicks } from './svgAxes';
import { keys, type SweepSeries, tracesOf } from './sweepMarks';
import { textWidth } from './textWidth';

export type { FittedPoint, SweepSeries } from './sweepMarks';

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
    ticktext: tickvals.map(tickText),
  };
}

/** Three digits are enough to tell places apart. */
function tickText(value: number): string {
  return formatTick(Number(value.toPrecision(3)));
}

/** Ticks at the places measured or foretold; on a linear axis none where some of their labels would touch. */
function ticksAt(series: readonly SweepSeries[], log: boolean, pixelsPerUnit: number): number[] | undefined {
  const all = series.flatMap(({ points, predictions = [] }) => [...points, ...predictions].map(({ x }) => x));
  const places = [...new Set(all)].sort((a, b) => a - b);
  const kept: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    const at = (log ? Math.log10(place) : place) * pixelsPerUnit;
    const half = textWidth(tickText(place)) / 2;
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
