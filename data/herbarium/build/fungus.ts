import type { Random } from '../../../src/engine/random';
import { capOutlines, drawCapMarks, drawUnderside } from './caps';
import {
  between,
  clipped,
  contour,
  ellipse,
  fill,
  jitter,
  mix,
  type Placement,
  type Point,
  place,
  placeAll,
  polyline,
  smooth,
} from './draw';
import { colours } from './factors';
import type { Fungus, StemShape } from './fungi';

/** Half widths of the stem at the top and the foot. */
const stems: Record<StemShape, { top: number; foot: number }> = {
  slender: { top: 0.11, foot: 0.14 },
  stout: { top: 0.3, foot: 0.38 },
  bulbous: { top: 0.17, foot: 0.42 },
};

function drawStem(fungus: Fungus, at: Placement, height: number, colour: string): string {
  const { top, foot } = stems[fungus.stem];
  const belly = fungus.stem === 'bulbous' ? top * 1.1 : (top + foot) / 2;
  const right: Point[] = [
    [foot * 0.6, height],
    [foot, height * 0.88],
    [belly, height * 0.55],
    [top, -0.1],
  ];
  const left = right.map(([x, y]): Point => [-x, y]).reverse();
  const edge = mix(colour, '#3a2a1a', 0.5);
  const shade: Point[] = [
    [top * 0.2, 0],
    [top, 0],
    [belly, height * 0.55],
    [foot, height * 0.9],
    [foot * 0.2, height],
  ];
  const body = fill(smooth(placeAll([...left, ...right], at)), colour, contour(edge));
  const dark = fill(polyline(placeAll(shade, at), true), edge, 'opacity="0.28"');
  return body + dark + (fungus.ring ? drawRing(top, at) : '');
}

function drawRing(top: number, at: Placement): string {
  const outline: Point[] = [
    [-top * 1.2, 0.42],
    [-top * 2.1, 0.66],
    [0, 0.78],
    [top * 2.1, 0.66],
    [top * 1.2, 0.42],
  ];
  return fill(smooth(placeAll(outline, at)), '#f4efdf', contour('#8a7a60'));
}

function drawOne(fungus: Fungus, at: Placement, random: Random, id: string): string {
  const colour = jitter(colours[fungus.colour], random, 6);
  const edge = mix(colour, '#20140c', 0.5);
  const height = fungus.cap === 'globular' ? 0.85 : fungus.stem === 'slender' ? 1.9 : 1.5;
  const cap = smooth(placeAll(capOutlines[fungus.cap], at));
  const [light, dark] = [place([-0.35, -0.6], at), place([0.75, -0.1], at)];
  const shading =
    ellipse(dark, 0.6 * at.length, 0.9 * at.length, edge, at.angle, 'opacity="0.28"') +
    ellipse(light, 0.42 * at.length, 0.26 * at.length, '#ffffff', at.angle - 20, 'opacity="0.3"');
  const funnel = fungus.cap === 'funnel-shaped';
  const mouth = funnel
    ? ellipse(
        place([0, -0.66], at),
        1.02 * at.length,
        0.17 * at.length,
        mix(colour, '#20140c', 0.4),
        at.angle,
      )
    : '';
  const body =
    fill(cap, colour, contour(edge, 0.6)) +
    clipped(id, cap, shading + drawCapMarks(fungus, at, colour, random));
  const stem = drawStem(fungus, at, height, jitter(colours[fungus.stemColour], random, 5));
  const under = drawUnderside(fungus, at);
  return funnel ? stem + body + under + mouth : stem + under + body;
}

/** Draws a fungus in a 64-unit picture, mostly with a small one beside it. `lean` in degrees, `scale` about 1. */
export function drawFungus(fungus: Fungus, lean: number, scale: number, random: Random): string {
  const low = fungus.cap === 'globular' ? 38 : fungus.cap === 'funnel-shaped' ? 30 : 28;
  const radius = (fungus.stem === 'slender' ? 16 : 17) * scale;
  const main: Placement = {
    x: 32 + between(random, -3, 3) + 0.25 * lean,
    y: low + 3 * scale,
    angle: lean,
    length: radius,
  };
  const side = random.uniform() < 0.5 ? -1 : 1;
  const small: Placement = { x: 32 + side * 20, y: 49, angle: -lean * 0.6, length: radius * 0.38 };
  const ground = ellipse([32, 62], 26, 4, '#1c1a10', 0, 'opacity="0.3"');
  const companion = random.uniform() < 0.6 ? drawOne(fungus, small, random, 'small') : '';
  return ground + companion + drawOne(fungus, main, random, 'cap');
}
