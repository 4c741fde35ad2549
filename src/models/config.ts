import { type Activation, gelu, quickGelu } from '../engine';
import { checkGrouping, type GroupingConfig } from '../nn';
import type { AuxiliaryConfig } from './auxiliary';

/**
 * A CLIP with vision-transformer and causal text towers. Sizes are named as in open_clip's configuration files, in camel
 * case, but for the vision tower's `heads`: there it is `head_width`, the width of one.
 */
export interface ClipConfig {
  /** Width of the space both modalities meet in. */
  embedDim: number;
  vision: VisionConfig;
  text: TextConfig;
  /** OpenAI's sigmoid approximation of GELU instead of the exact one; default false. */
  quickGelu?: boolean;
  /**
   * What stands for the whole picture or text in the first order: the class and end-of-text tokens, or the mean of the
   * patches and of the text's tokens. Default `token`.
   */
  pooling?: 'token' | 'mean';
  /** DALIP's second-order heads on both towers; absent in a plain CLIP. */
  secondOrder?: SecondOrderConfig;
  /** Parts that other methods train beside the towers; absent in a plain CLIP. */
  auxiliary?: AuxiliaryConfig;
}

/** A vision transformer with a class token, pre-norm blocks and learned positions. */
export interface VisionConfig {
  /** Side of the square input, in pixels. */
  imageSize: number;
  /** Side of a square patch, in pixels; divides `imageSize`. */
  patchSize: number;
  /** Channels of each token; a multiple of `heads`. */
  width: number;
  layers: number;
  heads: number;
  /** Width of each block's hidden layer over `width`; default 4. */
  mlpRatio?: number;
  /** Hierarchy-aware attention, HiCLIP's; absent in a plain CLIP. */
  grouping?: GroupingConfig;
}

/** A causal text transformer whose end-of-text token stands for the text. */
export interface TextConfig {
  /** Longest text in tokens, start and end included. */
  contextLength: number;
  /** Number of token ids, start and end of text included: 49,408 as published, fewer for small models. */
  vocabSize: number;
  /** Channels of each token; a multiple of `heads`. */
  width: number;
  layers: number;
  heads: number;
  /** Width of each block's hidden layer over `width`; default 4. */
  mlpRatio?: number;
  /** Hierarchy-aware attention, HiCLIP's; absent in a plain CLIP. */
  grouping?: GroupingConfig;
}

/**
 * Sizes and choices of DALIP's second-order heads: multi-head Brownian distance covariance (MBDC) and the statistics it
 * is compared with.
 *
 * The paper's figure and the official code are not the same computation. `variant` names a bundle of the choices below;
 * each choice can also be set by itself.
 *
 * | choice | `official` | `paper` (the figure) | neither |
 * | --- | --- | --- | --- |
 * | `projected` (fc1) | yes | no | yes |
 * | `tokenWeighting` | yes | no | yes |
 * | `padding` in the text's statistics | kept | masked | masked |
 * | `textDropout` takes whole | tokens | channels | channels |
 * | `perToken` (1/2M inside the root) | yes | no | yes |
 * | `mixed` (layer norm and a square layer before fc2) | yes | no | yes |
 *
 * Two losses or one loss on the summed similarity is a choice of the objective, not of the model. Sizes (`heads`,
 * `reduced`, `dropout`) belong to no variant: `OFFICIAL_SECOND_ORDER` has the published ones. The figure seems to draw the
 * class token among the tokens of a picture; here, as in the code, statistics are over patches only.
 */
