import type { ClipConfig, SecondOrderConfig } from '../models';
import type { Profile, ProfileName } from './experiment';

/** 48 px, 8 px patches: small enough for a laptop's processor, large enough to tell an apple from a pear. */
const MINI_MODEL: ClipConfig = {
  embedDim: 64,
  vision: { imageSize: 48, patchSize: 8, width: 128, layers: 4, heads: 4 },
  text: { contextLength: 32, vocabSize: 8192, width: 128, layers: 3, heads: 4 },
};

const QUICK_MODEL: ClipConfig = {
  embedDim: 64,
  vision: { imageSize: 48, patchSize: 8, width: 96, layers: 3, heads: 3 },
  text: { contextLength: 32, vocabSize: 8192, width: 96, layers: 2, heads: 3 },
};

/** DALIP's heads at mini scale, as published but for the sizes: 4 heads of 16 channels, each reduced to 8. */
export const MINI_SECOND_ORDER: SecondOrderConfig = { heads: 4, reduced: 8, dropout: 0.5 };

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
