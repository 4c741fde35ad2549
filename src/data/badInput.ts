import { shown } from '../files/quoted';

/** What can be wrong with one sample (or one shard) of a data stream. */
export type BadKind =
  | 'corrupt-picture'
  | 'missing-picture'
  | 'broken-json'
  | 'empty-caption'
  | 'missing-text'
  | 'truncated-shard'
  | 'damaged-record'
  | 'unsafe-key'
  | 'missing-file';

/** Keys and what libraries say may be of any length. */
const LONGEST_MESSAGE = 1000;

/** A sample that cannot be used. The message is one sentence that names the sample's key. */
export class BadSampleError extends Error {
  override readonly name = 'BadSampleError';

  constructor(
    readonly kind: BadKind,
    readonly key: string,
    message: string,
  ) {
    super(shown(message, LONGEST_MESSAGE));
  }
}

/** Thrown when so much of the input is unusable that going on would hide a mistake. */
export class TooManyBadSamplesError extends Error {
  override readonly name = 'TooManyBadSamplesError';
}

export interface BadInputOptions {
  /** The largest tolerated share of bad samples, in [0, 1]; default 0.05. */
  limitFraction?: number;
  /** How many samples must have been met before the limit applies; default 100. */
  minimumSamples?: number;
  /** How many keys to keep of each kind; default 5. */
  keptKeys?: number;
}

/** The counts for a run's report; plain data. */
export interface BadInputSummary {
  /** Samples met, good and bad. */
  seen: number;
  /** Samples skipped. */
  bad: number;
  /** Most frequent kind first. */
  kinds: { kind: BadKind; count: number; firstKeys: string[]; firstMessage: string }[];
}

/**
 * Counts skipped samples by kind and stops the run when they are too many.
 *
 * A source calls `saw` once per sample it meets and `skip` for each one it leaves out; a decoder further down the
 * stream calls `skip` alone. So reading ahead never makes the bad share look larger than it is.
 */
export class BadInputCounter {
  private readonly kinds = new Map<BadKind, { count: number; first: BadSampleError[] }>();
  private readonly limitFraction: number;
  private readonly minimumSamples: number;
  private readonly keptKeys: number;
  private seen = 0;
  private bad = 0;

  constructor({ limitFraction = 0.05, minimumSamples = 100, keptKeys = 5 }: BadInputOptions = {}) {
    this.limitFraction = limitFraction;
    this.minimumSamples = minimumSamples;
    this.keptKeys = keptKeys;
  }

  /** Notes that a sample was met, good or bad. Throws as `skip` does. */
  saw(): void {
    this.seen++;
    this.checkLimit();
  }

  /**
   * Notes a sample that is left out; an error of any other class is thrown on.
   * Throws `TooManyBadSamplesError` where the share of bad samples exceeds the limit.
   */
  skip(error: unknown): void {
    if (!(error instanceof BadSampleError)) throw error;
    const entry = this.kinds.get(error.kind) ?? { count: 0, first: [] };
    entry.count++;
    if (entry.first.length < this.keptKeys) entry.first.push(error);
    this.kinds.set(error.kind, entry);
    this.bad++;
    this.checkLimit();
  }

  /** The counts by kind, with the first keys of each. */
  summary(): BadInputSummary {
    const kinds = [...this.kinds].map(([kind, { count, first }]) => ({
      kind,
      count,
      firstKeys: first.map((error) => error.key),
      firstMessage: first[0].message,
    }));
    // A source that does not count (a plain array) leaves `seen` behind.
    const seen = Math.max(this.seen, this.bad);
    return { seen, bad: this.bad, kinds: kinds.sort((a, b) => b.count - a.count) };
  }

  /** Goes on counting from an earlier summary, which replaces what was counted so far. */
  restore({ seen, bad, kinds }: BadInputSummary): void {
    this.seen = seen;
    this.bad = bad;
    this.kinds.clear();
    for (const { kind, count, firstKeys, firstMessage } of kinds) {
      this.kinds.set(kind, {
        count,
        first: firstKeys.map((key) => new BadSampleError(kind, key, firstMessage)),
      });
    }
  }

  /** One line for a log: `3 of 120 samples are unusable (2 corrupt-picture: a, b; 1 empty-caption: c)`. */
  describe(): string {
    const { seen, bad, kinds } = this.summary();
    if (bad === 0) return `all ${seen} samples are usable`;
    const parts = kinds.map(({ kind, count, firstKeys }) => {
      const more = count > firstKeys.length ? ', …' : '';
      return `${count} ${kind}: ${firstKeys.join(', ')}${more}`;
    });
    return `${bad} of ${seen} samples are unusable (${parts.join('; ')})`;
  }

  /** Checks the limit when all samples have been met: then it holds for fewer than the minimum, too. */
  checkAll(): void {
    this.checkLimit(0);
  }

  private checkLimit(minimum = this.minimumSamples): void {
    if (this.seen < minimum || this.bad <= this.limitFraction * this.seen) return;
    throw new TooManyBadSamplesError(
      `${this.describe()}, more than the tolerated ${this.limitFraction * 100}%; ` +
        `repair the data or raise \`limitFraction\`.`,
    );
  }
}
