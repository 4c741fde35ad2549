import { type Axis, formatTick } from './svgAxes';

/** The plotting area's edges in pixels. */
export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What `staticSvg` reads of a Plotly trace. */
export interface Trace {
  type: string;
  name?: string;
  x: (number | string)[];
  y: (number | string | null)[];
  z?: number[][];
  zmin?: number;
  zmax?: number;
  colorscale?: [number, string][];
  width?: number;
  opacity?: number;
  marker?: { color?: string };
  line?: { color?: string };
  error_y?: { array?: number[] };
}

/** Lines, broken where a value is not a finite number. */
export function drawLines(traces: Trace[], x: Axis, y: Axis): string {
  const lines = traces.filter(({ type }) => type === 'scatter');
  return lines
    .map((trace) => {
      let pen = 'M';
      const path = trace.y.map((value, i) => {
        if (typeof value !== 'number' || !Number.isFinite(value)) {
          pen = 'M';
          return '';
        }
        const point = `${pen}${x.place(trace.x[i]).toFixed(1)} ${y.place(value).toFixed(1)}`;
        pen = 'L';
        return point;
      });
      return `<path d="${path.join('')}" fill="none" stroke="${trace.line?.color}" stroke-width="2"/>`;
    })
    .join('\n');
}

/** Bars from zero with error bars: beside each other in a category, or laid over each other. */
export function drawBars(traces: Trace[], x: Axis, y: Axis, overlay: boolean): string {
  const bars = traces.filter(({ type }) => type === 'bar');
  const slots = overlay ? 1 : bars.length;
  return bars
    .flatMap((trace, series) => {
      const full = x.step ? 0.75 * x.step : Math.abs(x.place(trace.width ?? 1) - x.place(0));
      const width = full / slots;
      const shift = overlay ? -width / 2 : -full / 2 + series * width;
      return trace.y.map((value, i) => {
        if (typeof value !== 'number') return '';
        const left = x.place(trace.x[i]) + shift;
        const box = bar(left, y.place(0), width, y.place(value));
        const style = `fill="${trace.marker?.color}"${trace.opacity ? ` fill-opacity="${trace.opacity}"` : ''}`;
        return `<path d="${box}" ${style}/>${errorBar(trace.error_y?.array?.[i], value, left + width / 2, y)}`;
      });
    })
    .filter(Boolean)
    .join('\n');
}

function bar(left: number, zero: number, width: number, top: number): string {
  return `M${left.toFixed(1)} ${zero.toFixed(1)}V${top.toFixed(1)}h${width.toFixed(1)}V${zero.toFixed(1)}Z`;
}

function errorBar(interval: number | undefined, value: number, centre: number, y: Axis): string {
  if (!interval) return '';
  const [low, high] = [y.place(value - interval), y.place(value + interval)];
  const caps = [low, high].map((at) => `M${(centre - 3).toFixed(1)} ${at.toFixed(1)}h6`).join('');
  return `<path d="M${centre.toFixed(1)} ${low.toFixed(1)}V${high.toFixed(1)}${caps}" stroke="#344054" fill="none"/>`;
}

/** One rectangle for each value of `z`, `[rows][columns]`, the first row on top. */
export function drawHeatmap(trace: Trace, x: Axis, y: Axis): string {
  const [width, height] = [x.step ?? 0, y.step ?? 0];
  return (trace.z ?? [])
    .flatMap((row, r) =>
      row.map((value, c) => {
        const left = x.place(trace.x[c]) - width / 2;
        const top = y.place(String(trace.y[r])) - height / 2;
        const size = `width="${(width + 0.3).toFixed(1)}" height="${(height + 0.3).toFixed(1)}"`;
        return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" ${size} fill="${colourOf(trace, value)}"/>`;
      }),
    )
    .join('');
}

/** The scale beside a heat map. */
export function drawColourBar(trace: Trace, { right, top, bottom }: Frame): string {
  const { zmin = 0, zmax = 1 } = trace;
  const steps = 40;
  const height = (bottom - top) / steps;
  const parts = Array.from({ length: steps }, (_, i) => {
    const colour = colourOf(trace, zmin + ((i + 0.5) / steps) * (zmax - zmin));
    const y = (bottom - (i + 1) * height).toFixed(1);
    return `<rect x="${right + 16}" y="${y}" width="14" height="${(height + 0.3).toFixed(1)}" fill="${colour}"/>`;
  });
  const label = (value: number, y: number) =>
    `<text x="${right + 36}" y="${y}">${formatTick(Number(value.toPrecision(2)))}</text>`;
  return [
    ...parts,
    label(zmin, bottom),
    label((zmin + zmax) / 2, (top + bottom) / 2 + 4),
    label(zmax, top + 10),
  ].join('');
}

/** The colour of a value, mixed linearly between the scale's stops; values beyond the ends take the ends' colours. */
function colourOf({ zmin = 0, zmax = 1, colorscale = [] }: Trace, value: number): string {
  const share = Math.min(1, Math.max(0, (value - zmin) / (zmax - zmin || 1)));
  const upper = Math.max(
    1,
    colorscale.findIndex(([stop]) => stop >= share),
  );
  const [[from, before], [to, after]] = [colorscale[upper - 1], colorscale[upper]];
  const mix = (share - from) / (to - from);
  const channel = (colour: string, i: number) => Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) =>
    Math.round(channel(before, i) + mix * (channel(after, i) - channel(before, i))),
  );
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
