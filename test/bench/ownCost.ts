import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { clipLoss, dalipLoss } from '../../src/losses';
import {
  type ClipConfig,
  createClip,
  encodeImages,
  encodeTexts,
  logitScale,
  type Mode,
  OFFICIAL_SECOND_ORDER,
  type TokenBatch,
} from '../../src/models';
import { trainable } from '../../src/nn';

/** What one process measures; secondOrderCost.ts starts it. */
export interface Work {
  model: 'clip' | 'dalip';
  /** Embeddings and loss in evaluation, or these in training and every gradient. */
  passes: 'forward' | 'backward';
  batch: number;
  steps: number;
  warmup: number;
}

export interface Cost {
  /** Of each step. */
  milliseconds: number[];
  /** Largest resident memory over all steps, warm-ups included. */
  peakMib: number;
  /** Resident memory when the model was built. */
  startMib: number;
}

const VIT_B_16: ClipConfig = {
  embedDim: 512,
  vision: { imageSize: 224, patchSize: 16, width: 768, layers: 12, heads: 12 },
  text: { contextLength: 77, vocabSize: 49408, width: 512, layers: 12, heads: 8 },
};

/** Texts of 77, 67, 57 … tokens, so that nothing can be cut off the batch. */
function longTexts(batch: number): TokenBatch {
  const { contextLength, vocabSize } = VIT_B_16.text;
  const ids = new Int32Array(batch * contextLength);
  const lengths = Int32Array.from({ length: batch }, (_, row) => contextLength - 10 * (row % 7));
  lengths.forEach((length, row) => {
    for (let i = 0; i < length; i++) ids[row * contextLength + i] = 1 + ((i * 7919 + row) % 49405);
    ids[row * contextLength + length - 1] = vocabSize - 1;
  });
  return { ids, lengths };
}

function memory(key: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(status)![1]) / 1024;
}

async function main({ model: kind, passes, batch, steps, warmup }: Work): Promise<Cost> {
  await startEngine();
  const secondOrder = kind === 'dalip' ? OFFICIAL_SECOND_ORDER : undefined;
  const model = createClip({ ...VIT_B_16, secondOrder }, 0);
  const variables = [...trainable(model.parameters).values()];
  const images: tf.Tensor4D = tf.randomNormal([batch, 224, 224, 3], 0, 1, 'float32', 1);
  const texts = longTexts(batch);

  const lossOf = (mode: Mode) => {
    const encoded = [encodeImages(model, images, mode), encodeTexts(model, texts, mode)] as const;
    const scale = logitScale(model);
    return secondOrder ? dalipLoss(...encoded, scale) : clipLoss(encoded[0].first, encoded[1].first, scale);
  };
  const random = createRandom(0);
  const step = () =>
    tf.tidy(() => {
      const backward = () => tf.variableGrads(() => lossOf({ training: true, random }), variables).value;
      return (passes === 'backward' ? backward() : lossOf({ training: false })).dataSync()[0];
    });

  global.gc?.();
  writeFileSync('/proc/self/clear_refs', '5');
  const startMib = memory('VmRSS');
  const milliseconds = Array.from({ length: warmup + steps }, () => {
    const began = performance.now();
    step();
    return performance.now() - began;
  });
  return { milliseconds: milliseconds.slice(warmup), peakMib: memory('VmHWM'), startMib };
}

main(JSON.parse(process.argv[2])).then((cost) => console.log(JSON.stringify(cost)));
