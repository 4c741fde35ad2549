import type { Axis } from './svgAxes';
import type { Trace } from './svgMarks';

const DASHES: Record<string, string> = { dash: '6 4', dot: '2 3' };

/** Filled areas, lines, intervals and points of scatter traces, in the traces' order, areas under everything else. */
export function drawScatter(traces: Trace[], x: Axis, y: Axis): string {
  const scatter = traces.filter(({ type }) => type === 'scatter');
  return [
    ...scatter.map((trace) => area(trace, x, y)),
    ...scatter.map((trace) => line(trace, x, y) + intervals(trace, x, y) + points(trace, x, y)),
  ]
    .filter(Boolean)
    .join('\n');
}

/** A marker of the trace's look; also for its entry in the legend. */
export function markerAt({ marker = {}, opacity = 1 }: Trace, x: number, y: number): string {
  const { symbol = 'circle', size = 6, color, line: edge } = marker;
  const open = symbol.endsWith('-open');
  const width = open ? Math.max(1.5, edge?.width ?? 0) : (edge?.width ?? 0);
  const stroke = width > 0 ? ` stroke="${open ? color : edge?.color}" stroke-width="${width}"` : '';
  const shade = opacity * (marker.opacity ?? 1);
  const style = `fill="${open ? '#ffffff' : color}"${stroke}${shade < 1 ? ` opacity="${shade}"` : ''}`;
  const r = size / 2;
  if (symbol.startsWith('circle')) {
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${r}" ${style}/>`;
  }
  const d = 1.3 * r;
  return `<path d="M${x.toFixed(1)} ${(y - d).toFixed(1)}l${d} ${d}l${-d} ${d}l${-d} ${-d}Z" ${style}/>`;
}

/** The attributes of a trace's stroke. */
export function strokeOf({ line: { color, width = 2, dash = 'solid' } = {} }: Trace): string {
  const dashes = DASHES[dash] ? ` stroke-dasharray="${DASHES[dash]}"` : '';
  return `stroke="${color}" stroke-width="${width}"${dashes}`;
}

function area(trace: Trace, x: Axis, y: Axis): string {
  if (trace.fill !== 'toself') return '';
  return `<path d="${pathOf(trace, x, y)}Z" fill="${trace.fillcolor}" fill-opacity="${trace.opacity ?? 1}"/>`;
}

/** Lines, broken where a value is not a finite number. */
function line(trace: Trace, x: Axis, y: Axis): string {
  const path = (trace.mode ?? 'lines').includes('lines') && !trace.fill ? pathOf(trace, x, y) : '';
  return path && `<path d="${path}" fill="none" ${strokeOf(trace)}/>`;
}

function pathOf(trace: Trace, x: Axis, y: Axis): string {
  let pen = 'M';
  return trace.y
    .map((value, i) => {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        pen = 'M';
        return '';
      }
      const point = `${pen}${x.place(trace.x[i]!).toFixed(1)} ${y.place(value).toFixed(1)}`;
      pen = 'L';
      return point;
    })
    .join('');
}

function points(trace: Trace, x: Axis, y: Axis): string {
  if (!trace.mode?.includes('markers')) return '';
  return trace.y
    .map((value, i) => (finite(value) ? markerAt(trace, x.place(trace.x[i]!), y.place(value)) : ''))
    .join('');
}

function intervals(trace: Trace, x: Axis, y: Axis): string {
  const path = trace.y.map((value, i) => {
    const at = trace.x[i];
    if (!finite(value) || !finite(at)) return '';
    const [left, right] = ends(trace.error_x, i, at).map((end) => x.place(end).toFixed(1));
    const [low, high] = ends(trace.error_y, i, value).map((end) => y.place(end).toFixed(1));
    const across = left === right ? '' : `M${left} ${y.place(value).toFixed(1)}H${right}`;
    return across + (low === high ? '' : `M${x.place(at).toFixed(1)} ${low}V${high}`);
  });
  const { color, thickness = 2 } = trace.error_x ?? trace.error_y ?? {};
  return (
    path.join('') && `<path d="${path.join('')}" stroke="${color}" stroke-width="${thickness}" fill="none"/>`
  );
}

function ends(intervals: Trace['error_x'], i: number, value: number): [number, number] {
  const up = intervals?.array?.[i] ?? 0;
  return [value - (intervals?.arrayminus?.[i] ?? up), value + up];
}

function finite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
