import he from 'he';
import { pngUri } from './pngUri';
import { type Axis, formatTick } from './svgAxes';
import type { Frame, Trace } from './svgMarks';

/** From this many cells on a heat map is one embedded picture: rectangles would weigh more. */
const MANY_CELLS = 600;

/** One rectangle for each value of `z`, `[rows][columns]`, the first row on top. */
export function drawHeatmap(trace: Trace, x: Axis, y: Axis, frame: Frame): string {
  const { z = [] } = trace;
  if (z.length * (z[0]?.length ?? 0) >= MANY_CELLS) return embedded(trace, z, frame);
  const [width, height] = [x.step ?? 0, y.step ?? 0];
  const cells = z
    .flatMap((row, r) =>
      row.map((value, c) => {
        const left = x.place(trace.x[c]!) - width / 2;
        const top = y.place(String(trace.y[r])) - height / 2;
        const size = `width="${(width + 0.3).toFixed(1)}" height="${(height + 0.3).toFixed(1)}"`;
        return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" ${size} fill="${colourOf(trace, value)}"/>`;
      }),
    )
    .join('');
  return `<g shape-rendering="crispEdges">${cells}</g>`;
}

/** Every cell as a block of whole pixels, two for each on the page, so that nothing is blurred. */
function embedded(trace: Trace, z: number[][], { left, right, top, bottom }: Frame): string {
  const block = Math.max(1, Math.ceil((2 * (right - left)) / z[0].length));
  const [width, height] = [block * z[0].length, block * z.length];
  const pixels = new Uint8Array(3 * width * height);
  z.forEach((row, r) => {
    const line = new Uint8Array(3 * width);
    row.forEach((value, c) => {
      const colour = channelsOf(colourOf(trace, value));
      for (let i = 0; i < block; i++) line.set(colour, 3 * (c * block + i));
    });
    for (let i = 0; i < block; i++) pixels.set(line, 3 * width * (r * block + i));
  });
  const place = `x="${left.toFixed(1)}" y="${top.toFixed(1)}"`;
  const size = `width="${(right - left).toFixed(1)}" height="${(bottom - top).toFixed(1)}"`;
  return `<image ${place} ${size} preserveAspectRatio="none" href="${pngUri(pixels, width, height)}"/>`;
}

/** The scale at the right of heat maps, as long as the trace's colour bar says, or else as the plot. */
export function drawColourBar(trace: Trace, { right, top, bottom: end }: Frame): string {
  const { zmin = 0, zmax = 1, colorbar: { lenmode, len = 1, tickvals, ticktext } = {} } = trace;
  const bottom = lenmode === 'pixels' ? Math.min(end, top + len) : end;
  const steps = 40;
  const height = (bottom - top) / steps;
  const parts = Array.from({ length: steps }, (_, i) => {
    const colour = colourOf(trace, zmin + ((i + 0.5) / steps) * (zmax - zmin));
    const y = (bottom - (i + 1) * height).toFixed(1);
    return `<rect x="${right + 16}" y="${y}" width="14" height="${(height + 0.3).toFixed(1)}" fill="${colour}"/>`;
  });
  const middle = (zmin + zmax) / 2;
  const label = (value: number, y: number) => {
    const given = ticktext?.[tickvals?.indexOf(value) ?? -1];
    const text = given ?? formatTick(Number(value.toPrecision(2)));
    return `<text x="${right + 36}" y="${y}">${he.escape(text)}</text>`;
  };
  return [...parts, label(zmin, bottom), label(middle, (top + bottom) / 2 + 4), label(zmax, top + 10)].join(
    '',
  );
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
  const [start, end] = [channelsOf(before), channelsOf(after)];
  const mixed = start.map((part, i) => Math.round(part + mix * (end[i] - part)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** `#rrggbb` as three bytes. */
function channelsOf(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
