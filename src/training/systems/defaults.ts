import { SIMCLR_VIEW, STRONG_VIEW, type ViewRecipe } from '../../data';
import type { ClipConfig } from '../../models';

/** Sizes of what the comparison systems add to a model. */
export interface SystemSizes {
  /** SLIP's head. */
  simclr: { hidden: number; output: number };
  /** DeCLIP's projector and predictor. */
  simsiam: { hidden: number; bottleneck: number };
  /** Channels in which FILIP compares tokens. */
  tokens: { width: number };
  /** Texts in DeCLIP's queue of neighbours. */
  queue: number;
}

export const PUBLISHED_SIZES: SystemSizes = {
  simclr: { hidden: 4096, output: 256 },
  simsiam: { hidden: 1024, bottleneck: 512 },
  tokens: { width: 256 },
  queue: 65_536,
};

/**
 * At mini scale: heads in the published proportions as far as an embedding of 64 channels allows, a queue of half of the
 * experiment's training texts.
 */
export const SMALL_SIZES: SystemSizes = {
  simclr: { hidden: 256, output: 64 },
  simsiam: { hidden: 128, bottleneck: 64 },
  tokens: { width: 64 },
  queue: 4096,
};

/** UniCLIP-style augmentation encoder, at every size: the laboratory's, for want of a published one. */
export const AUGMENTATION_SIZES = { width: 32, hidden: 128 };

/** The narrowest embedding that gets the published sizes. */
const PUBLISHED_FROM_EMBED_DIM = 256;

/** The sizes that suit a model. */
export function sizesFor({ embedDim }: Pick<ClipConfig, 'embedDim'>): SystemSizes {
  return embedDim < PUBLISHED_FROM_EMBED_DIM ? SMALL_SIZES : PUBLISHED_SIZES;
}

/** How views are made, by the name a configuration has for it. */
export const VIEWS = { strong: STRONG_VIEW, simclr: SIMCLR_VIEW } satisfies Record<string, ViewRecipe>;

export type ViewName = keyof typeof VIEWS;

/** The smallest input, in pixels, that gets the published view: its crops of 8 % of the area still show something there. */
const SIMCLR_FROM_IMAGE_SIZE = 128;

/** The view that suits a model's input. */
export function viewFor({ vision }: Pick<ClipConfig, 'vision'>): ViewName {
  return vision.imageSize < SIMCLR_FROM_IMAGE_SIZE ? 'strong' : 'simclr';
}
