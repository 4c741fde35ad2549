import type { Random } from '../../../src/engine/random';
import {
  between,
  clipped,
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
import type { CapShape, Fungus, StemShape } from './fungi';

/** Cap outlines in unit coordinates: the rim at y = 0 from x = -1 to 1, the top at y < 0. */
const capOutlines: Record<CapShape, Point[]> = {
  convex: [
    [-1, 0.06],
    [-1.02, -0.2],
    [-0.75, -0.72],
    [-0.3, -0.95],
    [0.3, -0.95],
    [0.75, -0.72],
    [1.02, -0.2],
    [1, 0.06],
    [0.4, 0.12],
    [-0.4, 0.12],
  ],
  conical: [
    [-0.86, 0.08],
    [-0.84, -0.1],
    [-0.45, -0.8],
    [-0.1, -1.5],
    [0, -1.62],
    [0.1, -1.5],
    [0.45, -0.8],
    [0.84, -0.1],
    [0.86, 0.08],
    [0.3, 0.14],
    [-0.3, 0.14],
  ],
  flat: [
    [-1.18, 0],
    [-1.22, -0.14],
    [-0.9, -0.34],
    [-0.3, -0.42],
    [0.3, -0.42],
    [0.9, -0.34],
    [1.22, -0.14],
    [1.18, 0],
    [0.4, 0.1],
    [-0.4, 0.1],
  ],
  'funnel-shaped': [
    [-1.1, -0.62],
    [-0.9, -0.78],
    [-0.3, -0.66],
    [0.3, -0.66],
    [0.9, -0.78],
    [1.1, -0.62],
    [0.6, -0.1],
    [0.26, 0.5],
    [-0.26, 0.5],
    [-0.6, -0.1],
  ],
  'bell-shaped': [
    [-0.84, 0.16],
    [-0.7, -0.1],
    [-0.62, -0.7],
    [-0.35, -1.15],
    [0, -1.25],
    [0.35, -1.15],
    [0.62, -0.7],
    [0.7, -0.1],
    [0.84, 0.16],
    [0.3, 0.2],
    [-0.3, 0.2],
  ],
  honeycombed: [
    [-0.62, 0.2],
    [-0.72, -0.2],
    [-0.62, -0.9],
    [-0.25, -1.45],
    [0.25, -1.45],
    [0.62, -0.9],
    [0.72, -0.2],
    [0.62, 0.2],
    [0.2, 0.3],
    [-0.2, 0.3],
  ],
  globular: [
    [-0.5, 0.55],
    [-0.95, 0.2],
    [-1.05, -0.4],
    [-0.7, -0.95],
    [0, -1.15],
    [0.7, -0.95],
    [1.05, -0.4],
    [0.95, 0.2],
    [0.5, 0.55],
    [0, 0.6],
  ],
};

/** Half widths of the stem at the top and the foot. */
const stems: Record<StemShape, { top: number; foot: number }> = {
  slender: { top: 0.11, foot: 0.14 },
  stout: { top: 0.3, foot: 0.38 },
  bulbous: { top: 0.17, foot: 0.42 },
};

function drawStem(fungus: Fungus, at: Placement, height: number, colour: string): string {
  const { top, foot } = stems[fungus.stem];
  const belly = fungus.stem === 'bulbous' ? top * 1.1 : (top + foot) / 2;
  const outline: Point[] = [
    [-top, -0.1],
    [-belly, height * 0.55],
    [-foot, height * 0.88],
    [-foot * 0.6, height],
    [foot * 0.6, height],
    [foot, height * 0.88],
    [belly, height * 0.55],
    [top, -0.1],
  ];
  const points = outline.map((point) => place(point, at));
  const edge = mix(colour, '#3a2a1a', 0.5);
  const shade: Point[] = [
    [top * 0.2, 0],
    [top, 0],
    [belly, height * 0.55],
    [foot, height * 0.9],
    [foot * 0.2, height],
  ];
  const ring = fungus.ring
    ? fill(
        smooth(
          (
            [
              [-top * 1.2, 0.42],
              [-top * 2.1, 0.66],
              [0, 0.78],
              [top * 2.1, 0.66],
              [top * 1.2, 0.42],
            ] as Point[]
          ).map((point) => place(point, at)),
        ),
        '#f4efdf',
        'stroke="#8a7a60" stroke-width="0.5"',
      )
    : '';
  return (
    fill(smooth(points), colour, `stroke="${edge}" stroke-width="0.5"`) +
    fill(
      polyline(
        shade.map((point) => place(point, at)),
        true,
      ),
      edge,
      'opacity="0.28"',
    ) +
    ring
  );
}

/** Gills or pores under the cap: an ellipse with its own pattern. */
function drawUnderside(fungus: Fungus, at: Placement): string {
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
  const plate = ellipse(
    centre,
    wide * at.length,
    0.22 * at.length,
    tone,
    at.angle,
    'stroke="#6d5a44" stroke-width="0.5"',
  );
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

function capMarks(fungus: Fungus, at: Placement, colour: string, random: Random): string {
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
  const spots: Point[] = [
    [-0.6, -0.25],
    [-0.22, -0.5],
    [0.2, -0.22],
    [0.55, -0.5],
    [0.75, -0.15],
    [-0.45, -0.72],
    [0.08, -0.85],
    [-0.12, -0.12],
    [-0.85, -0.05],
  ];
  return spots
    .map(([x, y]) => place([x + between(random, -0.07, 0.07), y * deep + between(random, -0.06, 0.06)], at))
    .map((point) =>
      ellipse(
        point,
        0.13 * at.length,
        0.1 * at.length,
        colours[fungus.spots ?? 'white'],
        0,
        'stroke="#5a4a3a" stroke-width="0.25"',
      ),
    )
    .join('');
}

function drawOne(fungus: Fungus, at: Placement, random: Random, id: string): string {
  const colour = jitter(colours[fungus.colour], random, 6);
  const edge = mix(colour, '#20140c', 0.5);
  const height = fungus.cap === 'globular' ? 0.85 : fungus.stem === 'slender' ? 1.9 : 1.5;
  const cap = smooth(capOutlines[fungus.cap].map((point) => place(point, at)));
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
    fill(cap, colour, `stroke="${edge}" stroke-width="0.6"`) +
    clipped(id, cap, shading + capMarks(fungus, at, colour, random));
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
