import type { Data, LayoutAxis } from 'plotly.js';
import { AXIS, type Figure, MUTED, PALETTE } from './figureLayout';
import { axesOf, linesOver, panelGrid } from './panels';
import { formatTick } from './svgAxes';

/** A cost against a size. */
export interface ScalingPanel {
  /** What grows, e.g. `pairs in a batch`. */
  title: string;
  /** What it costs, e.g. `milliseconds`. */
  unit: string;
  /** The power of the size that the cost should grow with: 1 where twice the size costs twice as much. */
  slope: number;
  /** In the order of sizes; both above zero. */
  points: readonly { size: number; cost: number }[];
}

const NAMES = { measured: 'measured', expected: 'expected slope, through the largest' };

/**
 * How costs grow with sizes, both axes logarithmic, a panel each: what was measured, and a dashed line of the expected slope
 * through the largest size, where what does not grow weighs least.
 *
 * @param input.columns panels beside each other
 * @throws when a panel has fewer than two points, or a number that is not above zero
 */
export function scalingFigure(input: {
  id: string;
  title: string;
  panels: readonly ScalingPanel[];
  columns: number;
}): Figure {
  const { id, title, panels, columns } = input;
  for (const panel of panels) check(panel);
  const grid = panelGrid({
    title,
    names: Object.values(NAMES),
    columns,
    rows: Math.ceil(panels.length / columns),
    height: 150,
    heading: 34,
    gap: { across: 44, down: 34 },
    margin: { l: 52, r: 16, b: 34 },
  });
  const axes: Record<string, Partial<LayoutAxis>> = {};
  panels.forEach((panel, i) => {
    const { xaxis, yaxis, xKey, yKey } = axesOf(i);
    const { across, down } = grid.placeOf(i);
    const sizes = panel.points.map(({ size }) => size);
    const costs = [...panel.points.map(({ cost }) => cost), ...expected(panel)];
    axes[xKey] = { ...logAxisOf(sizes, everySecond(sizes)), domain: across, anchor: yaxis, showgrid: false };
    axes[yKey] = { ...logAxisOf(costs, roundCosts(costs)), domain: down, anchor: xaxis };
  });
  const annotations = panels.flatMap((panel, i) => {
    const { across, down } = grid.placeOf(i);
    return [
      linesOver([panel.title], across[0], down[1], { bold: true, over: 20 }),
      linesOver([panel.unit], across[0], down[1], { size: 11, color: MUTED }),
    ];
  });
  const layout = grid.layout({ showlegend: true, annotations });
  return { id, data: panels.flatMap(tracesOf), layout: { ...layout, ...axes } };
}

/** The cost at each size if it grew as expected, and ended where it does. */
export function expected({ points, slope }: Pick<ScalingPanel, 'points' | 'slope'>): number[] {
  const last = points[points.length - 1];
  return points.map(({ size }) => last.cost * (size / last.size) ** slope);
}

function tracesOf(panel: ScalingPanel, i: number): Data[] {
  const { xaxis, yaxis } = axesOf(i);
  const common = {
    type: 'scatter' as const,
    xaxis,
    yaxis,
    showlegend: i === 0,
    x: panel.points.map(({ size }) => size),
  };
  return [
    {
      ...common,
      name: NAMES.expected,
      mode: 'lines',
      y: expected(panel),
      line: { color: MUTED, width: 1.5, dash: 'dash' },
    },
    {
      ...common,
      name: NAMES.measured,
      mode: 'lines+markers',
      y: panel.points.map(({ cost }) => cost),
      line: { color: PALETTE[0], width: 2 },
      marker: { color: PALETTE[0], size: 7 },
    },
  ];
}

function logAxisOf(values: readonly number[], tickvals: number[]): Partial<LayoutAxis> {
  const logs = values.map(Math.log10);
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const room = 0.06 * (high - low || 1);
  return {
    ...AXIS,
    type: 'log',
    range: [low - room, high + room],
    tickvals,
    ticktext: tickvals.map(formatTick),
  };
}

/** The largest size and every second one before it: labels of all would touch. */
function everySecond(sizes: readonly number[]): number[] {
  return sizes.filter((_, i) => (sizes.length - 1 - i) % 2 === 0);
}

/** 1, 2 and 5 of every power of ten within the costs, or the powers alone where there are many. */
function roundCosts(costs: readonly number[]): number[] {
  const [low, high] = [Math.min(...costs), Math.max(...costs)];
  const powers = Array.from({ length: 16 }, (_, i) => 10 ** (i - 6));
  const steps = high / low > 100 ? [1] : [1, 2, 5];
  const ticks = powers.flatMap((power) => steps.map((step) => Number((step * power).toPrecision(3))));
  return ticks.filter((tick) => tick >= 0.9 * low && tick <= 1.1 * high);
}

function check({ title, points }: ScalingPanel): void {
  if (points.length < 2) throw new Error(`Expected at least two sizes of "${title}", got ${points.length}.`);
  const odd = points.flatMap(({ size, cost }) => [size, cost]).find((value) => !(value > 0));
  if (odd !== undefined) throw new Error(`Expected numbers above zero in "${title}", got ${odd}.`);
}
