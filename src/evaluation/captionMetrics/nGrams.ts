/** One caption and the texts it is judged by, as tokens without white space; see `tokenise`. */
export interface CaptionPair {
  candidate: readonly string[];
  /** At least one. */
  references: readonly (readonly string[])[];
}

/** How often each run of `n` tokens occurs; its tokens are joined by spaces. */
export type NGramCounts = Map<string, number>;

/** The counts for n = 1 … `longest`, in this order. */
export function countNGrams(tokens: readonly string[], longest: number): NGramCounts[] {
  return Array.from({ length: longest }, (_, i) => countRuns(tokens, i + 1));
}

function countRuns(tokens: readonly string[], n: number): NGramCounts {
  const counts: NGramCounts = new Map();
  for (let start = 0; start + n <= tokens.length; start++) {
    const run = tokens.slice(start, start + n).join(' ');
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}

/** @throws Error where there is no caption, or one without references */
export function checkPairs(pairs: readonly CaptionPair[]): void {
  if (pairs.length === 0) {
    throw new Error('Expected at least one caption to score, but got none; give candidates and references.');
  }
  const bare = pairs.findIndex(({ references }) => references.length === 0);
  if (bare >= 0) {
    throw new Error(
      `Expected at least one reference of each caption, but number ${bare} has none; leave it out.`,
    );
  }
}
