import type { Random } from '../../../src/engine/random';
import {
  between,
  contour,
  ellipse,
  fill,
  jitter,
  mix,
  type Placement,
  type Point,
  place,
  placeAll,
  points,
  polyline,
  smooth,
  stroke,
} from './draw';
import { colours } from './factors';
import type { FlowerForm, PetalShape, Species } from './species';

/** A height in the plant (0 foot, 1 top) and a distance from the stem, mapped to the picture. */
export type Axis = (height: number, aside?: number) => Point;

/** What a flower head needs besides its species: `size` is the plant's, in the picture's units; `lean` in degrees. */
interface Head {
  species: Species;
  axis: Axis;
  size: number;
  lean: number;
  colour: string;
}

const pedicelGreen = '#5c8040';

const petalOutlines: Record<PetalShape, Point[]> = {
  round: points('0,0 0.3,-0.3 0.46,-0.75 0.2,-1.05 -0.2,-1.05 -0.46,-0.75 -0.3,-0.3'),
  pointed: points('0,0 0.22,-0.25 0.3,-0.55 0.1,-0.95 0,-1.2 -0.1,-0.95 -0.3,-0.55 -0.22,-0.25'),
  notched: points(
    '0,0 0.3,-0.35 0.6,-0.85 0.4,-1.1 0.12,-1.05 0,-0.72 -0.12,-1.05 -0.4,-1.1 -0.6,-0.85 -0.3,-0.35',
  ),
  strap: points('0,0 0.14,-0.3 0.17,-0.85 0,-1.1 -0.17,-0.85 -0.14,-0.3'),
};

/** A flower seen from the front, at the top of the stem. */
function rosette({ species, axis, size, colour }: Head, random: Random): string {
  const at = axis(1);
  const radius = size * (species.flower === 'daisy' ? 0.27 : 0.25);
  const [turn, tilt] = [random.integer(360), between(random, 0.8, 1)];
  const edge = mix(colour, '#2a1020', 0.35);
  const squeeze = ([x, y]: Point): Point => [x, at[1] + (y - at[1]) * tilt];
  const petals = Array.from({ length: species.petals }, (_, i) => {
    const angle = turn + (360 * i) / species.petals + between(random, -3, 3);
    const where = { x: at[0], y: at[1], angle, length: radius };
    const path = smooth(placeAll(petalOutlines[species.petal], where).map(squeeze));
    const line = polyline([squeeze(place([0, -0.3], where)), squeeze(place([0, -0.8], where))]);
    return fill(path, colour, contour(edge)) + stroke(line, edge, 0.4, 'opacity="0.4"');
  });
  const disc = radius * (species.flower === 'daisy' ? 0.42 : 0.24);
  const centre = colours[species.centre];
  const rim = ellipse(at, disc, disc * tilt, mix(centre, '#3a2410', 0.25));
  return petals.join('') + rim + ellipse(at, disc * 0.72, disc * 0.7 * tilt, centre);
}

const bellOutline = points(
  '0,0 0.28,-0.12 0.34,-0.6 0.52,-1 0.26,-0.9 0,-1.05 -0.26,-0.9 -0.52,-1 -0.34,-0.6 -0.28,-0.12',
);

function bell(where: Placement, colour: string): string {
  const edge = mix(colour, '#1c1030', 0.4);
  const outline = placeAll(bellOutline, where);
  const body = fill(polyline(outline, true), colour, `${contour(edge)} stroke-linejoin="round"`);
  return body + fill(polyline(outline.slice(0, 6), true), edge, 'opacity="0.25"');
}

function bells({ axis, size, lean, colour }: Head): string {
  const hung = [-1, 1, 0].map((side) => {
    const at = axis(side === 0 ? 1.02 : 0.95, side * 0.23);
    const pedicel = stroke(polyline([axis(0.82), axis(1.03, side * 0.14), at]), pedicelGreen, 0.9);
    return pedicel + bell({ x: at[0], y: at[1], angle: lean + 180 - side * 16, length: size * 0.29 }, colour);
  });
  return hung.join('');
}

const cupPetal = points('0,0.1 0.34,-0.2 0.42,-0.7 0,-1.25 -0.42,-0.7 -0.34,-0.2');

function cup({ axis, size, lean, colour }: Head): string {
  const [x, y] = axis(0.86);
  const edge = mix(colour, '#2a1020', 0.4);
  const back = mix(colour, '#2a1020', 0.22);
  const petal = (turn: number, length: number, tone: string) => {
    const where = { x, y, angle: lean + turn, length: size * 0.26 * length };
    return fill(smooth(placeAll(cupPetal, where)), tone, contour(edge));
  };
  const behind = petal(-14, 1.5, back) + petal(14, 1.5, back);
  return (
    behind + petal(-26, 1.42, colour) + petal(26, 1.42, colour) + petal(0, 1.3, mix(colour, '#ffffff', 0.14))
  );
}

function spike({ axis, size, lean, colour }: Head): string {
  const edge = contour(mix(colour, '#20102a', 0.55));
  const florets = Array.from({ length: 18 }, (_, i) => {
    const row = Math.floor(i / 3);
    const aside = (i % 3) - 1;
    const at = axis(0.62 + 0.082 * row + (aside === 0 ? 0.04 : 0), aside * (0.135 - 0.017 * row));
    const tone = mix(colour, aside === 0 ? '#ffffff' : '#20102a', aside === 0 ? 0.25 : 0.1);
    return ellipse(
      at,
      size * (0.078 - 0.005 * row),
      size * (0.06 - 0.003 * row),
      tone,
      lean + 25 * aside,
      edge,
    );
  });
  return florets.join('');
}

function umbel({ axis, colour }: Head): string {
  const clusters = Array.from({ length: 9 }, (_, i) => {
    const share = (i - 4) / 4;
    const at = axis(1 - 0.13 * share * share + (i % 2) * 0.05, share * 0.34);
    const florets = Array.from({ length: 5 }, (_, j) =>
      ellipse([at[0] + 1.5 * Math.cos(1.26 * j), at[1] + 1.5 * Math.sin(1.26 * j)], 1.25, 1.25, colour),
    );
    const ray = stroke(polyline([axis(0.74), at]), pedicelGreen, 0.7);
    return ray + ellipse(at, 2.9, 2.9, mix(colour, '#405020', 0.45), 0, 'opacity="0.55"') + florets.join('');
  });
  return clusters.join('');
}

const painters: Record<FlowerForm, (head: Head, random: Random) => string> = {
  open: rosette,
  daisy: rosette,
  bell: bells,
  cup,
  spike,
  umbel,
};

/** Draws the flowers at the top of a stem; `size` is the plant's in the picture's units, `lean` in degrees. */
export function drawBloom(species: Species, axis: Axis, size: number, lean: number, random: Random): string {
  const colour = jitter(colours[species.colour], random, 6);
  return painters[species.flower]({ species, axis, size, lean, colour }, random);
}
