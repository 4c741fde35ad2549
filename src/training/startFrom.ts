import type * as tf from '@tensorflow/tfjs-core';
import type { Clip } from '../models';
import { type Parameters, restoreVariables, type SavedTensor } from '../nn';

/** The parameters of a plain CLIP, by open_clip's names; whatever else a model has belongs to its new parts. */
const PLAIN_NAME =
  /^(visual\.(conv1|class_embedding|positional_embedding|ln_pre|transformer|ln_post|proj)|token_embedding|positional_embedding|transformer|ln_final|text_projection|logit_scale)(\.(?!.*group_attn)|$)/;

/**
 * Starts a model from a trained one, such as an OpenCLIP checkpoint or another run's parameters: every parameter is set
 * to the saved value of its name. What a plain CLIP lacks (DALIP's second-order heads, the parts of other systems) stays
 * as it was drawn; a start that has some of it must have it all. What was given stays the caller's, and nothing changes unless everything fits.
 *
 * @param saved open_clip's state dict, as `storedTensors` gives it, or a model's own `parameters`
 * @returns the names of the parameters left as drawn
 * @throws Error where a value is missing, has another shape, or belongs to nothing in the model
 */
export function startFrom(model: Clip, saved: ReadonlyMap<string, SavedTensor>): string[] {
  const { parameters } = model;
  const added = [...parameters.keys()].filter((name) => !PLAIN_NAME.test(name));
  if (added.some((name) => saved.has(name))) {
    restoreVariables(parameters, saved);
    return [];
  }
  restoreVariables(without(parameters, added), saved);
  return added;
}

function without(parameters: Parameters, names: readonly string[]): Map<string, tf.Variable> {
  return new Map([...parameters].filter(([name]) => !names.includes(name)));
}
