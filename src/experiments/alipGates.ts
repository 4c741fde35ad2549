import { QUICK_MODEL } from '../models';
import { loadAlipData } from './alipData';
import { CAPTION_ARM, CHOICE_ARMS, WAY_ARMS } from './alipGatesArms';
import { gatesReport } from './alipGatesReport';
import type { Experiment, Profile } from './experiment';

const RECIPE = { batchSize: 128, learningRate: 1e-3, weightDecay: 0.2, clipNorm: 1 };

const profile = (steps: number, warmupSteps: number): Omit<Profile, 'seeds'> => ({
  model: QUICK_MODEL,
  recipe: { ...RECIPE, steps, warmupSteps },
});

const ARMS = [CAPTION_ARM, ...[...WAY_ARMS, ...CHOICE_ARMS].map(({ arm }) => arm)];

/** What ALIP's gates do, one by one, against the noise they are made for. */
export const alipGatesExperiment: Experiment = {
  id: 'alip-gates',
  title: 'ALIP: what the gates find and what they bring',
  question:
    'Do the gates find texts that were spoiled on purpose, does weighing by them help beyond the clean caption, and is ' +
    'it the choice of samples or only a smaller step?',
  arms: ARMS,
  onRequest: true,
  profiles: {
    quick: { ...profile(40, 10), seeds: [0], arms: ['both-30', 'alip-30', 'shuffled-30'] },
    mini: { ...profile(300, 40), seeds: [0, 1, 2] },
  },
  load: loadAlipData,
  report: gatesReport,
};
