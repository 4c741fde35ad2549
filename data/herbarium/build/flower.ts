import type { Random } from '../../../src/engine/random';
import {
  between,
  ellipse,
  fill,
  jitter,
  mix,
  type Placement,
  type Point,
  place,
  polyline,
  smooth,
  stroke,
} from './draw';
import { colours } from './factors';
import { drawLeaf } from './leaf';
import type { PetalShape, Species } from './species';

const petalOutlines: Record<PetalShape, Point[]> = {
  round: [
    [0, 0],
    [0.3, -0.3],
    [0.46, -0.75],
    [0.2, -1.05],
    [-0.2, -1.05],
    [-0.46, -0.75],
    [-0.3, -0.3],
  ],
  pointed: [
    [0, 0],
    [0.22, -0.25],
    [0.3, -0.55],
    [0.1, -0.95],
    [0, -1.2],
    [-0.1, -0.95],
    [-0.3, -0.55],
    [-0.22, -0.25],
  ],
  notched: [
    [0, 0],
    [0.3, -0.35],
    [0.6, -0.85],
    [0.4, -1.1],
    [0.12, -1.05],
    [0, -0.72],
    [-0.12, -1.05],
    [-0.4, -1.1],
    [-0.6, -0.85],
    [-0.3, -0.35],
  ],
  strap: [
    [0, 0],
    [0.14, -0.3],
    [0.17, -0.85],
    [0, -1.1],
    [-0.17, -0.85],
    [-0.14, -0.3],
  ],
};

/** A flower seen from the front; `tilt` in (0, 1] squeezes it. */
function rosette(
  species: Species,
  at: Point,
  radius: number,
  turn: number,
  tilt: number,
  colour: string,
  random: Random,
): string {
  const edge = mix(colour, '#2a1020', 0.35);
  const squeeze = ([x, y]: Point): Point => [x, at[1] + (y - at[1]) * tilt];
  const petals = Array.from({ length: species.petals }, (_, i) => {
    const angle = turn + (360 * i) / species.petals + between(random, -3, 3);
    const where = { x: at[0], y: at[1], angle, length: radius };
    const path = smooth(petalOutlines[species.petal].map((point) => squeeze(place(point, where))));
    const line = polyline([squeeze(place([0, -0.3], where)), squeeze(place([0, -0.8], where))]);
    return (
      fill(path, colour, `stroke="${edge}" stroke-width="0.5"`) + stroke(line, edge, 0.4, 'opacity="0.4"')
    );
  });
  const disc = radius * (species.flower === 'daisy' ? 0.42 : 0.24);
  const centre = colours[species.centre];
  const middle =
    ellipse(at, disc, disc * tilt, mix(centre, '#3a2410', 0.25)) +
    ellipse(at, disc * 0.72, disc * 0.7 * tilt, centre);
  return petals.join('') + middle;
}

function bellFlower(where: Placement, colour: string): string {
  const outline: Point[] = [
    [0, 0],
    [0.28, -0.12],
    [0.34, -0.6],
    [0.52, -1],
    [0.26, -0.9],
    [0, -1.05],
    [-0.26, -0.9],
    [-0.52, -1],
    [-0.34, -0.6],
    [-0.28, -0.12],
  ];
  const edge = mix(colour, '#1c1030', 0.4);
  const half = outline.slice(0, 6).map((point) => place(point, where));
  return (
    fill(
      polyline(
        outline.map((point) => place(point, where)),
        true,
      ),
      colour,
      `stroke="${edge}" stroke-width="0.5" stroke-linejoin="round"`,
    ) + fill(polyline(half, true), edge, 'opacity="0.25"')
  );
}

function cup(at: Point, radius: number, angle: number, colour: string): string {
  const edge = mix(colour, '#2a1020', 0.4);
  const petal = (turn: number, length: number, tone: string) => {
    const where = { x: at[0], y: at[1], angle: angle + turn, length: radius * length };
    const outline: Point[] = [
      [0, 0.1],
      [0.34, -0.2],
      [0.42, -0.7],
      [0, -1.25],
      [-0.42, -0.7],
      [-0.34, -0.2],
    ];
    return fill(
      smooth(outline.map((point) => place(point, where))),
      tone,
      `stroke="${edge}" stroke-width="0.5"`,
    );
  };
  const back = [-14, 14].map((turn) => petal(turn, 1.5, mix(colour, '#2a1020', 0.22)));
  return (
    back.join('') +
    petal(-26, 1.42, colour) +
    petal(26, 1.42, colour) +
    petal(0, 1.3, mix(colour, '#ffffff', 0.14))
  );
}

