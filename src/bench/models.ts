import { type ClipConfig, MINI_MODEL, VIT_B_16, VIT_B_32 } from '../models';

/** A model that is measured, and how many pairs at a time. */
export interface BenchModel {
  name: string;
  config: ClipConfig;
  batch: number;
  /** Steps that a round takes: short ones are timed together. */
  steps: number;
}

/** The published sizes of ALIP and DALIP, and what trains here in minutes; batches that leave two peers 24 GiB of memory. */
export const BENCH_MODELS: readonly BenchModel[] = [
  { name: 'ViT-B-32', config: VIT_B_32, batch: 32, steps: 1 },
  { name: 'ViT-B-16', config: VIT_B_16, batch: 8, steps: 1 },
  { name: 'mini', config: MINI_MODEL, batch: 128, steps: 3 },
];

const QUICK_BATCH = 32;

/**
 * The models that are asked for.
 *
 * @param names absent: those that are measured `unnamed`, or where it must be quick the small one
 * @param quick batches of at most 32, and one step a round
 * @throws when a name is none of theirs
 */
export function benchModels(
  names: readonly string[] | undefined,
  quick: boolean,
  unnamed: readonly string[] = BENCH_MODELS.map(({ name }) => name),
): BenchModel[] {
  const wanted = names ?? (quick ? ['mini'] : unnamed);
  return wanted.map((name) => {
    const found = BENCH_MODELS.find((model) => model.name === name);
    if (found) return quick ? { ...found, batch: Math.min(found.batch, QUICK_BATCH), steps: 1 } : found;
    const known = BENCH_MODELS.map((model) => model.name).join(', ');
    throw new Error(`Expected a model that is measured (${known}), got "${name}".`);
  });
}

/** A configuration in open_clip's format, which names the width of a head in the image tower. */
export function openClipSizes({ embedDim, vision, text }: ClipConfig): object {
  return {
    embed_dim: embedDim,
    vision_cfg: {
      image_size: vision.imageSize,
      patch_size: vision.patchSize,
      width: vision.width,
      layers: vision.layers,
      head_width: vision.width / vision.heads,
    },
    text_cfg: {
      context_length: text.contextLength,
      vocab_size: text.vocabSize,
      width: text.width,
      heads: text.heads,
      layers: text.layers,
    },
  };
}
