/**
 * Seeded random numbers. One seed gives one sequence on every platform, which is what makes a run repeatable:
 * initial weights, shuffling, augmentation and dropout all draw from here, never from `Math.random`.
 */

/** The four 32-bit words of a generator's state; plain data, so a checkpoint can carry it. */
export type RandomState = [number, number, number, number];

export interface Random {
  /** A number in [0, 1) with 32 random bits. */
  uniform(): number;
  /** A number from the normal distribution with mean 0 and standard deviation 1 (Box–Muller, cosine half). */
  normal(): number;
  /** An integer in [0, n). */
  integer(n: number): number;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[];
  /**
   * Another generator, fixed by this one's seed and the name, whatever was drawn before. Forks of forks depend on the
   * names, not on their order: give each level names of its own.
   */
  fork(name: string): Random;
  getState(): RandomState;
  setState(state: RandomState): void;
}

/** The generator for a seed (xoshiro128**, seeded through splitmix32; Blackman and Vigna 2018). */
export function createRandom(seed: number | string): Random {
  const root = typeof seed === 'string' ? hashString(seed) : seed >>> 0;
  let [a, b, c, d] = splitmix(root);

  function next(): number {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  }

  const random: Random = {
    uniform: () => next() / 2 ** 32,
    normal: () => {
      const radius = Math.sqrt(-2 * Math.log((next() + 1) / (2 ** 32 + 1)));
      return radius * Math.cos(2 * Math.PI * random.uniform());
    },
    integer: (n) => Math.floor(random.uniform() * n),
    pick: (items) => items[random.integer(items.length)],
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        [items[i], items[j]] = [items[j], items[i]];
      }
      return items;
    },
    fork: (name) => createRandom((root ^ hashString(name)) >>> 0),
    getState: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
    setState: (state) => {
      [a, b, c, d] = state;
    },
  };
  return random;
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function splitmix(seed: number): RandomState {
  let s = seed;
  const word = () => {
    s = (s + 0x9e3779b9) | 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return [word(), word(), word(), word()];
}

/** FNV-1a, 32 bits, over the UTF-16 code units. */
function hashString(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