/** The flowers at the top of the stem. `axis` maps a height in the plant (0 foot, 1 top) to the picture. */
function drawHead(
  species: Species,
  axis: (height: number, aside?: number) => Point,
  size: number,
  lean: number,
  random: Random,
): string {
  const colour = jitter(colours[species.colour], random, 6);
  const top = axis(1);
  const green = '#5c8040';
  if (species.flower === 'cup') return cup(axis(0.86), size * 0.26, lean, colour);
  if (species.flower === 'bell') {
    return [-1, 1, 0]
      .map((side) => {
        const at = axis(side === 0 ? 1.02 : 0.95, side * 0.23);
        const pedicel = stroke(polyline([axis(0.82), axis(1.03, side * 0.14), at]), green, 0.9);
        return (
          pedicel +
          bellFlower({ x: at[0], y: at[1], angle: lean + 180 - side * 16, length: size * 0.29 }, colour)
        );
      })
      .join('');
  }
  if (species.flower === 'spike') {
    return Array.from({ length: 18 }, (_, i) => {
      const row = Math.floor(i / 3);
      const aside = (i % 3) - 1;
      const at = axis(0.62 + 0.082 * row + (aside === 0 ? 0.04 : 0), aside * (0.135 - 0.017 * row));
      const tone = mix(colour, aside === 0 ? '#ffffff' : '#20102a', aside === 0 ? 0.25 : 0.1);
      const edge = `stroke="${mix(colour, '#20102a', 0.55)}" stroke-width="0.5"`;
      return ellipse(
        at,
        size * (0.078 - 0.005 * row),
        size * (0.06 - 0.003 * row),
        tone,
        lean + 25 * aside,
        edge,
      );
    }).join('');
  }
  if (species.flower === 'umbel') {
    return Array.from({ length: 9 }, (_, i) => {
      const share = (i - 4) / 4;
      const at = axis(1 - 0.13 * share * share + (i % 2) * 0.05, share * 0.34);
      const florets = Array.from({ length: 5 }, (_, j) =>
        ellipse([at[0] + 1.5 * Math.cos(1.26 * j), at[1] + 1.5 * Math.sin(1.26 * j)], 1.25, 1.25, colour),
      );
      return (
        stroke(polyline([axis(0.74), at]), green, 0.7) +
        ellipse(at, 2.9, 2.9, mix(colour, '#405020', 0.45), 0, 'opacity="0.55"') +
        florets.join('')
      );
    }).join('');
  }
  return rosette(
    species,
    top,
    size * (species.flower === 'daisy' ? 0.27 : 0.25),
    random.integer(360),
    between(random, 0.8, 1),
    colour,
    random,
  );
}

/** The places of the leaves: height on the stem and degrees away from it. */
function leafPlaces(species: Species): { height: number; angle: number }[] {
  const heights = species.flower === 'spike' ? [0.14, 0.4] : [0.14, 0.42];
  if (species.phyllotaxis === 'basal') return [-48, 44, -20, 20].map((angle) => ({ height: 0.02, angle }));
  if (species.phyllotaxis === 'alternate') {
    return [0.08, 0.25, 0.42, 0.56].map((height, i) => ({ height, angle: i % 2 === 0 ? 62 : -62 }));
  }
  if (species.phyllotaxis === 'opposite')
    return heights.flatMap((height) => [-60, 60].map((angle) => ({ height, angle })));
  return heights.flatMap((height) => [-84, -38, 38, 84].map((angle) => ({ height, angle })));
}

/** Draws a whole flowering plant in a 64-unit picture: stem, leaves, flowers. `lean` in degrees, `scale` about 1. */
export function drawPlant(species: Species, lean: number, scale: number, random: Random): string {
  const size = 50 * scale;
  const foot: Placement = {
    x: 32 - 0.35 * lean + between(random, -2, 2),
    y: 61,
    angle: lean,
    length: size * 0.86,
  };
  const bow = between(random, -0.05, 0.05);
  const axis = (height: number, aside = 0): Point =>
    place([aside + bow * Math.sin(Math.PI * height), -height], foot);
  const green = jitter('#4f8a3f', random, 9);
  const stem = stroke(
    polyline([0, 0.2, 0.4, 0.6, 0.8, 0.97].map((height) => axis(height))),
    mix(green, '#2a4a20', 0.35),
    1.5,
  );
  const narrow = species.leaf.shape === 'linear' || species.leaf.shape === 'lanceolate';
  const length = size * (species.phyllotaxis === 'basal' ? 0.62 : narrow ? 0.4 : 0.36);
  const leaves = leafPlaces(species).map(({ height, angle }, i) => {
    const [x, y] = axis(height);
    const turned = angle + lean + between(random, -7, 7);
    const at = { x, y, angle: turned, length: length * between(random, 0.9, 1.1) * (1 - 0.25 * height) };
    return drawLeaf(species.leaf, at, jitter(green, random, 4), random, `f${i}`, 0.5).svg;
  });
  return stem + leaves.join('') + drawHead(species, axis, size, lean, random);
}
