import { type Axis, formatTick } from './svgAxes';
import type { Frame, Trace } from './svgMarks';

/** One rectangle for each value of `z`, `[rows][columns]`, the first row on top. */
export function drawHeatmap(trace: Trace, x: Axis, y: Axis): string {
  const [width, height] = [x.step ?? 0, y.step ?? 0];
  return (trace.z ?? [])
    .flatMap((row, r) =>
      row.map((value, c) => {
        const left = x.place(trace.x[c]!) - width / 2;
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
export function colourOf(
  { zmin = 0, zmax = 1, colorscale = [] }: Pick<Trace, 'zmin' | 'zmax' | 'colorscale'>,
  value: number,
): string {
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
