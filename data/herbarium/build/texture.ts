import { createRandom, type Random } from '../../../src/engine/random';
import { between } from './draw';
import type { Split } from './factors';
import { pictureSize } from './render';

/** How the three colour channels of a mottle go together. */
type Coupling = 'together' | 'red against green' | 'blue against yellow';

/** A class of `texture-control`: a pattern across the leaf and a coupling of the channels, never a colour. */
export interface Mottle {
  name: string;
  phrase: string;
  coupling: Coupling;
  /** A raw field value at `along` and `across` the midrib, in pixels; only the order of the values counts. */
  pattern(random: Random): (along: number, across: number) => number;
}

const turn = 2 * Math.PI;

function stripes(degrees: number) {
  return (random: Random) => {
    const [phase, wave] = [between(random, 0, turn), between(random, 6, 8)];
    const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return (along: number, across: number) => Math.sin((turn * (c * across + s * along)) / wave + phase);
  };
}

/** A random field whose grain is `alongLength` by `acrossLength` pixels: a sum of plane waves. */
function grain(alongLength: number, acrossLength: number) {
  return (random: Random) => {
    const waves = Array.from({ length: 40 }, () => {
      const angle = between(random, 0, turn);
      const radius = between(random, 0.8, 1.2);
      const kx = (radius * Math.cos(angle)) / alongLength;
      const ky = (radius * Math.sin(angle)) / acrossLength;
      return { kx, ky, phase: between(random, 0, turn) };
    });
    return (along: number, across: number) =>
      waves.reduce((sum, { kx, ky, phase }) => sum + Math.cos(turn * (kx * along + ky * across) + phase), 0);
  };
}

/** A lattice of round marks, each `mark(distance / spacing)` deep, with jittered places. */
function lattice(mark: (distance: number) => number) {
  return (random: Random) => {
    const spacing = between(random, 9.5, 11.5);
    const [left, top] = [between(random, 0, spacing), between(random, 0, spacing)];
    const salt = random.integer(2 ** 31);
    const nudge = (i: number, j: number) => createRandom(salt ^ (i * 7919 + j * 104729)).uniform() - 0.5;
    const nudges = new Map<string, [number, number]>();
    const centre = (i: number, j: number): [number, number] => {
      const key = `${i} ${j}`;
      const found = nudges.get(key) ?? [
        spacing * (i + 0.2 * nudge(i, j)),
        spacing * (j + (i % 2) / 2 + 0.2 * nudge(j, i + 99)),
      ];
      nudges.set(key, found);
      return found;
    };
    return (along: number, across: number) => {
      const [x, y] = [along + left, across + top];
      let best = Number.POSITIVE_INFINITY;
      for (let i = Math.floor(x / spacing) - 1; i <= Math.floor(x / spacing) + 2; i++) {
        for (let j = Math.floor(y / spacing) - 2; j <= Math.floor(y / spacing) + 2; j++) {
          const [cx, cy] = centre(i, j);
          best = Math.min(best, Math.hypot(x - cx, y - cy));
        }
      }
      return mark(best / spacing);
    };
  };
}

function checker(random: Random) {
  const [side, p, q] = [between(random, 8.5, 11), between(random, 0, turn), between(random, 0, turn)];
  return (along: number, across: number) =>
    Math.sin((turn * along) / side + p) * Math.sin((turn * across) / side + q);
}

function net(random: Random) {
  const field = grain(13, 13)(random);
  return (along: number, across: number) => -Math.abs(field(along, across));
}

function mottle(
  word: string,
  phrase: string,
  pattern: Mottle['pattern'],
  coupling: Coupling = 'together',
): Mottle {
  return { name: `leaf with ${word} mottle`, phrase, pattern, coupling };
}

/** The twelve classes of `texture-control`. */
export const mottles: Mottle[] = [
  mottle('lengthwise striped', 'stripes along the midrib', stripes(0)),
  mottle('crosswise striped', 'stripes across the midrib', stripes(90)),
  mottle('slanting striped', 'stripes at a slant to the midrib', stripes(45)),
  mottle('chequered', 'a chequered pattern', checker),
  mottle(
    'dotted',
    'round dots',
    lattice((distance) => -distance),
  ),
  mottle(
    'ringed',
    'small rings',
    lattice((distance) => -Math.abs(distance - 0.3)),
  ),
  mottle('netted', 'a fine net', net),
  mottle('fine grained', 'a fine even grain', grain(5, 5)),
  mottle('coarse grained', 'a coarse even grain', grain(11, 11)),
  mottle('brushed', 'a grain brushed along the midrib', grain(30, 5.5)),
  mottle('red and green', 'red grains against green ones', grain(8, 8), 'red against green'),
  mottle('blue and yellow', 'blue grains against yellow ones', grain(8, 8), 'blue against yellow'),
];

