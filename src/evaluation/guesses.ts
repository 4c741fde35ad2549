import { type Embeddings, forEachScoreRow, normaliseRows } from './embeddings';

/** One label a model proposes for a picture. */
export interface Guess {
  label: string;
  /** Its share of the softmax over all labels offered: the shares of all labels sum to 1. */
  probability: number;
}

export interface GuessInput {
  /** `[pictures, width]`; scaled to unit length here. */
  imageEmbeddings: Embeddings;
  /** `[labels, width]`, e.g. from `classWeights`; scaled to unit length here. */
  classEmbeddings: Embeddings;
  /** The labels' names, one for each row of `classEmbeddings`. */
  labels: readonly string[];
  /** exp(logit_scale), what the model multiplies cosines by. */
  logitScale: number;
}

/**
 * A model's guesses for every picture, likeliest first: the softmax of its cosines times the logit scale (Radford et al.
 * 2021, figure 3 read along one row). Probabilities compare the offered labels only: offer other labels and they change.
 *
 * @returns `[pictures][labels]`; labels of equal probability keep their order.
 * @throws when there is not one label for each class embedding.
 */
export function guessLabels({ imageEmbeddings, classEmbeddings, labels, logitScale }: GuessInput): Guess[][] {
  if (labels.length !== classEmbeddings.rows) {
    throw new Error(
      `Expected a label for each of ${classEmbeddings.rows} class embeddings, got ${labels.length}.`,
    );
  }
  const guesses: Guess[][] = [];
  forEachScoreRow(normaliseRows(imageEmbeddings), normaliseRows(classEmbeddings), (_, cosines) => {
    const probabilities = softmax(Array.from(cosines, (cosine) => logitScale * cosine));
    guesses.push(
      labels
        .map((label, i) => ({ label, probability: probabilities[i] }))
        .sort((a, b) => b.probability - a.probability),
    );
  });
  return guesses;
}

function softmax(logits: readonly number[]): number[] {
  const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
