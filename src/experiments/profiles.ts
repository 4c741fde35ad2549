import { type BadInputCounter, type EmbeddedSet, loadEmbedded, type PictureSet } from '../data';
import { MINI_MODEL, QUICK_MODEL } from '../models';
import type { Profile, ProfileName } from './experiment';

/** Side of the decoded pictures in pixels; training crops are cut from it and scaled to the model's input. */
export const STORED_SIZE = 64;

const RECIPE = { batchSize: 128, learningRate: 1e-3, weightDecay: 0.2, clipNorm: 1 };

/**
 * The two budgets of the embedded experiments. `quick`, a small model and one seed, takes minutes: it shows that
 * everything works and decides nothing. `mini`, three seeds with intervals, takes 35 to 45 minutes on two cores.
 */
export function embeddedProfiles(steps: Record<ProfileName, number>): Record<ProfileName, Profile> {
  return {
    quick: {
      model: QUICK_MODEL,
      recipe: { ...RECIPE, steps: steps.quick, warmupSteps: 40 },
      seeds: [0],
    },
    mini: {
      model: MINI_MODEL,
      recipe: { ...RECIPE, steps: steps.mini, warmupSteps: 100 },
      seeds: [0, 1, 2],
    },
  };
}

/**
 * The two budgets of experiments that tune from a trained model: the small model in both, since there are many arms.
 *
 * @param quickArms which arms `quick` runs; absent: all
 */
export function tuningProfiles(quickArms?: readonly string[]): Record<ProfileName, Profile> {
  return {
    quick: {
      model: QUICK_MODEL,
      recipe: { ...RECIPE, steps: 40, warmupSteps: 10 },
      seeds: [0],
      arms: quickArms,
    },
    mini: { model: QUICK_MODEL, recipe: { ...RECIPE, steps: 250, warmupSteps: 30 }, seeds: [0, 1, 2] },
  };
}

/**
 * The two budgets of an ablation with many arms that train from nothing: the small model in both.
 *
 * @param quickArms which arms `quick` runs
 * @param steps of `mini`
 */
export function ablationProfiles(quickArms: readonly string[], steps = 300): Record<ProfileName, Profile> {
  const { quick } = tuningProfiles(quickArms);
  return {
    quick,
    mini: { model: QUICK_MODEL, recipe: { ...RECIPE, steps, warmupSteps: 40 }, seeds: [0, 1, 2] },
  };
}

/** The training and the test pictures of embedded sets, at the size every experiment stores them. */
export async function loadSplits(
  sets: readonly EmbeddedSet[],
  counter: BadInputCounter,
): Promise<{ train: PictureSet; test: PictureSet }> {
  const load = (split: 'train' | 'test') => loadEmbedded({ sets, split, size: STORED_SIZE, counter });
  return { train: await load('train'), test: await load('test') };
}
