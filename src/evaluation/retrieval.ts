import type { Embeddings } from './embeddings';
import { cosineScores, type ScoreRows } from './scoreRows';

/** Which texts are right for which picture, with identical texts merged. */
export interface RetrievalPairs {
  /** The distinct texts, in order of first appearance: encode these. */
  texts: string[];
  /** For each picture, the indices in `texts` that are right for it. */
  positives: number[][];
}

/**
 * Collects the texts of all pictures for retrieval. Identical texts (after trimming and joining white space) become one
 * candidate that is right for all of its pictures; otherwise a model would lose for choosing "a red apple" of another
 * picture. Merging also keeps duplicates from filling the top ranks.
 *
 * @throws when a picture has no text that is not blank: it could never be found.
 */
export function collectPairs(textsOfPictures: readonly (readonly string[])[]): RetrievalPairs {
  const indexOf = new Map<string, number>();
  const positives = textsOfPictures.map((texts, picture) => {
    const clean = texts.map((text) => text.trim().replace(/\s+/g, ' ')).filter((text) => text !== '');
    if (clean.length === 0)
      throw new Error(`Expected a text for every picture, got none for picture ${picture}.`);
    for (const text of clean) if (!indexOf.has(text)) indexOf.set(text, indexOf.size);
    return [...new Set(clean.map((text) => indexOf.get(text)!))];
  });
  return { texts: [...indexOf.keys()], positives };
}

/** Recall within k (a share in [0, 1]) for each k asked for. */
export type Recall = Record<number, number>;

export interface RetrievalResult {
  /** A picture is a hit if any of its texts is within the first k texts. */
  imageToText: Recall;
  /** A text is a hit if any picture it is right for is within the first k pictures. */
  textToImage: Recall;
  /** How many pictures and distinct texts were searched for and among. */
  pictures: number;
  texts: number;
}

/**
 * Retrieval in both directions by cosine similarity.
 *
 * @param positives for each picture the row indices in `textEmbeddings` that are right for it (see `collectPairs`).
 * @throws when pictures and positives do not fit, or a text belongs to no picture.
 */
export function retrievalRecall(input: {
  /** `[pictures, width]` */
  imageEmbeddings: Embeddings;
  /** `[texts, width]` */
  textEmbeddings: Embeddings;
  positives: readonly (readonly number[])[];
  k?: readonly number[];
}): RetrievalResult {
  const { imageEmbeddings: images, textEmbeddings: texts, ...rest } = input;
  return scoreRecall({
    imageToText: cosineScores(images, texts),
    textToImage: cosineScores(texts, images),
    ...rest,
  });
}

/**
 * Retrieval in both directions by any scores, the same in both or not.
 *
 * A query is a hit within k when fewer than k wrong candidates score at least as high as its best right one. With
 * distinct scores this equals CLIP_benchmark's `recall_at_k` (a hit if any right candidate is among the top k), for any
 * number of right candidates; ties count against the model.
 *
 * @param imageToText pictures as queries, texts as candidates; `textToImage` the other way round
 * @param positives for each picture the indices of the texts that are right for it (see `collectPairs`).
 * @throws when pictures and positives do not fit, or a text belongs to no picture.
 */
export function scoreRecall(input: {
  imageToText: ScoreRows;
  textToImage: ScoreRows;
  positives: readonly (readonly number[])[];
  k?: readonly number[];
}): RetrievalResult {
  const { imageToText, textToImage, positives, k = [1, 5, 10] } = input;
  const [pictures, texts] = [imageToText.queries, imageToText.candidates];
  const picturesOf = invert(positives, pictures, texts);
  return {
    imageToText: recall(imageToText, positives, k),
    textToImage: recall(textToImage, picturesOf, k),
    pictures,
    texts,
  };
}

/** For each text, the pictures it is right for. */
function invert(positives: readonly (readonly number[])[], pictures: number, texts: number): number[][] {
  if (positives.length !== pictures || pictures === 0) {
    throw new Error(`Expected the right texts of ${pictures} pictures, got those of ${positives.length}.`);
  }
  const picturesOf: number[][] = Array.from({ length: texts }, () => []);
  positives.forEach((own, picture) => {
    if (own.length === 0)
      throw new Error(`Expected a right text for every picture, got none for picture ${picture}.`);
    for (const text of own) {
      if (!picturesOf[text]) {
        throw new Error(`Expected text indices from 0 to ${texts - 1}, got ${text} for picture ${picture}.`);
      }
      picturesOf[text].push(picture);
    }
  });
  const orphan = picturesOf.findIndex((own) => own.length === 0);
  if (orphan >= 0)
    throw new Error(`Expected every text to belong to a picture, text ${orphan} belongs to none.`);
  return picturesOf;
}

function recall(scores: ScoreRows, right: readonly (readonly number[])[], k: readonly number[]): Recall {
  const hits = k.map(() => 0);
  scores.forEach((query, row) => {
    const rank = rankOfBest(right[query], row);
    k.forEach((limit, i) => {
      if (rank < limit) hits[i]++;
    });
  });
  return Object.fromEntries(k.map((limit, i) => [limit, hits[i] / scores.queries]));
}

/** How many wrong candidates score at least as high as the best right one. */
function rankOfBest(right: readonly number[], scores: Float32Array): number {
  const best = Math.max(...right.map((i) => scores[i]));
  let rank = 0;
  for (const score of scores) if (score >= best) rank++;
  for (const i of new Set(right)) if (scores[i] >= best) rank--;
  return rank;
}
