import type { ScoreRows } from './scoreRows';
import { softmaxInPlace } from './softmaxRegression';
import { checkLabels } from './zeroShot';

/** What a picture's probabilities say, and what is true. */
export interface Outcome {
  /** The highest probability. */
  confidence: number;
  /** Is it the right class's? Of equally likely classes the lowest is meant. */
  right: boolean;
  /** −ln of the right class's probability. */
  loss: number;
  /** Σ (probability − truth)² over classes. */
  brier: number;
}

/**
 * The outcomes of all pictures, in their order: softmax of scores times `logitScale`, in doubles.
 *
 * @throws where labels do not fit, or the scale is not above zero
 */
export function outcomesOf(scores: ScoreRows, labels: ArrayLike<number>, logitScale: number): Outcome[] {
  checkScale(logitScale);
  checkLabels(scores, labels);
  const outcomes: Outcome[] = new Array(scores.queries);
  const row = new Float64Array(scores.candidates);
  scores.forEach((picture, found) => {
    found.forEach((score, c) => {
      row[c] = logitScale * score;
    });
    outcomes[picture] = outcomeOf(row, labels[picture]);
  });
  return outcomes;
}

/** Turns the row of logits into probabilities. */
function outcomeOf(row: Float64Array, label: number): Outcome {
  const logit = row[label];
  const logSum = softmaxInPlace(row, 0, row.length);
  let [best, squares] = [0, 0];
  row.forEach((probability, c) => {
    if (probability > row[best]) best = c;
    squares += (probability - Number(c === label)) ** 2;
  });
  return { confidence: row[best], right: best === label, loss: logSum - logit, brier: squares };
}

/** The mean over outcomes; 0 without any. */
export function meanOf(outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number {
  return outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / Math.max(1, outcomes.length);
}

export function checkScale(logitScale: number): void {
  if (!(logitScale > 0 && Number.isFinite(logitScale))) {
    throw new Error(
      `Expected a logit scale above 0, got ${logitScale}: pass exp(logit_scale), 100 for CLIP.`,
    );
  }
}
