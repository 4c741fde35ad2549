import { lowerResolution, type PictureSet, selectSamples, type TaskDefinition, taskExamples } from '../data';
import type { Clip } from '../models';
import type { Tokenizer } from '../text';
import { selectRows } from './embeddings';
import {
  type EncodedRows,
  embedPictures,
  embedTexts,
  rowsFor,
  type Scoring,
  type VectorScoring,
} from './encode';
import { measureTokens } from './measureTokens';
import { type ProbeSweepResult, sweepLinearProbe } from './probeSweep';
import { collectPairs, type RetrievalResult, retrievalRecall } from './retrieval';
import { classWeights, type ZeroShotResult, zeroShotAccuracy } from './zeroShot';

/** A task's result without the single predictions, as it goes into a run's summary. */
export type TaskScore = Omit<ZeroShotResult, 'predictions' | 'top3' | 'macroF1'>;

/** A search among the pictures of a held-out set and all their texts. */
export interface RetrievalTask {
  /** Names the search in results, e.g. `fluent`. */
  id: string;
  /** The pictures, as indices in the test set. */
  indices: readonly number[];
}

/** Everything the tables need of one model under one scoring. */
export interface Measurement {
  tasks: Record<string, TaskScore>;
  retrieval: Record<string, RetrievalResult>;
  /** Linear probes on frozen picture embeddings, by task, where an experiment asks for them. */
  probes?: Record<string, Pick<ProbeSweepResult, 'top1' | 'meanPerClass' | 'count' | 'strength'>>;
}

/**
 * Judges a model on zero-shot tasks and retrieval, once for each scoring; pictures and texts are encoded once for all.
 *
 * @param test held-out pictures; a task's examples are those whose JSON names it
 * @throws when a task has no examples among them, or a scoring needs heads or token maps that the model lacks
 */
export async function measure(
  model: Clip,
  tokenizer: Tokenizer,
  test: PictureSet,
  tasks: readonly TaskDefinition[],
  searches: readonly RetrievalTask[],
  scorings: readonly Scoring[] = ['first'],
): Promise<Partial<Record<Scoring, Measurement>>> {
  const byVectors = scorings.filter(isByVectors);
  return {
    ...(byVectors.length > 0 && (await measureVectors(model, tokenizer, test, tasks, searches, byVectors))),
    ...(scorings.includes('tokens') && {
      tokens: await measureTokens(model, tokenizer, test, tasks, searches),
    }),
  };
}

/** Does a model answer with vectors under this scoring? */
export function isByVectors(scoring: Scoring): scoring is VectorScoring {
  return scoring !== 'tokens';
}

async function measureVectors(
  model: Clip,
  tokenizer: Tokenizer,
  test: PictureSet,
  tasks: readonly TaskDefinition[],
  searches: readonly RetrievalTask[],
  scorings: readonly VectorScoring[],
): Promise<Record<VectorScoring, Measurement>> {
  const pictures = embedPictures(model, test);
  const results = Object.fromEntries(
    scorings.map((scoring) => [scoring, { tasks: {}, retrieval: {} }]),
  ) as Record<VectorScoring, Measurement>;
  for (const task of tasks) {
    const { indices, labels } = taskExamples(test, task);
    const own = task.lowResolution
      ? embedPictures(model, await lowerResolution(selectSamples(test, indices), task.lowResolution))
      : chooseRows(pictures, indices);
    const classes = await classRows(model, tokenizer, task);
    for (const scoring of scorings) {
      const { predictions, top3, macroF1, ...score } = zeroShotAccuracy({
        imageEmbeddings: rowsFor(scoring, own),
        classEmbeddings: rowsFor(scoring, classes),
        labels,
        seen: task.seen,
      });
      results[scoring].tasks[task.id] = score;
    }
  }
  for (const { id, indices } of searches) {
    const { texts, positives } = collectPairs(indices.map((index) => test.texts[index]));
    const own = chooseRows(pictures, indices);
    const candidates = embedTexts(model, tokenizer, texts);
    for (const scoring of scorings) {
      results[scoring].retrieval[id] = retrievalRecall({
        imageEmbeddings: rowsFor(scoring, own),
        textEmbeddings: rowsFor(scoring, candidates),
        positives,
      });
    }
  }
  return results;
}

/** Every fourth training picture decides on the penalty of a linear probe. */
const VALIDATION_STRIDE = 4;
/** Iterations of a probe's fits: the embeddings are narrow, and accuracies need no more. */
const PROBE_ITERATIONS = 60;

/**
 * Linear probes of each task under each scoring: CLIP's protocol on the model's picture embeddings, with every fourth
 * training picture as validation.
 *
 * @returns scoring → task → score
 */
export function probeTasks(
  model: Clip,
  { train, test }: { train: PictureSet; test: PictureSet },
  tasks: readonly TaskDefinition[],
  scorings: readonly VectorScoring[] = ['first'],
): Partial<Record<VectorScoring, NonNullable<Measurement['probes']>>> {
  const results = Object.fromEntries(scorings.map((scoring) => [scoring, {}])) as Record<
    VectorScoring,
    NonNullable<Measurement['probes']>
  >;
  for (const task of tasks) {
    const [own, exam] = [train, test].map((set) => {
      const { indices, labels } = taskExamples(set, task);
      return { labels, rows: embedPictures(model, set, indices) };
    });
    const held = (place: number) => place % VALIDATION_STRIDE === 0;
    const places = [...own.labels.keys()];
    for (const scoring of scorings) {
      const part = (chosen: readonly number[]) => ({
        features: rowsFor(scoring, chooseRows(own.rows, chosen)),
        labels: chosen.map((place) => own.labels[place]),
      });
      const { predictions, fits, converged, ...score } = sweepLinearProbe({
        train: part(places.filter((place) => !held(place))),
        validation: part(places.filter(held)),
        test: { features: rowsFor(scoring, exam.rows), labels: exam.labels },
        classes: task.classes.length,
        maxIterations: PROBE_ITERATIONS,
      });
      results[scoring][task.id] = score;
    }
  }
  return results;
}

/** The class weights of a task for each order the model has. */
async function classRows(model: Clip, tokenizer: Tokenizer, task: TaskDefinition): Promise<EncodedRows> {
  const encoded = new Map<string, EncodedRows>();
  const encode = (order: keyof EncodedRows) => async (texts: string[]) => {
    const key = texts.join('\n');
    if (!encoded.has(key)) encoded.set(key, embedTexts(model, tokenizer, texts));
    return encoded.get(key)![order]!;
  };
  const weights = (order: keyof EncodedRows) => classWeights(encode(order), task.classes, task.templates);
  return { first: await weights('first'), second: model.config.secondOrder && (await weights('second')) };
}

function chooseRows({ first, second }: EncodedRows, indices: readonly number[]): EncodedRows {
  return { first: selectRows(first, indices), second: second && selectRows(second, indices) };
}
