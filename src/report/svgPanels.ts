import type { LayoutAxis } from 'plotly.js';
import type { Figure } from './figureLayout';
import { type Axis, categoryAxis, linearAxis, logAxis } from './svgAxes';
import type { Frame, Trace } from './svgMarks';

/** One pair of axes and what is drawn on it. */
export interface Panel {
  /** The names of its axes. */
  names: [AxisName, AxisName];
  frame: Frame;
  x: Axis;
  y: Axis;
  traces: Trace[];
  layoutX: Partial<LayoutAxis>;
  layoutY: Partial<LayoutAxis>;
}

/** Names of a trace's axes: `x` and `y`, or `x2`, `y3`, … */
type AxisName = string;

/** The layout's axis of that name: `x2` is described under `xaxis2`. */
export function layoutAxis({ layout }: Figure, name: AxisName): Partial<LayoutAxis> {
  const key = `${name[0]}axis${name.slice(1)}` as 'xaxis';
  return layout[key] ?? {};
}

/** The area that `paper` coordinates refer to: everything inside the margins. */
export function paperOf(figure: Figure): Frame {
  const { width = 760, height = 400, margin = {} } = figure.layout;
  const { l = 64, r = 24, t = 76, b = 56 } = margin;
  const paper = { left: l, top: t, right: width - r, bottom: height - b };
  const room = Math.max(0, ...axisPairs(figure).map(([x, y]) => roomForLabels(panelOf(figure, paper, x, y))));
  return { ...paper, left: Math.max(l, room), bottom: height - Math.max(b, room) };
}

/** The figure's panels, in the order of their first traces. */
export function panelsOf(figure: Figure, paper: Frame): Panel[] {
  return axisPairs(figure).map(([x, y]) => panelOf(figure, paper, x, y));
}

function axisPairs({ data }: Figure): [AxisName, AxisName][] {
  const names = (data as Trace[]).map(({ xaxis = 'x', yaxis = 'y' }) => `${xaxis} ${yaxis}`);
  return [...new Set(names)].map((pair) => pair.split(' ') as [AxisName, AxisName]);
}

function panelOf(figure: Figure, paper: Frame, xName: AxisName, yName: AxisName): Panel {
  const traces = (figure.data as Trace[]).filter(
    ({ xaxis = 'x', yaxis = 'y' }) => xaxis === xName && yaxis === yName,
  );
  const [layoutX, layoutY] = [layoutAxis(figure, xName), layoutAxis(figure, yName)];
  const [left, right] = within(layoutX.domain, paper.left, paper.right);
  const [bottom, top] = within(layoutY.domain, paper.bottom, paper.top);
  const frame = { left, right, bottom, top };
  const [x, y] = [xAxis(traces, frame, layoutX), yAxis(traces, frame, layoutY)];
  return { names: [xName, yName], frame, traces, layoutX, layoutY, x, y };
}

function within(domain: number[] = [0, 1], start: number, end: number): [number, number] {
  return [start + domain[0] * (end - start), start + domain[1] * (end - start)];
}

function xAxis(traces: Trace[], { left, right }: Frame, layout: Partial<LayoutAxis>): Axis {
  if (layout.range) return givenAxis(layout, left, right);
  const values = traces.flatMap((trace) => trace.x.filter((value) => value !== null));
  if (values.some((value) => typeof value === 'string')) return categoryAxis(values.map(String), left, right);
  const numbers = values as number[];
  const edge = Math.max(0, ...traces.map((trace) => (trace.type === 'bar' ? (trace.width ?? 0) / 2 : 0)));
  return linearAxis(Math.min(...numbers) - edge, Math.max(...numbers) + edge, left, right);
}

function yAxis(traces: Trace[], { top, bottom }: Frame, layout: Partial<LayoutAxis>): Axis {
  if (layout.range) return givenAxis(layout, bottom, top);
  if (traces[0]?.type === 'heatmap') return categoryAxis(traces[0].y.map(String), top, bottom);
  const fromZero = layout.rangemode === 'tozero';
  const ends = traces.flatMap((trace) =>
    trace.y.flatMap((value, i) => {
      if (typeof value !== 'number' || !Number.isFinite(value)) return [];
      const interval = trace.error_y?.array?.[i] ?? 0;
      return [value - interval, value + interval];
    }),
  );
  const low = Math.min(...ends, ...(fromZero ? [0] : []));
  const high = Math.max(...ends, ...(fromZero ? [0] : []));
  const room = 0.04 * (high - low || 1);
  return linearAxis(fromZero && low === 0 ? 0 : low - room, high + room, bottom, top);
}

/** An axis whose layout says where it begins and ends; its ticks are the layout's where it has some. */
function givenAxis(
  { range, type, tickvals, ticktext }: Partial<LayoutAxis>,
  start: number,
  end: number,
): Axis {
  const [low, high] = range as [number, number];
  const wanted = Math.max(2, Math.min(6, Math.floor(Math.abs(end - start) / 48)));
  const axis =
    type === 'log' ? logAxis(10 ** low, 10 ** high, start, end) : linearAxis(low, high, start, end, wanted);
  if (!tickvals) return axis;
  const label = (i: number) => String(ticktext?.[i] ?? tickvals[i]);
  return { ...axis, ticks: tickvals.map((value, i) => ({ at: axis.place(Number(value)), label: label(i) })) };
}

/** Labels that do not fit their category are slanted. */
export function isSlanted({ x, layoutX }: Pick<Panel, 'x' | 'layoutX'>): boolean {
  return layoutX.showticklabels !== false && x.step !== undefined && LETTER * longestLabel(x) > x.step;
}

/** The usual width of a letter in pixels. */
const LETTER = 6.5;

function longestLabel(x: Axis): number {
  return Math.max(...x.ticks.map(({ label }) => label.length));
}

/** What slanted labels need below the plot, and the first of them beside it. */
function roomForLabels(panel: Panel): number {
  return isSlanted(panel) ? 0.62 * LETTER * longestLabel(panel.x) + 24 : 0;
}
