/**
 * Trains tiny models on the backend that the environment names and prints what came out, for `backend.test.ts`, which
 * runs this in a process of its own: a process has one backend.
 */
import { startEngine } from '../../src/engine';
import { createClip } from '../../src/models';
import {
  alipObjective,
  clipObjective,
  dalipObjective,
  pictureData,
  startTraining,
  trainSteps,
} from '../../src/training';
import { TINY, TINY_RECIPE, TINY_SECOND_ORDER, tinyPictures, tinyTokenizer } from '../tiny';

async function main(): Promise<void> {
  const { backend } = await startEngine();
  const pictures = tinyPictures();
  const tokenizer = tinyTokenizer();
  const data = pictureData(pictures, tokenizer, {
    batchSize: TINY_RECIPE.batchSize,
    seed: TINY_RECIPE.seed,
    imageSize: TINY.vision.imageSize,
    captionOf: (index) => pictures.texts[index][1],
  });
  const losses: Record<string, number[]> = {};
  for (const [objective, config] of [
    [clipObjective(), TINY],
    [alipObjective(), { ...TINY, quickGelu: true }],
    [dalipObjective(), TINY_SECOND_ORDER],
  ] as const) {
    const training = startTraining(createClip(config, 0), objective, { ...TINY_RECIPE, steps: 3 });
    losses[objective.name] = [];
    for await (const { loss, gradientNorm } of trainSteps(training, data)) {
      losses[objective.name].push(loss, gradientNorm);
    }
  }
  console.log(JSON.stringify({ backend, losses }));
}

main();
