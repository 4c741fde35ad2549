import * as tf from '@tensorflow/tfjs-core';
import { patchSimilarities, tokenCosines } from '../losses';
import { type RetrievalResult, scoreRecall } from './retrieval';
import type { ScoreRows } from './scoreRows';
import { itemsOf, selectItems, type TokenRows } from './tokenRows';
import { type ClassLabels, classAccuracy, type ZeroShotResult } from './zeroShot';

/** Cosines computed at a time: 32 MB. */
const COSINES_AT_A_TIME = 8e6;
/** Tokens of queries among them; a block of candidates takes the rest. */
const QUERY_TOKENS = 1024;

/**
 * Token similarities as scores (FILIP, Yao et al. 2022): the mean over a query's tokens of the highest cosine with a
 * token of the candidate. With pictures as queries this is s^I, by which texts are ranked; with texts as queries s^T, by
 * which pictures are. Scores are made in blocks, so that memory does not grow with the lists.
 *
 * @throws when the two widths differ
 */
export function tokenScores(queries: TokenRows, candidates: TokenRows): ScoreRows {
  if (queries.width !== candidates.width) {
    throw new Error(
      `Expected tokens of one width, got ${queries.width} and ${candidates.width}: use one model for both.`,
    );
  }
  const columns = itemsOf(candidates);
  return {
    queries: itemsOf(queries),
    candidates: columns,
    forEach: (visit) => {
      const others = blocksOf(candidates, COSINES_AT_A_TIME / QUERY_TOKENS);
      for (const block of blocksOf(queries, QUERY_TOKENS)) {
        const scores = new Float32Array(block.items.length * columns);
        for (const other of others) writeScores(scores, columns, block, other);
        block.items.forEach((query, row) => {
          visit(query, scores.subarray(row * columns, (row + 1) * columns));
        });
      }
    },
  };
}

/** Items with equally many tokens, so that none of them is padding. */
interface Block {
  items: number[];
  /** `[items, tokens, width]`, row-major */
  values: Float32Array;
  shape: [items: number, tokens: number, width: number];
}

/** All items in blocks of at most `most` tokens, but at least one item. */
function blocksOf(rows: TokenRows, most: number): Block[] {
  const ofLength = new Map<number, number[]>();
  for (let item = 0; item < itemsOf(rows); item++) {
    const length = rows.starts[item + 1] - rows.starts[item];
    if (!ofLength.has(length)) ofLength.set(length, []);
    ofLength.get(length)!.push(item);
  }
  return [...ofLength].flatMap(([length, items]) => {
    const perBlock = Math.max(1, Math.floor(most / length));
    return Array.from({ length: Math.ceil(items.length / perBlock) }, (_, i): Block => {
      const own = items.slice(i * perBlock, (i + 1) * perBlock);
      return { items: own, values: selectItems(rows, own).values, shape: [own.length, length, rows.width] };
    });
  });
}

/** Puts the scores of one block with another where they belong in the rows of all scores, `[queries.items, columns]`. */
function writeScores(scores: Float32Array, columns: number, queries: Block, candidates: Block): void {
  const similarities = tf.tidy(() => {
    const tokens = tf.tensor3d(candidates.values, candidates.shape);
    return patchSimilarities(tokenCosines(tf.tensor3d(queries.values, queries.shape), { tokens }));
  });
  const found = similarities.dataSync();
  similarities.dispose();
  const width = candidates.items.length;
  for (let row = 0; row < queries.items.length; row++) {
    candidates.items.forEach((candidate, i) => {
      scores[row * columns + candidate] = found[row * width + i];
    });
  }
}

/**
 * Scores with classes out of scores with prompts: the mean over each class's templates. FILIP averages similarities, not
 * embeddings: a token's place means something else in every prompt.
 *
 * @param scores with the prompts of `classPrompts`: those of one class behind each other
 * @throws when the prompts are no multiple of the templates
 */
export function averageOverPrompts(scores: ScoreRows, templates: number): ScoreRows {
  const classes = scores.candidates / templates;
  if (!Number.isInteger(classes)) {
    throw new Error(`Expected ${templates} prompts for each class, got ${scores.candidates} prompts in all.`);
  }
  return {
    queries: scores.queries,
    candidates: classes,
    forEach: (visit) => {
      const means = new Float32Array(classes);
      scores.forEach((query, row) => {
        means.fill(0);
        row.forEach((score, prompt) => {
          means[Math.floor(prompt / templates)] += score / templates;
        });
        visit(query, means);
      });
    },
  };
}

/**
 * Zero-shot classification by token similarities: s^I, averaged over each class's prompts.
 *
 * @param input.prompts the texts of `classPrompts`, `templates` for each class
 * @throws when prompts, templates, labels and pictures do not fit
 */
export function tokenZeroShotAccuracy(
  input: ClassLabels & { pictures: TokenRows; prompts: TokenRows; templates: number },
): ZeroShotResult {
  const { pictures, prompts, templates } = input;
  return classAccuracy(averageOverPrompts(tokenScores(pictures, prompts), templates), input);
}

/**
 * Retrieval by token similarities: texts are ranked by s^I, pictures by s^T.
 *
 * @param input.positives as for `retrievalRecall`
 * @throws when pictures and positives do not fit, or a text belongs to no picture
 */
export function tokenRetrievalRecall(input: {
  pictures: TokenRows;
  texts: TokenRows;
  positives: readonly (readonly number[])[];
  k?: readonly number[];
}): RetrievalResult {
  const { pictures, texts, positives, k } = input;
  return scoreRecall({
    imageToText: tokenScores(pictures, texts),
    textToImage: tokenScores(texts, pictures),
    positives,
    k,
  });
}
