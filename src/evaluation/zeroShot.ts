import { fillTemplates } from '../text';
import { concatEmbeddings, type Embeddings, normaliseRows } from './embeddings';
import type { Ties } from './retrieval';
import { cosineScores, type ScoreRows } from './scoreRows';
import { mean } from './statistics';

/** Encodes texts to embeddings `[texts, width]`, normalised or not. */
export type EncodeTexts = (texts: string[]) => Promise<Embeddings>;

/** Templates with `{}` in the class name's place, for all classes; or by class name, the finished prompts of that class. */
export type ClassTemplates = readonly string[] | Readonly<Record<string, readonly string[]>>;

/**
 * The zero-shot classifier of CLIP (Radford et al. 2021, section 3.1.4): every class name is put into every
 * template, and the unit vectors of its texts are averaged and scaled to unit length again. Where a class has prompts of
 * its own (as in CuPL, Pratt et al. 2023), as many as it has are averaged.
 *
 * @returns `[classes, width]`, unit rows in the order of `classes`.
 * @throws as `promptsOfClasses` does
 */
export async function classWeights(
  encodeTexts: EncodeTexts,
  classes: readonly string[],
  templates: ClassTemplates,
  batchSize = 256,
): Promise<Embeddings> {
  const prompts = promptsOfClasses(classes, templates);
  const texts = prompts.flat();
  const encoded: Embeddings[] = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    encoded.push(normaliseRows(await encodeTexts(texts.slice(start, start + batchSize))));
  }
  const sizes = prompts.map((own) => own.length);
  return normaliseRows(sumOfGroups(concatEmbeddings(encoded), sizes));
}

/**
 * The prompts of each class, in the order of `classes`.
 *
 * @throws when there is no class, no template, a template without `{}`, or a class without prompts of its own.
 */
export function promptsOfClasses(classes: readonly string[], templates: ClassTemplates): string[][] {
  const count = Object.keys(templates).length;
  if (classes.length === 0 || count === 0) {
    throw new Error(`Expected classes and templates, got ${classes.length} and ${count}: give one of each.`);
  }
  return classes.map((name) => {
    if (isForAll(templates)) return fillTemplates(templates, name);
    const own = Object.hasOwn(templates, name) ? templates[name] : [];
    if (own.length > 0) return [...own];
    throw new Error(`Expected prompts for the class "${name}", but there are none; give at least one.`);
  });
}

// Array.isArray does not tell a read-only list from an object.
const isForAll = (templates: ClassTemplates): templates is readonly string[] => Array.isArray(templates);

/**
 * Every class name in every template, the templates of one class behind each other.
 *
 * @throws as `promptsOfClasses` does
 */
export function classPrompts(classes: readonly string[], templates: readonly string[]): string[] {
  return promptsOfClasses(classes, templates).flat();
}

/** Sums consecutive rows: as many as `sizes` says into each. */
function sumOfGroups({ values, width }: Embeddings, sizes: readonly number[]): Embeddings {
  const sums = new Float32Array(sizes.length * width);
  let start = 0;
  sizes.forEach((size, group) => {
    for (let i = 0; i < size * width; i++) sums[group * width + (i % width)] += values[start + i];
    start += size * width;
  });
  return { values: sums, rows: sizes.length, width };
}

/** What is right, and for which classes a model may know it from training. */
export interface ClassLabels {
  /** The class index of every picture. */
  labels: ArrayLike<number>;
  /** For each class: did its pictures occur in training? Splits top-1 into two. */
  seen?: readonly boolean[];
  /** Default `lost`; `inOrder` is what an argmax does, where two classes have one name for instance. */
  ties?: Ties;
}

export interface ZeroShotInput extends ClassLabels {
  /** `[pictures, width]`; scaled to unit length here. */
  imageEmbeddings: Embeddings;
  /** `[classes, width]`, as `classWeights` makes them. */
  classEmbeddings: Embeddings;
}

export interface ZeroShotResult {
  /** Shares in [0, 1]. */
  top1: number;
  top3: number;
  top5: number;
  /** The mean of the classes' own top-1 accuracies, over classes with at least one picture. */
  meanPerClass: number;
  /** The mean of the classes' F1, over classes with a picture or a prediction; a tie that is lost is no right prediction. */
  macroF1: number;
  /** Top-1 on pictures of classes seen in training, and of classes never seen; absent where there are none. */
  top1Seen?: number;
  top1Unseen?: number;
  /** How many pictures were judged. */
  count: number;
  /** The class index with the highest score for every picture; of equals, the lowest index. */
  predictions: Int32Array;
}

