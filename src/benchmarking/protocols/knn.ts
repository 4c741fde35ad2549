import { DINO_NEIGHBOURS, DINO_VOTE, joinExamples, knnAccuracy } from '../../evaluation';
import { examplesOf, prepareExamples, trainingExamples } from './examples';
import type { Protocol } from './protocol';

/** DINO's number of neighbours for its tables. */
const REPORTED = 20;

/** Nearest neighbours among all training pictures, DINO's way: `top1` and `meanPerClass` of 20, and `top1@k` of DINO's others. */
export const knn: Protocol<'classification'> = {
  id: 'knn',
  learns: true,
  task: 'classification',
  prepare: prepareExamples,
  async measure(subject) {
    const { train, validation, source } = await trainingExamples(subject);
    const test = examplesOf(await subject.embedded(subject.split));
    const { classes } = subject.benchmark;
    const found = knnAccuracy({ train: joinExamples(train, validation), test, classes });
    const { top1, meanPerClass, predictions } = found.get(REPORTED)!;
    const others = DINO_NEIGHBOURS.filter((k) => k !== REPORTED);
    const each = others.map((k) => [`top1@${k}`, found.get(k)!.top1]);
    return {
      metrics: { top1, meanPerClass, ...Object.fromEntries(each) },
      settings: { training: source.split(',')[0], k: REPORTED, vote: DINO_VOTE },
      predictions: { labels: test.labels, predicted: predictions },
    };
  },
};
