import { MINI_MODEL, QUICK_MODEL } from '../models';
import type { Profile, ProfileName } from './experiment';

const RECIPE = { batchSize: 128, learningRate: 1e-3, weightDecay: 0.2, clipNorm: 1 };

/** The two budgets of the embedded experiments. */
export function embeddedProfiles(steps: Record<ProfileName, number>): Record<ProfileName, Profile> {
  return {
    quick: {
      description: 'a small model, one seed, a few minutes: shows that everything works, decides nothing',
      model: QUICK_MODEL,
      recipe: { ...RECIPE, steps: steps.quick, warmupSteps: 40 },
      seeds: [0],
    },
    mini: {
      description: 'three seeds with intervals, about half an hour on two cores',
      model: MINI_MODEL,
      recipe: { ...RECIPE, steps: steps.mini, warmupSteps: 100 },
      seeds: [0, 1, 2],
    },
  };
}