export interface SecondOrderConfig {
  /** Heads the embedding is cut into; `embedDim` must be a multiple. Published: 4. */
  heads: number;
  /** Channels each head is reduced to, r. Published: 46. Absent: not reduced, a head's slice is taken as it is. */
  reduced?: number;
  /** Probability of dropping in training. Published: 0.5. */
  dropout: number;
  variant?: 'official' | 'paper';
  /** What is computed of a head's channels over the tokens; default `distance`. */
  statistic?: Statistic;
  /** A square linear layer on the tokens first, the official fc1. */
  projected?: boolean;
  /** Weigh tokens by the softmax of their cosine similarity with the class or end-of-text token. */
  tokenWeighting?: boolean;
  /** Whether positions behind the end of a text take part in its weights and statistics. */
  padding?: Padding;
  /**
   * What dropout takes in the text tower: reduced channels, as in the image tower, or whole tokens, which is what the
   * official code's `Dropout2d` does to a tensor of three axes.
   */
  textDropout?: 'channels' | 'tokens';
  /** Squared distances are divided by 2M, twice the number of tokens, inside the root. */
  perToken?: boolean;
  /** Layer norm and a square linear layer between the upper triangles and fc2. */
  mixed?: boolean;
  /** One learned logit scale for both orders, as in the official code, or one each. Default `shared`. */
  logitScale?: 'shared' | 'separate';
}

export type Padding = 'masked' | 'kept';

/**
 * A statistic of a head's channels over the tokens.
 *
 * - `distance`: Brownian distance covariance, DALIP's.
 * - `covariance`: centred over the tokens.
 * - `rootCovariance`: its matrix square root by Newton–Schulz iteration (iSQRT-COV, Li et al., CVPR 2018).
 * - `bilinear`: the second moment, not centred (bilinear pooling, Lin et al., ICCV 2015).
 * - `mean`: no second-order statistic at all, but the mean of the tokens and a perceptron with as many parameters: the
 *   control that tells the statistic's part from the parameters' part.
 */
export type Statistic = 'distance' | 'covariance' | 'rootCovariance' | 'bilinear' | 'mean';

/** A configuration with every choice made. */
export type ResolvedSecondOrder = Required<Omit<SecondOrderConfig, 'variant' | 'reduced'>> &
  Pick<SecondOrderConfig, 'reduced'>;

const CHOICES = {
  statistic: 'distance',
  projected: true,
  tokenWeighting: true,
  padding: 'masked',
  textDropout: 'channels',
  perToken: true,
  mixed: true,
  logitScale: 'shared',
} as const;

const VARIANTS = {
  official: { padding: 'kept', textDropout: 'tokens' },
  paper: { projected: false, tokenWeighting: false, perToken: false, mixed: false },
} as const;

/** The choices of the variant, or of neither, under those that the configuration makes itself. */
export function resolveSecondOrder({ variant, ...own }: SecondOrderConfig): ResolvedSecondOrder {
  return { ...CHOICES, ...(variant && VARIANTS[variant]), ...own };
}

/** Channels of one head that the statistic is taken of. */
export function headChannels({ heads, reduced }: SecondOrderConfig, embedDim: number): number {
  return reduced ?? embedDim / heads;
}

/** How many numbers the upper triangles of all heads hold: 4 · 46 · 47 / 2 = 4,324 as published. */
export function secondOrderLength(config: SecondOrderConfig, embedDim: number): number {
  const channels = headChannels(config, embedDim);
  return (config.heads * channels * (channels + 1)) / 2;
}

/** What the model's blocks have between their two layers. */
export function activationOf({ quickGelu: sigmoid }: ClipConfig): Activation {
  return sigmoid ? quickGelu : gelu;
}

/** @throws in one sentence when sizes do not fit together. */
export function checkConfig(config: ClipConfig): void {
  const { vision, text, secondOrder, embedDim } = config;
  const demand = (holds: boolean, sentence: string) => {
    if (!holds) throw new Error(sentence);
  };
  demand(
    vision.imageSize % vision.patchSize === 0,
    `The image size ${vision.imageSize} is not a multiple of the patch size ${vision.patchSize}.`,
  );
  for (const [name, tower] of Object.entries({ vision, text })) {
    demand(
      tower.width % tower.heads === 0,
      `The ${name} width ${tower.width} does not divide into ${tower.heads} heads.`,
    );
    if (tower.grouping) checkGrouping(tower.grouping);
  }
  demand(
    !vision.grouping || vision.imageSize > vision.patchSize,
    `One patch of ${vision.patchSize} pixels has no neighbours to be grouped with; take smaller ones.`,
  );
  if (secondOrder) {
    demand(
      embedDim % secondOrder.heads === 0,
      `The embedding width ${embedDim} does not divide into ${secondOrder.heads} second-order heads.`,
    );
  }
}
