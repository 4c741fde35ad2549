import { meanOf, type Outcome, outcomesOf } from './outcomes';
import type { ScoreRows } from './scoreRows';

/** Pictures whose predictions were about equally confident. */
export interface ReliabilityBin {
  /** How many; the means are 0 where there are none. */
  count: number;
  /** The mean probability of the predicted class. */
  confidence: number;
  /** The share predicted rightly. */
  accuracy: number;
}

/** How far probabilities are what they say; a share where nothing else is said. */
export interface Calibration {
  /** ECE: the mean over pictures of how far confidence and accuracy of their bin lie apart; `bins` of equal width. */
  expectedError: number;
  /** The same with `bins` of (almost) equally many pictures, sorted by confidence. */
  adaptiveError: number;
  /** MCE: the largest distance of any bin of equal width that has pictures. */
  maximumError: number;
  /** −ln of the right class's probability, the mean over pictures, in nats. */
  negativeLogLikelihood: number;
  /** Σ (probability − truth)² over classes, the mean over pictures: 0 to 2 (Brier 1950, not halved). */
  brier: number;
  /** The share of pictures whose most likely class is the right one; of equals the lowest class is meant. */
  accuracy: number;
  /** The mean probability of the most likely class. */
  confidence: number;
  count: number;
  /** The bins of equal width, for a reliability diagram. */
  bins: ReliabilityBin[];
}

export interface CalibrationInput {
  /** Pictures as queries, classes as candidates: `cosineScores`, or `probeScoreRows` of a probe. */
  scores: ScoreRows;
  /** The class index of every picture. */
  labels: ArrayLike<number>;
  /** What scores are multiplied with before the softmax: exp of the model's `logit_scale`, 1 for a probe. */
  logitScale: number;
  /** Default 15, as in Guo et al. */
  bins?: number;
}

/**
 * Calibration of the most likely class (Guo et al. 2017, equations 2 to 5): bin m of M holds the confidences in
 * ((m − 1) / M, m / M]. The adaptive error is that of Nguyen and O'Connor 2015. Rows of scores are looked at once; no
 * matrix of probabilities is held.
 *
 * @throws where labels do not fit, or scale or bins are not above zero
 */
export function calibration({ scores, labels, logitScale, bins = 15 }: CalibrationInput): Calibration {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new Error(`Expected a whole number of bins above zero, got ${bins}: 15 is usual.`);
  }
  const outcomes = outcomesOf(scores, labels, logitScale);
  const even = ofEqualWidth(outcomes, bins).map(summarise);
  return {
    expectedError: expectedError(even),
    adaptiveError: expectedError(ofEqualMass(outcomes, bins).map(summarise)),
    maximumError: even.reduce((most, bin) => Math.max(most, distance(bin)), 0),
    negativeLogLikelihood: meanOf(outcomes, ({ loss }) => loss),
    brier: meanOf(outcomes, ({ brier }) => brier),
    accuracy: meanOf(outcomes, ({ right }) => Number(right)),
    confidence: meanOf(outcomes, ({ confidence }) => confidence),
    count: outcomes.length,
    bins: even,
  };
}

function ofEqualWidth(outcomes: readonly Outcome[], bins: number): Outcome[][] {
  const binned: Outcome[][] = Array.from({ length: bins }, () => []);
  for (const outcome of outcomes) {
    const bin = Math.ceil(outcome.confidence * bins) - 1;
    binned[Math.min(bins - 1, Math.max(0, bin))].push(outcome);
  }
  return binned;
}

/** The first bins hold one more where the number of pictures is no multiple of theirs. */
function ofEqualMass(outcomes: readonly Outcome[], bins: number): Outcome[][] {
  const sorted = [...outcomes].sort((a, b) => a.confidence - b.confidence);
  const [least, more] = [Math.floor(sorted.length / bins), sorted.length % bins];
  const start = (bin: number) => bin * least + Math.min(bin, more);
  return Array.from({ length: bins }, (_, bin) => sorted.slice(start(bin), start(bin + 1)));
}

function summarise(bin: readonly Outcome[]): ReliabilityBin {
  return {
    count: bin.length,
    confidence: meanOf(bin, ({ confidence }) => confidence),
    accuracy: meanOf(bin, ({ right }) => Number(right)),
  };
}

function distance({ confidence, accuracy }: ReliabilityBin): number {
  return Math.abs(confidence - accuracy);
}

function expectedError(bins: readonly ReliabilityBin[]): number {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + (bin.count / count) * distance(bin), 0);
}
