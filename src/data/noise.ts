import { createRandom, type Random } from '../engine/random';

/** `swapped`: another sample's text; `generic`: a text that fits any picture; `partial`: one wrong word. */
export type NoiseKind = 'swapped' | 'generic' | 'partial';

export interface NoiseOptions {
  /** Share of noisy samples, in [0, 1]; their number is `Math.round(rate · n)`. */
  rate: number;
  /** The kinds, in equal shares (the first ones get the remainder); default all three. */
  kinds?: readonly NoiseKind[];
  seed?: number | string;
  /**
   * What each picture shows, one entry per sample: texts are swapped only between samples that differ here.
   * Default: the texts themselves.
   */
  groups?: readonly string[];
}

export interface NoisyTexts {
  texts: string[];
  /** What was done to each text; null where nothing was. */
  flags: (NoiseKind | null)[];
}

/** Texts that web pages give to pictures whatever they show; each `#` becomes a digit. */
const GENERIC_TEXTS =
  'image|picture|photo|untitled|untitled photo|IMG_####.jpg|DSC_####.JPG|image#.png|photo #|stock image|thumbnail|' +
  'click to enlarge|image not available|download|icon|banner-##.gif|no description|picture of the day|page ##';

const FUNCTION_WORDS = new Set(
  (
    'and are for from has into its near one other over that the their this under with ' +
    'you your was were not but all any can our his her'
  ).split(' '),
);

/**
 * Texts with known noise, for judging methods that claim to notice it.
 *
 * Swapped texts are exchanged among the swapped samples, so that each text still occurs as often as before and its
 * frequency does not give it away; only where that cannot be done without handing a sample its own group's text, one is
 * copied from elsewhere. One seed gives one result.
 *
 * @throws Error where the rate is outside [0, 1], or where too few texts can take a kind of noise
 */
export function injectNoise(
  texts: readonly string[],
  { rate, kinds = ['swapped', 'generic', 'partial'], seed = 0, groups = texts }: NoiseOptions,
): NoisyTexts {
  if (!(rate >= 0 && rate <= 1)) throw new Error(`Expected a noise rate from 0 to 1, but got ${rate}.`);
  const random = createRandom(seed).fork('noise');
  const chosen = chooseSamples(texts, Math.round(rate * texts.length), kinds, random.fork('choice'));
  const noisy: NoisyTexts = { texts: [...texts], flags: texts.map(() => null) };
  const vocabulary = contentWords(texts);
  for (const kind of kinds) {
    const indices = chosen.get(kind)!;
    const draw = random.fork(kind);
    const sources = kind === 'swapped' ? swapPartners(indices, groups, draw) : [];
    indices.forEach((index, place) => {
      const text = texts[index];
      if (kind === 'swapped') noisy.texts[index] = texts[sources[place]];
      else if (kind === 'generic') noisy.texts[index] = genericText(text, draw);
      else noisy.texts[index] = replaceWord(text, vocabulary, draw);
      noisy.flags[index] = kind;
    });
  }
  return noisy;
}

/** Which samples get which kind; partial noise goes first, since only texts with a content word can take it. */
function chooseSamples(
  texts: readonly string[],
  count: number,
  kinds: readonly NoiseKind[],
  random: Random,
): Map<NoiseKind, number[]> {
  const left = new Set(random.shuffle(Array.from(texts, (_, i) => i)));
  const chosen = new Map<NoiseKind, number[]>();
  const wanted = kinds.map((kind, i) => ({
    kind,
    share: Math.floor(count / kinds.length) + (i < count % kinds.length ? 1 : 0),
  }));
  wanted.sort((a, b) => Number(b.kind === 'partial') - Number(a.kind === 'partial'));
  for (const { kind, share } of wanted) {
    const able =
      kind === 'partial' ? [...left].filter((i) => contentWords([texts[i]]).length > 0) : [...left];
    if (able.length < share) {
      throw new Error(
        `Expected ${share} texts that can take ${kind} noise, but only ${able.length} can; lower the rate.`,
      );
    }
    chosen.set(
      kind,
      able.slice(0, share).sort((a, b) => a - b),
    );
    for (const index of chosen.get(kind)!) left.delete(index);
  }
  return chosen;
}

/**
 * For each of the samples, whose text it gets. Ordered by group and rotated by the largest group's size, no sample
 * meets its own group, provided that no group is more than half of them.
 */
function swapPartners(indices: readonly number[], groups: readonly string[], random: Random): number[] {
  const byGroup = new Map<string, number[]>();
  for (const index of random.shuffle([...indices])) {
    byGroup.set(groups[index], [...(byGroup.get(groups[index]) ?? []), index]);
  }
  const ordered = [...byGroup.values()].flat();
  const shift = Math.max(0, ...[...byGroup.values()].map((members) => members.length));
  const partner = new Map(ordered.map((index, i) => [index, ordered[(i + shift) % ordered.length]]));
  return indices.map((index) => {
    const source = partner.get(index)!;
    return groups[source] !== groups[index] ? source : strangerTo(index, groups, random);
  });
}

function strangerTo(index: number, groups: readonly string[], random: Random): number {
  const strangers = [...groups.keys()].filter((i) => groups[i] !== groups[index]);
  if (strangers.length === 0) {
    throw new Error(
      `Expected texts of at least two kinds to swap, but all are "${groups[index]}"; leave out "swapped".`,
    );
  }
  return random.pick(strangers);
}

function genericText(current: string, random: Random): string {
  const text = random.pick(GENERIC_TEXTS.split('|')).replace(/#/g, () => String(random.integer(10)));
  return text === current ? genericText(current, random) : text;
}

/** Exchanges one content word for another of the vocabulary, keeping a capital letter. */
function replaceWord(text: string, vocabulary: readonly string[], random: Random): string {
  const word = random.pick(contentWords([text]));
  const others = vocabulary.filter((other) => other !== word);
  if (others.length === 0) {
    throw new Error(
      `Expected a second word to replace "${word}" with, but the texts have none; leave out "partial".`,
    );
  }
  let replaced = false;
  return text.replace(WORD, (found) => {
    if (replaced || found.toLowerCase() !== word) return found;
    replaced = true;
    const other = random.pick(others);
    return found[0] === found[0].toLowerCase() ? other : other[0].toUpperCase() + other.slice(1);
  });
}

const WORD = /\p{L}[\p{L}\p{M}'’-]*/gu;

/** The different words of at least three letters that carry meaning, in lower case, in order of first occurrence. */
function contentWords(texts: readonly string[]): string[] {
  const words = new Set<string>();
  for (const text of texts) {
    for (const [found] of text.matchAll(WORD)) {
      const word = found.toLowerCase();
      if (word.length >= 3 && !FUNCTION_WORDS.has(word)) words.add(word);
    }
  }
  return [...words];
}
