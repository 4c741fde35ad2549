import { addTo, emptyList, type ImportedCaptions, type Listed } from './importCaptions';
import type { PictureSet } from './memory';
import { selectSamples } from './mixture';
import type { Sample } from './types';

/** What becomes of a picture without a caption: the run ends, it is left out, or its raw text is its caption, too. */
export type MissingCaption = 'error' | 'skip' | 'raw';

/** How captions and pictures fit together; plain data. In a stream each picture counts whenever it is met. */
export interface CaptionReport {
  source: string;
  /** Pictures with a caption. */
  matched: number;
  /** Pictures without, and what became of them. */
  missing: Listed & { handling: MissingCaption };
  /** Captions whose picture was not met. */
  unused: Listed;
  /** See `ImportedCaptions`. */
  duplicates: Listed;
  empty: Listed;
  broken: Listed;
}

/** How many more samples are looked at to report what is missing, after the first that is. */
const SURVEY = 10_000;

/**
 * Gives pictures their imported captions, by key, and keeps account.
 *
 * The caption becomes a sample's second text, which ALIP takes for the synthetic one; further raw texts come behind it.
 * A picture without any raw text has its caption only.
 */
export class CaptionJoin {
  private readonly used = new Set<string>();
  private readonly missing = emptyList();
  private matched = 0;

  constructor(
    readonly captions: ImportedCaptions,
    private readonly handling: MissingCaption = 'error',
  ) {}

  /**
   * The samples with their captions.
   *
   * @throws Error where a caption is missing and `handling` is `error`, with a count over the next 10,000 samples, too;
   *   at the end where no picture had a caption
   */
  async *stream(samples: AsyncIterable<Sample>): AsyncGenerator<Sample> {
    let survey = 0;
    for await (const sample of samples) {
      const texts = this.textsOf(sample.key, sample.texts);
      if (this.fails()) {
        if (++survey > SURVEY) break;
      } else if (texts) yield { ...sample, texts };
    }
    this.check();
  }

  /**
   * A set with captions; pixels are copied where pictures are left out, otherwise shared.
   *
   * @throws Error where a caption is missing and `handling` is `error`, or where no picture has one
   */
  set(set: PictureSet): PictureSet {
    const texts = set.keys.map((key, index) => this.textsOf(key, set.texts[index]));
    this.check();
    const kept = [...texts.keys()].filter((index) => texts[index]);
    const chosen = kept.length === set.length ? set : selectSamples(set, kept);
    return { ...chosen, texts: kept.map((index) => texts[index]!) };
  }

  /** What was met so far. */
  report(): CaptionReport {
    const { source, byKey, duplicates, empty, broken } = this.captions;
    const unused = { count: byKey.size - this.used.size, first: this.firstUnused() };
    const missing = { ...this.missing, handling: this.handling };
    return { source, matched: this.matched, missing, unused, duplicates, empty, broken };
  }

  /** The texts with the caption in second place; null where the sample is left out. */
  private textsOf(key: string, texts: readonly string[]): string[] | null {
    const caption = this.captions.byKey.get(key);
    if (caption === undefined) {
      addTo(this.missing, key);
      return this.handling === 'raw' ? [...texts.slice(0, 1), ...texts] : null;
    }
    this.matched++;
    this.used.add(key);
    return withCaption(texts, caption);
  }

  private fails(): boolean {
    return this.handling === 'error' && this.missing.count > 0;
  }

  private check(): void {
    const { missing, matched } = this;
    const { source } = this.captions;
    if (matched === 0 && missing.count > 0) {
      throw new Error(
        `Expected captions of the pictures in "${source}", but all of them are of others (such as ` +
          `${quoted(this.firstUnused())}, where pictures are called ${quoted(missing.first)}); make the keys agree.`,
      );
    }
    if (!this.fails()) return;
    throw new Error(
      `Expected a caption of every picture in "${source}", but ${missing.count} of the ${matched + missing.count} ` +
        `pictures read ${missing.count === 1 ? 'has' : 'have'} none (first ${quoted(missing.first)}); add these, or set "missing" to "skip" or "raw".`,
    );
  }

  private firstUnused(): string[] {
    const unused: string[] = [];
    for (const key of this.captions.byKey.keys()) {
      if (unused.length === 5) break;
      if (!this.used.has(key)) unused.push(key);
    }
    return unused;
  }
}

/** A report in one line: `Captions from "a.jsonl": 7 of 9 pictures have one; without one, left out: 2 (x, y).` */
export function describeCaptions(report: CaptionReport): string {
  const { source, matched, missing, unused, duplicates, empty, broken } = report;
  const fate = missing.handling === 'raw' ? 'whose raw text stands for it' : 'left out';
  const parts = [
    `Captions from "${source}": ${matched} of ${matched + missing.count} pictures have one`,
    counted(missing, `without one, ${fate}`),
    counted(unused, 'without a picture'),
    counted(duplicates, 'further ones of the same key'),
    counted(empty, 'empty'),
    counted(broken, 'rows without a key'),
  ];
  return `${parts.filter(Boolean).join('; ')}.`;
}

function withCaption(texts: readonly string[], caption: string): string[] {
  if (texts.length === 0) return [caption];
  const [raw = caption, ...further] = texts.filter((text) => text !== caption);
  return [raw, caption, ...further];
}

function counted({ count, first }: Listed, what: string): string {
  return count === 0 ? '' : `${what}: ${count} (${first.join(', ')}${count > first.length ? ', …' : ''})`;
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(', ');
}
