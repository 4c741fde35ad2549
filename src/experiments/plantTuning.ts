import { type BadInputCounter, loadTasks, type PictureSet } from '../data';
import { clipObjective, type PictureDataOptions } from '../training';
import type { Arm, ExperimentData } from './experiment';
import { loadSplits } from './profiles';

/**
 * The paper's situation at mini scale: a CLIP trained on general pictures only is tuned on a mixture of domain (plant)
 * and general pictures. Shared by the ablations of statistics and of mixing.
 */

/** General pictures' share in PlantMix-13M: 3 of 13 million pairs. */
export const PLANTMIX_GENERAL_SHARE = 3 / 13;

/** The model every arm of a seed starts from: plain CLIP on general pictures, twice an arm's steps. */
export const GENERAL_START: Arm = {
  id: 'start',
  label: 'CLIP before tuning',
  objective: clipObjective,
  sources: mixture(1),
  recipe: ({ recipe }) => ({ steps: 2 * recipe.steps }),
  settings: { generalShare: 1 },
};

/** What an arm needs to start from `GENERAL_START` and be tuned on a mixture with this share of general pictures. */
export function tunedOn(generalShare: number): Pick<Arm, 'startsFrom' | 'sources' | 'settings'> {
  return { startsFrom: GENERAL_START.id, sources: mixture(generalShare), settings: { generalShare } };
}

/** Plants and general pictures mixed by the share of general ones; a source without a share is left out. */
function mixture(generalShare: number): NonNullable<Arm['sources']> {
  return ({ train }): PictureDataOptions['sources'] =>
    [
      { indices: picturesOf(train, 'herbarium'), weight: 1 - generalShare },
      { indices: picturesOf(train, 'pictograms'), weight: generalShare },
    ].filter(({ weight }) => weight > 0);
}

function picturesOf({ keys, metas }: PictureSet, set: 'herbarium' | 'pictograms'): number[] {
  return [...keys.keys()].filter((index) => metas[index].set === set);
}

/** Both embedded sets and all their tasks; the 1,572 emoji classes are named by one template instead of four. */
export async function loadTuningData(counter: BadInputCounter): Promise<ExperimentData> {
  const { train, test } = await loadSplits(['pictograms', 'herbarium'], counter);
  const tasks = [...loadTasks('pictograms'), ...loadTasks('herbarium')].map((task) =>
    task.classes.length > 1000 ? { ...task, templates: task.templates.slice(0, 1) } : task,
  );
  return { train, test, tasks, searches: [] };
}
