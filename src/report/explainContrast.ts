import { softmaxInPlace } from '../evaluation/softmaxRegression';
import type { Column, Table } from './table';

/** One pair of a batch, and how surprised a model is by it. */
export interface ContrastPair {
  /** The probability of the own text among all texts, and −ln of it. */
  'p(text)': number;
  'CE(text)': number;
  /** The probability of the own picture among all pictures, and −ln of it. */
  'p(picture)': number;
  'CE(picture)': number;
  /** The mean of the two cross-entropies. */
  loss: number;
}

/** A batch's contrastive loss with everything that led to it; matrices are `[pictures][texts]`. */
export interface ExplainedContrast {
  cosines: number[][];
  scale: number;
  /** Each picture's probabilities of all texts: rows add up to 1. */
  textOfPicture: number[][];
  /** Each text's probabilities of all pictures: columns add up to 1. */
  pictureOfText: number[][];
  pairs: ContrastPair[];
  loss: number;
}

/**
 * CLIP's loss of one batch (Radford et al. 2021, figure 3), computed in plain double-precision numbers, without tensors, in
 * the order of the calculation: cosines times the scale, softmax along rows and along columns, −ln of the diagonal. Equal
 * to `clipLoss`, to be followed with a pencil.
 *
 * @param cosines of every picture with every text, `[pairs][pairs]`; the diagonal holds the pairs
 * @param scale 1/τ, what cosines are multiplied by
 * @throws when the matrix is empty or not square
 */
export function explainContrast(cosines: readonly (readonly number[])[], scale: number): ExplainedContrast {
  checkSquare(cosines);
  const textOfPicture = cosines.map((row) => softmax(row, scale));
  const pictureOfText = transposed(transposed(cosines).map((column) => softmax(column, scale)));
  const pairs = cosines.map((_, i): ContrastPair => {
    const [ofText, ofPicture] = [textOfPicture[i][i], pictureOfText[i][i]];
    const [row, column] = [-Math.log(ofText), -Math.log(ofPicture)];
    return {
      'p(text)': ofText,
      'CE(text)': row,
      'p(picture)': ofPicture,
      'CE(picture)': column,
      loss: (row + column) / 2,
    };
  });
  const loss = pairs.reduce((sum, pair) => sum + pair.loss, 0) / pairs.length;
  return { cosines: cosines.map((row) => [...row]), scale, textOfPicture, pictureOfText, pairs, loss };
}

/** A batch's sigmoid loss with what led to it; matrices are `[pictures][texts]`. */
export interface ExplainedSigmoid {
  /** The probability that picture and text belong together, each by itself: neither rows nor columns add up to 1. */
  together: number[][];
  /** −ln of the probability of the right answer: yes on the diagonal, no elsewhere. */
  surprise: number[][];
  /** All surprises over the number of pairs. */
  loss: number;
}

/**
 * SigLIP's loss of one batch (Zhai et al. 2023, section 3.2) in plain numbers, equal to `siglipLoss`.
 *
 * @param cosines and scale as for `explainContrast`
 * @param bias what is added to the scaled cosines
 * @throws as `explainContrast`
 */
export function explainSigmoid(
  cosines: readonly (readonly number[])[],
  scale: number,
  bias: number,
): ExplainedSigmoid {
  checkSquare(cosines);
  const logits = cosines.map((row) => row.map((cosine) => scale * cosine + bias));
  const surprise = logits.map((row, i) => row.map((logit, j) => softplus(i === j ? -logit : logit)));
  return {
    together: logits.map((row) => row.map((logit) => Math.exp(-softplus(-logit)))),
    surprise,
    loss: surprise.flat().reduce((sum, value) => sum + value, 0) / cosines.length,
  };
}

/**
 * The pairs of a batch as a table, in the order of the calculation.
 *
 * @param labels of the pairs; default `pair 1`, `pair 2`, …
 */
export function contrastTable(
  { pairs, scale, loss }: ExplainedContrast,
  labels: readonly string[] = [],
): Table {
  const columns: Column[] = [
    { id: 'p(text)', title: 'p', group: 'the picture looks for its text' },
    { id: 'CE(text)', title: '−ln p', group: 'the picture looks for its text' },
    { id: 'p(picture)', title: 'p', group: 'the text looks for its picture' },
    { id: 'CE(picture)', title: '−ln p', group: 'the text looks for its picture' },
    { id: 'loss', title: 'loss: their mean' },
  ].map((column) => ({ ...column, digits: 3 }));
  const rows = pairs.map((pair, i) => ({
    label: labels[i] ?? `pair ${i + 1}`,
    cells: Object.fromEntries(Object.entries(pair).map(([id, value]) => [id, { value }])),
  }));
  rows.push({ label: 'mean of the batch', cells: { loss: { value: loss } } });
  const source = `scale ${scale}; chance is ln ${pairs.length} = ${Math.log(pairs.length).toFixed(3)}`;
  return {
    id: 'contrast-by-hand',
    title: 'The loss of one batch',
    labelTitle: 'Pair',
    unit: 'probabilities p, losses in nats',
    columns,
    sections: [{ origin: 'computed', title: `${pairs.length} pairs`, source, rows }],
    footnotes: [],
  };
}

/** Of scaled cosines. */
export function softmax(cosines: readonly number[], scale: number): number[] {
  const row = Float64Array.from(cosines, (cosine) => scale * cosine);
  softmaxInPlace(row, 0, row.length);
  return [...row];
}

/** ln(1 + eˣ), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function transposed(matrix: readonly (readonly number[])[]): number[][] {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]));
}

function checkSquare(matrix: readonly (readonly number[])[]): void {
  const odd = matrix.find((row) => row.length !== matrix.length);
  if (matrix.length > 0 && !odd) return;
  throw new Error(
    `Expected a cosine of every picture with every text, a square matrix, got ${matrix.length} rows` +
      `${odd ? ` and one of ${odd.length}` : ''}: give as many texts as pictures.`,
  );
}
