import type { Axis } from './svgAxes';

/** The plotting area's edges in pixels. */
export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Half widths of intervals; below the value `arrayminus` counts, where there is one. */
interface Intervals {
  array?: number[];
  arrayminus?: number[];
  color?: string;
  thickness?: number;
}

/** What `staticSvg` reads of a Plotly trace. */
export interface Trace {
  type: string;
  name?: string;
  x: (number | string | null)[];
  y: (number | string | null)[];
  z?: number[][];
  zmin?: number;
  zmax?: number;
  colorscale?: [number, string][];
  showscale?: boolean;
  colorbar?: { lenmode?: string; len?: number; tickvals?: number[]; ticktext?: string[] };
  width?: number;
  opacity?: number;
  mode?: string;
  fill?: string;
  fillcolor?: string;
  xaxis?: string;
  yaxis?: string;
  showlegend?: boolean;
  marker?: {
    color?: string;
    size?: number;
    symbol?: string;
    opacity?: number;
    line?: { color?: string; width?: number };
  };
  line?: { color?: string; width?: number; dash?: string };
  error_x?: Intervals;
  error_y?: Intervals;
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
        const left = x.place(trace.x[i]!) + shift;
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