/** Sign of each channel's share in the common field; null where it has a field of its own. */
const couplings: Record<Coupling, (1 | -1 | null)[]> = {
  together: [1, 1, 1],
  'red against green': [1, -1, null],
  'blue against yellow': [1, 1, -1],
};

/** Base colours in bytes; the test split's tones never occur in training. */
const bases: Record<Split, { tone: string; colour: number[] }[]> = {
  train: [
    { tone: 'fresh green', colour: [118, 142, 92] },
    { tone: 'sea green', colour: [106, 138, 104] },
    { tone: 'olive green', colour: [128, 138, 88] },
  ],
  test: [
    { tone: 'khaki', colour: [134, 134, 100] },
    { tone: 'teal', colour: [104, 134, 118] },
  ],
};

/** Half the range of the pigment in bytes. */
const amplitude = 38;

/** Replaces values by the quantiles of an arcsine law in [-1, 1]: every field gets the same histogram. */
function toArcsine(field: Float64Array): Float64Array {
  const order = Array.from(field.keys()).sort((a, b) => field[a] - field[b]);
  const result = new Float64Array(field.length);
  order.forEach((at, rank) => {
    result[at] = Math.sin(Math.PI * ((rank + 0.5) / field.length - 0.5));
  });
  return result;
}

/** The nuisances of a picture. They depend on the split and the number alone, so every class gets the same ones. */
export interface TextureScene {
  tone: string;
  /** Base colour in bytes. */
  base: number[];
  /** Direction of the midrib, degrees from upright. */
  lean: number;
  vein: Float64Array;
  /** 1 or −1: which way round the pigment is laid on. */
  sign: number;
}

/**
 * The scene of a class's picture number `index`. Pictures 2k and 2k + 1 are a pair: the same scene and pigment with
 * opposite signs, so the pigment's mean over a class is 0 at every pixel.
 */
export function textureScene(split: Split, index: number): TextureScene {
  const random = createRandom(`texture scene ${split} ${Math.floor(index / 2)}`);
  const { tone, colour } = random.pick(bases[split]);
  const base = colour.map((value) => value + between(random, -6, 6));
  const sign = random.uniform() < 0.5 ? -1 : 1;
  const lean = sign * (split === 'train' ? between(random, 0, 14) : between(random, 16, 24));
  const vein = new Float64Array(pictureSize ** 2);
  eachPixel(lean, (at, along, across) => {
    const side = Math.abs(((along + Math.abs(across) * 0.8 + 640) % 16) - 8);
    vein[at] = 26 * Math.exp(-((across / 1.3) ** 2)) + 9 * Math.exp(-(((side - 4) / 0.9) ** 2));
  });
  return { tone, base, lean, vein, sign: index % 2 === 0 ? 1 : -1 };
}

function eachPixel(lean: number, visit: (at: number, along: number, across: number) => void): void {
  const [c, s] = [Math.cos((lean * Math.PI) / 180), Math.sin((lean * Math.PI) / 180)];
  const middle = (pictureSize - 1) / 2;
  for (let y = 0; y < pictureSize; y++) {
    for (let x = 0; x < pictureSize; x++) {
      const [dx, dy] = [x - middle, y - middle];
      visit(y * pictureSize + x, c * dy - s * dx, c * dx + s * dy);
    }
  }
}

/**
 * A leaf's surface seen close, RGB bytes `[64, 64, 3]`: base colour + veins + pigment. Each channel's pigment has the
 * same symmetric histogram in every picture of every class and mean 0; a class decides only where the values lie and
 * how the channels go together. `random` fixes the pigment: a pair of pictures shares it.
 */
export function drawTexture({ pattern, coupling }: Mottle, scene: TextureScene, random: Random): Uint8Array {
  const fieldOf = (source: Random) => {
    const value = pattern(source.fork('pattern'));
    const field = new Float64Array(pictureSize ** 2);
    eachPixel(scene.lean, (at, along, across) => {
      field[at] = value(along, across) + 1e-6 * source.normal();
    });
    return toArcsine(field);
  };
  const common = fieldOf(random.fork('common'));
  const channels = couplings[coupling].map((sign, c) => {
    const field = sign === null ? fieldOf(random.fork(`channel ${c}`)) : common;
    return field.map((value) => (sign ?? 1) * value);
  });
  const pixels = new Uint8Array(3 * pictureSize ** 2);
  scene.vein.forEach((vein, at) => {
    for (let c = 0; c < 3; c++)
      pixels[3 * at + c] = Math.round(scene.base[c] + vein + scene.sign * amplitude * channels[c][at]);
  });
  return pixels;
}
