import { fewShotAccuracy, SHOTS } from '../../evaluation';
import { examplesOf, prepareExamples, trainingExamples } from './examples';
import type { Protocol } from './protocol';

const SEEDS = [1, 2, 3];

/** Linear probes of 1 to 16 examples of each class, as many as the smallest class has: `shots1` …, top-1, see `fewShotAccuracy`. */
export const fewShot: Protocol<'classification'> = {
  id: 'few-shot',
  learns: true,
  task: 'classification',
  prepare: prepareExamples,
  async measure(subject) {
    const { train, validation, source } = await trainingExamples(subject);
    const test = examplesOf(await subject.embedded(subject.split));
    const { classes } = subject.benchmark;
    const counts = new Array<number>(classes).fill(0);
    for (const label of Array.from(train.labels)) counts[label]++;
    const smallest = Math.min(...counts);
    const shots = SHOTS.filter((count) => count <= smallest);
    if (shots.length === 0) {
      throw new Error(
        `${subject.benchmark.title} has a class without a picture to train on: no few-shot there.`,
      );
    }
    const found = fewShotAccuracy({
      ...{ train, test, classes, shots },
      seeds: SEEDS,
      strength: { validation },
    });
    const named = (figure: (top1: { estimate: number; high: number }) => number) =>
      Object.fromEntries(found.map((point) => [`shots${point.shots}`, figure(point.top1)]));
    return {
      metrics: named(({ estimate }) => estimate),
      intervals: named(({ estimate, high }) => high - estimate),
      settings: { training: source, seeds: SEEDS },
    };
  },
};
