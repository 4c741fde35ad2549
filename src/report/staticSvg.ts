import he from 'he';
import type { Figure } from './figures';
import { type Axis, categoryAxis, linearAxis } from './svgAxes';
import { drawBars, drawColourBar, drawHeatmap, drawLines, type Frame, type Trace } from './svgMarks';

/** The usual width of a letter in pixels. */
const LETTER = 6.5;

/**
 * Draws a figure as an SVG picture without a browser: for committed results, for GitHub, which runs no scripts, and for
 * readers without JavaScript. It knows what `figures.ts` makes (lines, bars with error bars, heat maps) and reads the
 * same data and layout as Plotly.
 *
 * @throws when the figure holds a kind of trace it does not know.
 */
export function staticSvg(figure: Figure): string {
  const { layout } = figure;
  const traces = figure.data as Trace[];
  const odd = traces.find(({ type }) => !['scatter', 'bar', 'heatmap'].includes(type));
  if (odd)
    throw new Error(
      `Expected traces of type scatter, bar or heatmap, got "${odd.type}": draw it in a browser.`,
    );

  const { width = 760, height = 400 } = layout;
  const { l = 64, r = 24, t = 76, b = 56 } = layout.margin ?? {};
  const heat = traces[0]?.type === 'heatmap';
  const frame: Frame = { left: l, top: t, right: width - r, bottom: height - b };
  const room = roomForLabels(traces, frame);
  frame.left = Math.max(l, room);
  frame.bottom = height - Math.max(b, room);
  const x = xAxis(traces, frame);
  const y = yAxis(traces, frame, layout.yaxis?.rangemode === 'tozero');
  const title = textOf(layout.title);
  const body = [
    `<text x="${0.01 * width + 4}" y="26" font-size="16">${he.escape(title)}</text>`,
    heat ? '' : gridLines(y, frame),
    ...(heat ? [drawHeatmap(traces[0], x, y), drawColourBar(traces[0], frame)] : []),
    drawBars(traces, x, y, layout.barmode === 'overlay'),
    drawLines(traces, x, y),
    ticks(x, y, frame),
    axisTitles(textOf(layout.xaxis?.title), textOf(layout.yaxis?.title), frame, width, height),
    heat ? '' : legend(traces, frame),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` role="img" aria-label="${he.escape(title)}" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans',`,
    ` sans-serif" font-size="12" fill="#344054"><rect width="100%" height="100%" fill="#ffffff"/>`,
    ...body.filter(Boolean),
    '</svg>',
  ].join('\n');
}

function xAxis(traces: Trace[], { left, right }: Frame): Axis {
  const values = traces.flatMap((trace) => trace.x);
  if (values.some((value) => typeof value === 'string')) return categoryAxis(values.map(String), left, right);
  const numbers = values as number[];
  const edge = Math.max(0, ...traces.map((trace) => (trace.type === 'bar' ? (trace.width ?? 0) / 2 : 0)));
  return linearAxis(Math.min(...numbers) - edge, Math.max(...numbers) + edge, left, right);
}

function yAxis(traces: Trace[], { top, bottom }: Frame, fromZero: boolean): Axis {
  if (traces[0]?.type === 'heatmap') return categoryAxis(traces[0].y.map(String), top, bottom);
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

function gridLines(y: Axis, { left, right }: Frame): string {
  const lines = y.ticks.map(({ at }) => `M${left} ${at.toFixed(1)}H${right}`).join('');
  return `<path d="${lines}" stroke="#e4e7ec" fill="none"/>`;
}

function ticks(x: Axis, y: Axis, { left, bottom }: Frame): string {
  const slanted = isSlanted(x);
  const below = x.ticks.map(({ at, label }) => {
    const place = `${at.toFixed(1)} ${bottom + (slanted ? 12 : 18)}`;
    const turn = slanted ? ' rotate(-35)" text-anchor="end"' : '" text-anchor="middle"';
    return `<text transform="translate(${place})${turn}>${he.escape(label)}</text>`;
  });
  const beside = y.ticks.map(
    ({ at, label }) =>
      `<text x="${left - 8}" y="${(at + 4).toFixed(1)}" text-anchor="end">${he.escape(label)}</text>`,
  );
  return [...below, ...beside].join('\n');
}

/** Labels that do not fit their category are slanted. */
function isSlanted(x: Axis): boolean {
  return x.step !== undefined && LETTER * longestLabel(x) > x.step;
}

function longestLabel(x: Axis): number {
  return Math.max(...x.ticks.map(({ label }) => label.length));
}

/** What slanted labels need below the plot, and the first of them beside it. */
function roomForLabels(traces: Trace[], frame: Frame): number {
  const x = xAxis(traces, frame);
  return isSlanted(x) ? 0.62 * LETTER * longestLabel(x) + 24 : 0;
}

function axisTitles(
  x: string,
  y: string,
  { left, right, top, bottom }: Frame,
  width: number,
  height: number,
): string {
  const centre = (left + right) / 2;
  const middle = (top + bottom) / 2;
  const below = x && `<text x="${centre}" y="${height - 8}" text-anchor="middle">${he.escape(x)}</text>`;
  const place = `translate(${Math.min(16, width)} ${middle}) rotate(-90)`;
  return below + (y && `<text transform="${place}" text-anchor="middle">${he.escape(y)}</text>`);
}

function legend(traces: Trace[], { left, top }: Frame): string {
  if (traces.length < 2) return '';
  let at = left;
  return traces
    .map(({ name = '', marker, line }) => {
      const entry =
        `<rect x="${at}" y="${top - 26}" width="12" height="12" rx="2" fill="${marker?.color ?? line?.color}"/>` +
        `<text x="${at + 18}" y="${top - 16}">${he.escape(name)}</text>`;
      at += 36 + LETTER * name.length;
      return entry;
    })
    .join('\n');
}

function textOf(title: string | { text?: string } | undefined): string {
  return typeof title === 'string' ? title : (title?.text ?? '');
}