/**
 * Zero-shot classification accuracy by cosine similarity.
 *
 * @throws when the labels do not fit the pictures or the classes.
 */
export function zeroShotAccuracy(input: ZeroShotInput): ZeroShotResult {
  return classAccuracy(cosineScores(input.imageEmbeddings, input.classEmbeddings), input);
}

/**
 * Classification accuracy by any scores. A picture is right within k when fewer than k wrong classes score at least as
 * high as the right one: ties count against the model, so that equal embeddings earn nothing, unless `ties` says otherwise.
 *
 * @param scores pictures as queries, classes as candidates
 * @throws when the labels do not fit the pictures or the classes.
 */
export function classAccuracy(
  scores: ScoreRows,
  { labels, seen, ties = 'lost' }: ClassLabels,
): ZeroShotResult {
  checkLabels(scores, labels, seen);
  const count = scores.queries;
  const predictions = new Int32Array(count);
  const ranks = new Int32Array(count);
  scores.forEach((picture, row) => {
    predictions[picture] = indexOfHighest(row);
    ranks[picture] = rankOf(labels[picture], row, ties);
  });

  const pictures = Array.from({ length: count }, (_, i) => i);
  const within = (k: number, of: number[]) => of.filter((i) => ranks[i] < k).length / of.length;
  const result: ZeroShotResult = {
    top1: within(1, pictures),
    top3: within(3, pictures),
    top5: within(5, pictures),
    ...classMeans(labels, ranks, predictions, scores.candidates),
    count,
    predictions,
  };
  if (seen) {
    const known = pictures.filter((i) => seen[labels[i]]);
    const unknown = pictures.filter((i) => !seen[labels[i]]);
    if (known.length > 0) result.top1Seen = within(1, known);
    if (unknown.length > 0) result.top1Unseen = within(1, unknown);
  }
  return result;
}

/** @throws where labels or flags do not fit the pictures or the classes */
export function checkLabels(
  { queries: pictures, candidates: classes }: ScoreRows,
  labels: ArrayLike<number>,
  seen?: readonly boolean[],
): void {
  if (pictures === 0 || labels.length !== pictures) {
    throw new Error(`Expected one label for each picture, got ${labels.length} for ${pictures} pictures.`);
  }
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= classes) {
      throw new Error(`Expected labels from 0 to ${classes - 1}, got ${labels[i]} for picture ${i}.`);
    }
  }
  if (seen && seen.length !== classes) {
    throw new Error(`Expected one "seen" flag for each of ${classes} classes, got ${seen.length}.`);
  }
}

function indexOfHighest(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  return best;
}

/** How many other entries rank before the target: those that score higher, and of equals all others or the lower ones. */
function rankOf(target: number, scores: Float32Array, ties: Ties): number {
  const lost = ties === 'lost' ? scores.length : target;
  let rank = 0;
  scores.forEach((score, i) => {
    if (score > scores[target] || (score === scores[target] && i < lost && i !== target)) rank++;
  });
  return rank;
}

/** scikit-learn's `balanced_accuracy_score` and `f1_score(average='macro')`. */
function classMeans(
  labels: ArrayLike<number>,
  ranks: Int32Array,
  predictions: Int32Array,
  classes: number,
): Pick<ZeroShotResult, 'meanPerClass' | 'macroF1'> {
  const [total, predicted, right] = [0, 1, 2].map(() => new Float64Array(classes));
  for (let i = 0; i < labels.length; i++) {
    total[labels[i]]++;
    predicted[predictions[i]]++;
    if (ranks[i] === 0) right[labels[i]]++;
  }
  const recalls = [...right.keys()].filter((c) => total[c] > 0).map((c) => right[c] / total[c]);
  // F1 is the harmonic mean of right / total and right / predicted.
  const f1s = [...right.keys()].flatMap((c) => {
    const sum = total[c] + predicted[c];
    return sum > 0 ? (2 * right[c]) / sum : [];
  });
  return { meanPerClass: mean(recalls), macroF1: mean(f1s) };
}
