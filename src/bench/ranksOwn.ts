import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { type Communicator, openCommunicator } from '../distributed';
import { type Ranks, startEngine } from '../engine';
import { createClip } from '../models';
import { countParameters } from '../nn';
import { batchOfRank, clipObjective, rowsOfRank, startTraining, trainStep } from '../training';
import { benchTokens } from './benchTexts';
import type { RanksAnswer, RanksJob } from './ranks';
import { RECIPE } from './trainingJob';

/** What each rank of ranks.ts is: takes steps of plain CLIP on its part of the same batch; rank 0 writes how long they took. */
async function main(): Promise<void> {
  await startEngine();
  const { config, batch, warmUp, steps, output }: RanksJob = JSON.parse(
    readFileSync(process.argv[2], 'utf8'),
  );
  const ranks = openCommunicator();
  const { timed, secondsSumming } = withTimedSums(ranks);
  const clip = createClip(config, 0);
  const recipe = { ...RECIPE, steps: 1000, batchSize: batch, warmupSteps: 0, seed: 0 };
  const training = startTraining(clip, clipObjective(), recipe, { ranks: timed });
  const side = config.vision.imageSize;
  const { count } = rowsOfRank(batch, ranks);
  const images = tf.randomNormal([count, side, side, 3], 0, 1, 'float32', 1 + ranks.rank) as tf.Tensor4D;
  const keys = Array.from({ length: batch }, (_, row) => String(row));
  const own = batchOfRank({ keys, texts: await benchTokens('real', batch, config.text) }, images, ranks);
  const take = (many: number) => {
    for (let i = 0; i < many; i++) trainStep(training, own, () => false);
  };
  take(warmUp);
  ranks.barrier();
  const [began, sent, summed] = [performance.now(), ranks.bytesSent, secondsSumming()];
  take(steps);
  ranks.barrier();
  const answer: RanksAnswer = {
    seconds: (performance.now() - began) / 1000 / steps,
    bytes: Math.round((ranks.bytesSent - sent) / steps),
    summing: (secondsSumming() - summed) / steps,
    parameters: countParameters(clip.parameters),
  };
  if (ranks.rank === 0) writeFileSync(output, JSON.stringify(answer));
  ranks.close();
}

/** The same ranks, whose sums begin when all are there; plain CLIP sums gradients alone. */
function withTimedSums(ranks: Communicator): { timed: Ranks; secondsSumming: () => number } {
  let seconds = 0;
  const sumInPlace = (values: Float32Array) => {
    ranks.barrier();
    const began = performance.now();
    ranks.sumInPlace(values);
    seconds += (performance.now() - began) / 1000;
  };
  return { timed: { ...ranks, sumInPlace }, secondsSumming: () => seconds };
}

void main();
