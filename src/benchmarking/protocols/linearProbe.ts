import { sweepLinearProbe } from '../../evaluation';
import { examplesOf, prepareExamples, trainingExamples } from './examples';
import type { Protocol } from './protocol';
import { accuracies } from './zeroShot';

/** CLIP's linear probe on embeddings of unit length, see `sweepLinearProbe`. */
export const linearProbe: Protocol<'classification'> = {
  id: 'linear-probe',
  learns: true,
  task: 'classification',
  prepare: prepareExamples,
  async measure(subject) {
    const { train, validation, source } = await trainingExamples(subject);
    const test = examplesOf(await subject.embedded(subject.split));
    const { classes } = subject.benchmark;
    const found = sweepLinearProbe({ train, validation, test, classes });
    return {
      metrics: accuracies(found, classes),
      settings: { training: source, strength: found.strength, converged: found.converged },
      predictions: { labels: test.labels, predicted: found.predictions },
    };
  },
};
