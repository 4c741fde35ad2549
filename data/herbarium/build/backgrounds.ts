import type { Random } from '../../../src/engine/random';
import { between, blob, ellipse, fill, jitter, mix, type Point, polyline, stroke } from './draw';
import type { Background } from './factors';
import { drawLeaf } from './leaf';

type Painter = (random: Random) => string;

const anywhere = (random: Random): Point => [between(random, -3, 67), between(random, -3, 67)];
const many = (count: number, paint: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => paint(i)).join('');
const flat = (colour: string) => `<rect width="64" height="64" fill="${colour}"/>`;

/** A plain card with a soft vignette. */
function card(colour: string, random: Random): string {
  const base = jitter(colour, random, 4);
  const glow = ellipse(
    [between(random, 20, 44), between(random, 18, 40)],
    34,
    30,
    mix(base, '#ffffff', 0.35),
    0,
    'opacity="0.4"',
  );
  return flat(base) + glow;
}

/** A herbarium sheet: cream paper with a label and a strip of tape. */
function sheet(random: Random): string {
  const paper = jitter('#ece2c8', random, 5);
  const label = `<rect x="43" y="54" width="19" height="8" fill="#f8f4e6" stroke="#b8a98a" stroke-width="0.4"/>`;
  const lines = many(3, (i) =>
    stroke(`M45 ${56 + 2 * i}H${between(random, 54, 60).toFixed(1)}`, '#8b8272', 0.5),
  );
  const specks = many(10, () => ellipse(anywhere(random), 0.4, 0.4, '#c9b992'));
  return flat(paper) + specks + label + lines;
}

function meadow(random: Random): string {
  const blades = many(55, () => {
    const [x, y] = anywhere(random);
    const tip: Point = [x + between(random, -5, 5), y - between(random, 6, 16)];
    return stroke(
      polyline([[x, y], tip]),
      jitter(random.pick(['#7fa650', '#93b862', '#6f9647']), random),
      1.1,
    );
  });
  return flat(jitter('#86ab5c', random)) + blades;
}

function soil(random: Random): string {
  const clods = many(45, () =>
    fill(
      blob(anywhere(random), between(random, 1, 4), random),
      jitter(random.pick(['#6d5138', '#8a6a4c', '#5b4230']), random),
    ),
  );
  return flat(jitter('#77593f', random)) + clods;
}

function sky(random: Random): string {
  const clouds = many(5, () =>
    ellipse(anywhere(random), between(random, 6, 14), between(random, 2, 5), '#ffffff', 0, 'opacity="0.5"'),
  );
  return flat(jitter('#a9cbe6', random)) + clouds;
}

function litter(random: Random): string {
  const tones = ['#8a6a3c', '#a5813f', '#74502f', '#8c8a45', '#6b6f3a'];
  const leaves = many(16, (i) => {
    const [x, y] = anywhere(random);
    const shape = random.pick(['ovate', 'elliptic', 'lanceolate'] as const);
    const at = { x, y, angle: between(random, 0, 360), length: between(random, 14, 24) };
    const form = { shape, margin: 'entire', venation: 'pinnate' } as const;
    return drawLeaf(form, at, jitter(random.pick(tones), random), random, `l${i}`, 0.5).svg;
  });
  return flat('#55422c') + leaves;
}

function moss(random: Random): string {
  const tufts = many(80, () =>
    ellipse(
      anywhere(random),
      between(random, 1.5, 4),
      between(random, 1, 2.5),
      jitter(random.pick(['#56702f', '#6c8a3c', '#475f2a']), random),
    ),
  );
  return flat(jitter('#52692f', random)) + tufts;
}

function desk(random: Random): string {
  const boards = many(16, (i) =>
    stroke(
      `M0 ${4 * i + 1}Q32 ${(4 * i + between(random, -2, 3)).toFixed(1)} 64 ${4 * i + 1}`,
      jitter('#a67a4a', random),
      1.1,
    ),
  );
  const ruler = `<rect x="-2" y="57" width="68" height="6" fill="#e9d98a" stroke="#a8923c" stroke-width="0.4"/>`;
  const ticks = many(16, (i) => stroke(`M${4 * i + 1} 57v${i % 2 ? 2 : 3.5}`, '#5a4c1c', 0.5));
  const pencil = stroke(
    `M${between(random, 0, 8).toFixed(1)} 4L${between(random, 16, 26).toFixed(1)} 1`,
    '#c8452f',
    2.2,
  );
  return flat(jitter('#b98c58', random)) + boards + ruler + ticks + pencil;
}

function gravel(random: Random): string {
  const stones = many(70, () => {
    const tone = jitter(random.pick(['#9b9a96', '#b3b0aa', '#85837f', '#a59c8e']), random);
    return fill(
      blob(anywhere(random), between(random, 2, 4.5), random),
      tone,
      'stroke="#6d6b67" stroke-width="0.4"',
    );
  });
  return flat('#77746f') + stones;
}

function sand(random: Random): string {
  const ripples = many(9, (i) => {
    const y = 7 * i + between(random, 0, 4);
    const [a, b] = [y - between(random, 1, 4), y + between(random, 1, 4)].map((value) => value.toFixed(1));
    return stroke(`M-2 ${y.toFixed(1)}Q16 ${a} 32 ${y.toFixed(1)}T66 ${b}`, jitter('#c9ad7a', random), 1.6);
  });
  return flat(jitter('#d9c294', random)) + ripples;
}

function bark(random: Random): string {
  const ridges = many(34, () => {
    const [x, y] = anywhere(random);
    const tone = jitter(random.pick(['#4e4038', '#7b695c', '#5d4d43']), random);
    return stroke(
      `M${x.toFixed(1)} ${y.toFixed(1)}q${between(random, -2, 2).toFixed(1)} 6 0 ${between(random, 9, 18).toFixed(1)}`,
      tone,
      between(random, 1, 2.4),
    );
  });
  return flat(jitter('#68584c', random)) + ridges;
}

const painters: Record<Background, Painter> = {
  sheet,
  meadow,
  soil,
  sky,
  litter,
  moss,
  desk,
  gravel,
  sand,
  bark,
  white: (random) => card('#f6f5f1', random),
  'light table': (random) => card('#dbe8ee', random),
  'grey card': (random) => card('#a9a8a6', random),
  'violet card': (random) => card('#a79db8', random),
  'blue card': (random) => card('#93a8bb', random),
  'buff card': (random) => card('#c4b8a0', random),
  'rose card': (random) => card('#bda2a6', random),
};

/** Paints a background over the entire picture. */
export function drawBackground(background: Background, random: Random): string {
  return painters[background](random);
}

/** Green leaves that reach into the picture from its edges: the clutter of a field photograph. */
export function drawClutter(random: Random): string {
  return many(7, (i) => {
    const edge = between(random, 0, 360);
    const at: Point = [
      32 + 38 * Math.cos((edge * Math.PI) / 180),
      32 + 38 * Math.sin((edge * Math.PI) / 180),
    ];
    const form = {
      shape: random.pick(['ovate', 'elliptic', 'lanceolate', 'cordate'] as const),
      margin: 'entire',
      venation: 'pinnate',
    } as const;
    const colour = jitter(random.pick(['#5d8a45', '#7a9a4c', '#4d7340', '#8f9a55']), random);
    const where = {
      x: at[0],
      y: at[1],
      angle: edge - 90 + between(random, -50, 50),
      length: between(random, 16, 26),
    };
    return drawLeaf(form, where, colour, random, `c${i}`, 0.5).svg;
  });
}
