import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { BadInputCounter } from '../../src/data';
import { startEngine } from '../../src/engine';
import { machineKind } from '../../src/engine/machine';
import { modelOf, recipeOf, SYSTEM_ARMS, systemsExperiment } from '../../src/experiments';
import type { SystemCosts } from '../../src/experiments/systemsCost';
import { createClip } from '../../src/models';
import { createTokenizer } from '../../src/text';
import { disposeBatch, pictureData, startTraining, type Training, trainStep } from '../../src/training';

/**
 * What a training step of each system of ALIP's tables costs beside plain CLIP's, at mini scale: time, and the most memory
 * that tensors take.
 *
 *     node setup/launch.mjs --require tsx/cjs test/bench/systemCost.ts [--rounds N] [--steps N] [--out FILE]
 *
 * All models are in one process and take turns, in the other order every second round; a system's ratio is that of the
 * medians of its steps and CLIP's in the same round. The figures mean something only where the machine has nothing else to
 * do.
 */

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '3' },
    out: { type: 'string', default: join(__dirname, '..', '..', 'results', 'bench', 'system-cost.json') },
  },
});

interface Runner {
  id: string;
  training: Training;
  /** Takes the next step, from making its batch on, and says how long that took. */
  step(): Promise<number>;
  /** The most bytes that tensors hold during a step, above those before it. */
  peak(): Promise<number>;
}

async function main(): Promise<void> {
  await startEngine();
  const [rounds, steps] = [options.rounds, options.steps].map(Number);
  const data = await systemsExperiment.load(new BadInputCounter());
  const runners = SYSTEM_ARMS.map(({ arm }) => runnerOf(arm, data));
  const memory = new Map<string, number>();
  for (const runner of runners) {
    await runner.step(); // the first step of a shape is slow
    memory.set(runner.id, await runner.peak());
  }
  const medians = new Map<string, number[]>(runners.map(({ id }) => [id, []]));
  for (let round = 0; round < rounds; round++) {
    for (const runner of round % 2 ? [...runners].reverse() : runners) {
      const times: number[] = [];
      for (let step = 0; step < steps; step++) times.push(await runner.step());
      medians.get(runner.id)!.push(median(times));
    }
    console.log(`round ${round + 1} of ${rounds}`);
  }
  const plain = medians.get(runners[0].id)!;
  const costs: SystemCosts = {
    machine: machineKind(),
    batch: systemsExperiment.profiles.mini.recipe.batchSize,
    rounds,
    arms: Object.fromEntries(
      runners.map(({ id }) => {
        const ratios = medians.get(id)!.map((time, round) => time / plain[round]);
        return [
          id,
          {
            milliseconds: rounded(median(medians.get(id)!), 1),
            time: {
              ratio: rounded(median(ratios), 3),
              low: rounded(Math.min(...ratios), 3),
              high: rounded(Math.max(...ratios), 3),
            },
            memory: rounded(memory.get(id)! / 2 ** 20, 1),
          },
        ];
      }),
    ),
  };
  writeFileSync(options.out, `${JSON.stringify(costs, null, 2)}\n`);
  console.table(
    Object.fromEntries(
      Object.entries(costs.arms).map(([id, { milliseconds, time, memory }]) => [
        id,
        { milliseconds, ...time, MiB: memory },
      ]),
    ),
  );
}

function runnerOf(
  arm: (typeof SYSTEM_ARMS)[number]['arm'],
  data: Awaited<ReturnType<typeof systemsExperiment.load>>,
): Runner {
  const profile = systemsExperiment.profiles.mini;
  const config = modelOf(arm, profile);
  const objective = arm.objective(config);
  const recipe = { ...recipeOf(arm, profile), seed: 0 };
  const training = startTraining(createClip(config, 0), objective, recipe);
  const batches = pictureData(data.train, createTokenizer(config.text), {
    batchSize: recipe.batchSize,
    seed: 0,
    imageSize: config.vision.imageSize,
    ...arm.texts?.(data, 0),
    needs: objective.needs,
  });
  const take = async () => {
    const batch = await batches.batch(training.optimizer.stepCount);
    trainStep(training, batch, () => false);
    disposeBatch(batch);
  };
  return {
    id: arm.id,
    training,
    step: async () => {
      const began = performance.now();
      await take();
      return performance.now() - began;
    },
    peak: async () => {
      const before = tf.memory().numBytes;
      const { peakBytes } = await tf.profile(async () => {
        await take();
        return [];
      });
      return peakBytes - before;
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

main();
