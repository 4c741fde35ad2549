import { calibration as calibrate, cosineScores } from '../../evaluation';
import { labelsOf } from './examples';
import type { Protocol } from './protocol';
import { zeroShot } from './zeroShot';

/** How far zero-shot probabilities at the model's own temperature are what they say, see `calibration` of `evaluation`. */
export const calibration: Protocol<'classification'> = {
  id: 'calibration',
  task: 'classification',
  prepare: zeroShot.prepare,
  async measure(subject) {
    const classEmbeddings = await subject.classes();
    const tested = await subject.embedded(subject.split);
    const { logitScale } = subject.model;
    const scores = cosineScores(tested.embeddings, classEmbeddings);
    const { bins, count, ...metrics } = calibrate({ scores, labels: labelsOf(tested), logitScale });
    return {
      metrics,
      settings: { logitScale, bins: bins.length },
      prompts: await subject.prompts(),
    };
  },
};
