import * as tf from '@tensorflow/tfjs-core';
import {
  CAPTION_END,
  CAPTION_START,
  type Captioner,
  type CaptionerInput,
  type CaptionMemory,
  type CaptionVocabulary,
  chooseRows,
  predictTokens,
  readPrefix,
  readToken,
} from '../../models';
import { beamSearch, type Hypothesis, type NextTokens } from './beamSearch';

export interface DecodingOptions {
  /** Hypotheses of each picture; default 5, as published. 1 is greedy search. */
  beam?: number;
  /** Words of the longest caption; default 20, as published. */
  maxWords?: number;
  /** See `BeamOptions`; default 0.7. */
  lengthPower?: number;
}

/** A caption and how likely the model finds it. */
export interface WrittenCaption extends Hypothesis {
  text: string;
}

/** One caption for each picture of a batch. Nothing of the engine's is left behind. */
export function writeCaptions(
  model: Captioner,
  input: CaptionerInput,
  vocabulary: CaptionVocabulary,
  { beam = 5, maxWords = 20, lengthPower = 0.7 }: DecodingOptions = {},
): WrittenCaption[] {
  let memory = tf.tidy(() => kept(readPrefix(model, input, beam)));
  const next = (tokens: readonly number[], parents: readonly number[] | null): NextTokens => {
    const before = memory;
    let said!: NextTokens;
    tf.tidy(() => {
      const read = readToken(model, parents ? goOnFrom(before, parents) : before, tokens);
      memory = kept(read.memory);
      const logProbabilities = tf.logSoftmax(predictTokens(model, read.states));
      const { values, indices } = tf.topk(logProbabilities, Math.min(2 * beam, vocabulary.size));
      said = {
        tokens: indices.arraySync() as number[][],
        logProbabilities: values.arraySync() as number[][],
        end: tf.slice(logProbabilities, [0, CAPTION_END], [-1, 1]).dataSync(),
      };
    });
    forget(before);
    return said;
  };
  try {
    const best = beamSearch(input.grid.shape[0], next, {
      beam,
      maxWords,
      lengthPower,
      maxTokens: model.config.contextLength,
      start: CAPTION_START,
      end: CAPTION_END,
      endsWord: vocabulary.endsWord,
    });
    return best.map((hypothesis) => ({ ...hypothesis, text: vocabulary.decode(hypothesis.tokens) }));
  } finally {
    forget(memory);
  }
}

function goOnFrom(memory: CaptionMemory, rows: readonly number[]): CaptionMemory {
  return rows.every((row, i) => row === i) ? memory : chooseRows(memory, rows);
}

function tensorsOf({ layers }: CaptionMemory): tf.Tensor[] {
  return layers.flatMap(({ key, value }) => [key, value]);
}

function kept(memory: CaptionMemory): CaptionMemory {
  for (const tensor of tensorsOf(memory)) tf.keep(tensor);
  return memory;
}

function forget(memory: CaptionMemory): void {
  tf.dispose(tensorsOf(memory));
}
