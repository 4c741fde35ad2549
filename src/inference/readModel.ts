import * as tf from '@tensorflow/tfjs-core';
import { inEngine } from '../engine';
import type { WeightsFile } from '../files';
import { type Clip, type ClipConfig, parameterShapes } from '../models';
import { disposeParameters, type Parameters, sameShape } from '../nn';

/** Buffers that follow from the configuration, parts that training alone needs, and what training counts. */
const NOT_NEEDED =
  /^auxiliary\.|(^|\.)(num_batches_tracked|attn_mask|position_ids)$|^(input_resolution|context_length|vocab_size)$/;

/** How many names an error tells. */
const TOLD = 4;

/**
 * A model with the weights of an open file. Each tensor is read when its parameter is made, so that a model of several
 * gigabytes is in memory once; nothing is drawn at random.
 *
 * As open_clip's `load_checkpoint`, a text tower's names may lack their `text.`, and a scalar may have one axis. Left out are
 * the parts of training (`auxiliary.…`), masks and counters.
 *
 * @throws when parameters are missing, have another shape, or are left over, naming a handful
 */
export function readModel(config: ClipConfig, file: WeightsFile): Clip {
  const shapes = parameterShapes(config);
  const sources = new Map([...shapes.keys()].map((name) => [name, sourceOf(name, file)]));
  checkFit(shapes, sources, file);
  const parameters: Parameters = new Map();
  try {
    for (const [name, shape] of shapes) {
      const isTrained = !/\.running_(mean|var)$/.test(name);
      const make = () =>
        tf.variable(inEngine(tf.tensor(file.read(sources.get(name)!).data, shape, 'float32')), isTrained);
      parameters.set(name, tf.tidy(make));
    }
    return { config, parameters };
  } catch (error) {
    disposeParameters(parameters);
    throw error;
  }
}

/** What the file calls a parameter. */
function sourceOf(name: string, { tensors }: WeightsFile): string {
  const older = name.replace(/^text\./, '');
  return !tensors.has(name) && tensors.has(older) ? older : name;
}

function checkFit(
  shapes: ReadonlyMap<string, number[]>,
  sources: ReadonlyMap<string, string>,
  { tensors, label }: WeightsFile,
): void {
  const known = new Set(sources.values());
  const missing = [...shapes.keys()].filter((name) => !tensors.has(sources.get(name)!));
  const leftOver = [...tensors.keys()].filter((name) => !known.has(name) && !NOT_NEEDED.test(name));
  const odd = [...shapes].flatMap(([name, shape]) => {
    const found = tensors.get(sources.get(name)!)?.shape;
    return !found || fits(found, shape) ? [] : [`${name} is [${found}] instead of [${shape}]`];
  });
  const flaws = [
    missing.length > 0 && `${missing.length} of ${shapes.size} parameters are missing (${someOf(missing)})`,
    odd.length > 0 && `${odd.length} have another shape (${someOf(odd)})`,
    leftOver.length > 0 && `${leftOver.length} belong to nothing in the model (${someOf(leftOver)})`,
  ].filter(Boolean);
  if (flaws.length === 0) return;
  throw new Error(`${label} does not fit the model: ${flaws.join('; ')}. Check the model's name.`);
}

/** Equal, or both a single number. */
function fits(found: readonly number[], shape: readonly number[]): boolean {
  return sameShape(found, shape) || [...found, ...shape].every((side) => side === 1);
}

function someOf(names: readonly string[]): string {
  return names.slice(0, TOLD).join(', ') + (names.length > TOLD ? ', …' : '');
}
