import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../engine';
import { createTokenizer } from '../text';
import { disposeBatch, streamedData } from '../training';
import type { LoadingAnswer, LoadingJob, LoadingRequest } from './loadingPeer';
import { type Answering, serve } from './peer';

/** clipbook as a peer of loading.ts: the batches of a training run, pictures as tensors and texts as token ids. */
async function load({ shards, side, batch }: LoadingJob): Promise<Answering<LoadingRequest>> {
  await startEngine();
  const tokenizer = createTokenizer();
  return async ({ warmUp, batches }): Promise<LoadingAnswer> => {
    const data = streamedData([{ shards, weight: 1 }], tokenizer, {
      batchSize: batch,
      seed: 0,
      imageSize: side,
      cropScale: [0.9, 1],
    });
    const means: number[][] = [];
    let began = performance.now();
    for (let step = 0; step < warmUp + batches; step++) {
      if (step === warmUp) began = performance.now();
      const made = await data.batch(step);
      if (step < warmUp) means.push(meanOf(made.images));
      disposeBatch(made);
    }
    const seconds = (performance.now() - began) / 1000;
    await data.close();
    const mean = [0, 1, 2].map((channel) => means.reduce((sum, each) => sum + each[channel], 0) / warmUp);
    return { seconds, mean };
  };
}

const meanOf = (images: tf.Tensor4D) => tf.tidy(() => [...tf.mean(images, [0, 1, 2]).dataSync()]);

serve(load);
