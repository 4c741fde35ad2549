import type { Random } from '../../../src/engine/random';
import {
  between,
  contour,
  ellipse,
  mix,
  type Placement,
  type Point,
  place,
  points,
  polyline,
  stroke,
} from './draw';
import { colours } from './factors';
import type { CapShape, Fungus } from './fungi';

/** Cap outlines in unit coordinates: the rim at y = 0 from x = -1 to 1, the top at y < 0. */
export const capOutlines: Record<CapShape, Point[]> = {
  convex: points(
    '-1,0.06 -1.02,-0.2 -0.75,-0.72 -0.3,-0.95 0.3,-0.95 0.75,-0.72 1.02,-0.2 1,0.06 0.4,0.12 -0.4,0.12',
  ),
  conical: points(
    '-0.86,0.08 -0.84,-0.1 -0.45,-0.8 -0.1,-1.5 0,-1.62 0.1,-1.5 0.45,-0.8 0.84,-0.1 0.86,0.08 0.3,0.14 -0.3,0.14',
  ),
  flat: points(
    '-1.18,0 -1.22,-0.14 -0.9,-0.34 -0.3,-0.42 0.3,-0.42 0.9,-0.34 1.22,-0.14 1.18,0 0.4,0.1 -0.4,0.1',
  ),
  'funnel-shaped': points(
    '-1.1,-0.62 -0.9,-0.78 -0.3,-0.66 0.3,-0.66 0.9,-0.78 1.1,-0.62 0.6,-0.1 0.26,0.5 -0.26,0.5 -0.6,-0.1',
  ),
  'bell-shaped': points(
    '-0.84,0.16 -0.7,-0.1 -0.62,-0.7 -0.35,-1.15 0,-1.25 0.35,-1.15 0.62,-0.7 0.7,-0.1 0.84,0.16 0.3,0.2 -0.3,0.2',
  ),
  honeycombed: points(
    '-0.62,0.2 -0.72,-0.2 -0.62,-0.9 -0.25,-1.45 0.25,-1.45 0.62,-0.9 0.72,-0.2 0.62,0.2 0.2,0.3 -0.2,0.3',
  ),
  globular: points(
    '-0.5,0.55 -0.95,0.2 -1.05,-0.4 -0.7,-0.95 0,-1.15 0.7,-0.95 1.05,-0.4 0.95,0.2 0.5,0.55 0,0.6',
  ),
};

/** Gills or pores under the cap: an ellipse with its own pattern. */
export function drawUnderside(fungus: Fungus, at: Placement): string {
  if (fungus.under === 'none') return '';
  const funnel = fungus.cap === 'funnel-shaped';
  const wide = fungus.cap === 'flat' ? 1.1 : fungus.cap === 'convex' ? 0.92 : 0.74;
  if (funnel) {
    return [-0.8, -0.5, -0.25, 0, 0.25, 0.5, 0.8]
      .map((x) =>
        stroke(
          polyline([place([x, -0.55], at), place([x * 0.22, 0.45], at)]),
          '#4a3420',
          0.55,
          'opacity="0.55"',
        ),
      )
      .join('');
  }
  const [centre, tone] = [place([0, 0.08], at), fungus.under === 'pores' ? '#d8c26a' : '#e6d9c0'];
  const plate = ellipse(centre, wide * at.length, 0.22 * at.length, tone, at.angle, contour('#6d5a44'));
  const marks = Array.from({ length: 11 }, (_, i) => {
    const x = (wide * (i - 5)) / 5.6;
    if (fungus.under === 'pores') return ellipse(place([x, 0.1 + 0.05 * (i % 2)], at), 0.5, 0.45, '#8a7434');
    return stroke(
      polyline([place([x * 0.25, 0.06], at), place([x, 0.14 + 0.1 * (1 - (x / wide) ** 2)], at)]),
      '#8a7458',
      0.5,
    );
  });
  return plate + marks.join('');
}

/** Spots, or a honeycomb's cells, on the cap. */
export function drawCapMarks(fungus: Fungus, at: Placement, colour: string, random: Random): string {
  if (fungus.cap === 'honeycombed') {
    return [-1.3, -1.05, -0.8, -0.55, -0.3, -0.05]
      .flatMap((y, row) => [-0.5, -0.17, 0.17, 0.5].map((x): Point => [x + (row % 2) * 0.16 - 0.08, y]))
      .map((point) =>
        ellipse(place(point, at), 0.14 * at.length, 0.12 * at.length, mix(colour, '#20140c', 0.6)),
      )
      .join('');
  }
  if (fungus.spots === null) return '';
  const deep = fungus.cap === 'globular' || fungus.cap === 'bell-shaped' ? 1 : 0.8;
  const spots = points(
    '-0.6,-0.25 -0.22,-0.5 0.2,-0.22 0.55,-0.5 0.75,-0.15 -0.45,-0.72 0.08,-0.85 -0.12,-0.12 -0.85,-0.05',
  );
  return spots
    .map(([x, y]) => place([x + between(random, -0.07, 0.07), y * deep + between(random, -0.06, 0.06)], at))
    .map((point) =>
      ellipse(
        point,
        0.13 * at.length,
        0.1 * at.length,
        colours[fungus.spots ?? 'white'],
        0,
        contour('#5a4a3a', 0.25),
      ),
    )
    .join('');
}
