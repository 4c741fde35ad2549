import type { Random } from '../../../src/engine/random';

/** A point in the picture's own units: 64 wide, 64 high, y downwards. */
export type Point = [x: number, y: number];

/** Where a shape drawn in unit coordinates (base at 0,0, tip at 0,-1) goes: base, degrees clockwise, length. */
export interface Placement {
  x: number;
  y: number;
  angle: number;
  length: number;
}

const number = (value: number) => String(Math.round(value * 100) / 100);

/** Maps unit coordinates into the picture. */
export function place([x, y]: Point, { x: left, y: top, angle, length }: Placement): Point {
  const cosine = Math.cos((angle * Math.PI) / 180);
  const sine = Math.sin((angle * Math.PI) / 180);
  return [left + length * (x * cosine - y * sine), top + length * (x * sine + y * cosine)];
}

/** Maps many points. */
export function placeAll(outline: readonly Point[], placement: Placement): Point[] {
  return outline.map((point) => place(point, placement));
}

/** Points from text: pairs `x,y` with spaces between. */
export function points(text: string): Point[] {
  return text.split(' ').map((pair) => pair.split(',').map(Number) as Point);
}

/** An SVG path through points with straight pieces; `closed` joins the ends. */
export function polyline(points: readonly Point[], closed = false): string {
  return `M${points.map(([x, y]) => `${number(x)} ${number(y)}`).join('L')}${closed ? 'Z' : ''}`;
}

/** A smooth closed path: the midpoints are joined by quadratic curves with the points as handles. */
export function smooth(points: readonly Point[]): string {
  const middle = (i: number): string => {
    const [a, b] = [points[i % points.length], points[(i + 1) % points.length]];
    return `${number((a[0] + b[0]) / 2)} ${number((a[1] + b[1]) / 2)}`;
  };
  const pieces = points.map((_, i) => {
    const [x, y] = points[(i + 1) % points.length];
    return `Q${number(x)} ${number(y)} ${middle(i + 1)}`;
  });
  return `M${middle(0)}${pieces.join('')}Z`;
}

/** A filled path. */
export function fill(path: string, colour: string, extra = ''): string {
  return `<path d="${path}" fill="${colour}" ${extra}/>`;
}

/** The attributes of a thin contour, for `fill` and `ellipse`. */
export function contour(colour: string, width = 0.5): string {
  return `stroke="${colour}" stroke-width="${number(width)}"`;
}

/** A stroked path with round ends. */
export function stroke(path: string, colour: string, width: number, extra = ''): string {
  const pen = `${contour(colour, width)} stroke-linecap="round"`;
  return `<path d="${path}" fill="none" ${pen} ${extra}/>`;
}

/** An ellipse, turned by `angle` degrees. */
export function ellipse(
  centre: Point,
  rx: number,
  ry: number,
  colour: string,
  angle = 0,
  extra = '',
): string {
  const [x, y] = centre.map(number);
  const turn = angle === 0 ? '' : `transform="rotate(${number(angle)} ${x} ${y})"`;
  return `<ellipse cx="${x}" cy="${y}" rx="${number(rx)}" ry="${number(ry)}" fill="${colour}" ${turn} ${extra}/>`;
}

/** An irregular closed blob of about the given radius. */
export function blob(centre: Point, radius: number, random: Random, roughness = 0.25): string {
  const corners = 8;
  const points = Array.from({ length: corners }, (_, i): Point => {
    const angle = (2 * Math.PI * i) / corners;
    const reach = radius * (1 + roughness * (2 * random.uniform() - 1)) * 1.08;
    return [centre[0] + reach * Math.cos(angle), centre[1] + reach * Math.sin(angle)];
  });
  return smooth(points);
}

/** A number between the bounds. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function hexOf(values: readonly number[]): string {
  const byte = (value: number) => Math.round(Math.min(255, Math.max(0, value))).toString(16);
  return `#${values.map((value) => byte(value).padStart(2, '0')).join('')}`;
}

/** The colour moved towards `other` by a share in [0, 1]; both `#rrggbb`. */
export function mix(colour: string, other: string, share: number): string {
  const target = channels(other);
  return hexOf(channels(colour).map((value, i) => value + (target[i] - value) * share));
}

/** The colour with a small random change per channel and in brightness; `amount` in bytes. */
export function jitter(colour: string, random: Random, amount = 8): string {
  const brightness = amount * random.normal();
  return hexOf(channels(colour).map((value) => value + brightness + 0.6 * amount * random.normal()));
}

/** Draws inside an outline only: the returned group hides all of `content` that leaves `path`. */
export function clipped(id: string, path: string, content: string): string {
  return `<clipPath id="${id}"><path d="${path}"/></clipPath><g clip-path="url(#${id})">${content}</g>`;
}
