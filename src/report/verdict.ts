import { pairedTTest } from '../evaluation/statistics';

export interface Claim {
  /** What is claimed, e.g. `second-order statistics help on plants`. */
  claim: string;
  /** The two arms' names and their shares in [0, 1], seed by seed in the same order. */
  ours: { label: string; scores: readonly number[] };
  baseline: { label: string; scores: readonly number[] };
}

export interface Verdict {
  outcome: 'supported' | 'contradicted' | 'open';
  /** One sentence with the numbers, for a report or a notebook. */
  sentence: string;
}

/**
 * Says whether our own numbers carry a claim: supported or contradicted only where the 95 % interval of the paired
 * difference leaves out zero, open otherwise, and always open with one seed.
 */
export function judge({ claim, ours, baseline }: Claim): Verdict {
  const name = `${ours.label} − ${baseline.label}`;
  if (ours.scores.length < 2) {
    const difference = 100 * (ours.scores[0] - baseline.scores[0]);
    return {
      outcome: 'open',
      sentence: `Open: ${claim}. ${name} = ${signed(difference)} points with one seed, which decides nothing.`,
    };
  }
  const percent = (scores: readonly number[]) => scores.map((score) => 100 * score);
  const { difference, p } = pairedTTest(percent(ours.scores), percent(baseline.scores));
  const outcome = difference.low > 0 ? 'supported' : difference.high < 0 ? 'contradicted' : 'open';
  const word = {
    supported: 'Supported at this scale',
    contradicted: 'Contradicted at this scale',
    open: 'Open',
  };
  return {
    outcome,
    sentence:
      `${word[outcome]}: ${claim}. ${name} = ${signed(difference.estimate)} points ` +
      `(95 % interval ${signed(difference.low)} to ${signed(difference.high)}, paired over ` +
      `${ours.scores.length} seeds, ${p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`}).`,
  };
}

/** With one digit after the point and a sign, a real minus: `+2.4`, `−5.2`. */
export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}
