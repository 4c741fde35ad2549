import { type Activation, gelu, geluTanh, quickGelu } from '../engine';
import { checkGrouping, type GroupingConfig } from '../nn';
import type { AuxiliaryConfig } from './auxiliary';
import { checkTower } from './checkTower';

/**
 * A CLIP: an image tower and a text transformer. Sizes are named as in open_clip's configuration files, in camel case, but
 * for the vision tower's `heads`: there it is `head_width`, the width of one. `zooConfig` reads such files.
 */
export interface ClipConfig {
  /** Width of the space both modalities meet in. */
  embedDim: number;
  vision: VisionConfig;
  text: TextConfig;
  /** OpenAI's sigmoid approximation of GELU instead of the exact one; default false. */
  quickGelu?: boolean;
  /** The text tower's parameters are named below `text.`, as in open_clip's `CustomTextCLIP`; default false. */
  customText?: boolean;
  /** Where `logit_scale` starts; default ln(1/0.07). */
  initLogitScale?: number;
  /** Where `logit_bias` starts, SigLIP's: −10 as published. Absent: the model has none. */
  initLogitBias?: number;
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

/**
 * A vision transformer with a class token, pre-norm blocks and learned positions, or what `tower` names: there the sizes mean
 * what comes nearest.
 */
export interface VisionConfig extends BlockConfig {
  /**
   * `resnet`: the modified ResNet of CLIP, see `resnetTower`; `siglip`: the transformer of timm that SigLIP has, see
   * `siglipTower`. Absent: open_clip's vision transformer.
   */
  tower?: 'resnet' | 'siglip';
  /** Side of the square input, in pixels. */
  imageSize: number;
  /** Side of a square patch, in pixels; divides `imageSize`. A ResNet: 32, what its strides come to. */
  patchSize: number;
  /** Channels of each token; a multiple of `heads`. A ResNet: of the last stage, 32 times the stem's, open_clip's `width`. */
  width: number;
  /** Blocks, one after the other. */
  layers: number;
  /** Of each block's attention; of the attention that pools, in a ResNet. */
  heads: number;
  /** How many of a ResNet's blocks each of its four stages has. */
  stages?: readonly number[];
}

/** A causal text transformer whose end-of-text token stands for the text. */
export interface TextConfig extends BlockConfig {
  /** Longest text in tokens, start and end included. */
  contextLength: number;
  /** Number of token ids, start and end of text included: 49,408 as published, fewer for small models. */
  vocabSize: number;
  /** Channels of each token; a multiple of `heads`. */
  width: number;
  layers: number;
  heads: number;
  /** Every token sees every other, padding too; default false. */
  noCausalMask?: boolean;
  /** What stands for the text: the token with the largest id, which is its end, or the last of all. Default `argmax`. */
  poolType?: 'argmax' | 'last';
  /** `text_projection` is a linear layer with bias, not a matrix; default false. */
  projBias?: boolean;
  /** `none`: no projection, `width` is the embedding's. Default `linear`. */
  projType?: 'linear' | 'none';
  /** The tokenizer's repository on the Hugging Face Hub; absent: CLIP's own tokenizer. */
  hfTokenizerName?: string;
}

/** What the blocks of both towers can have otherwise than OpenAI's. */
export interface BlockConfig {
  /** Width of each block's hidden layer over `width`, rounded down; default 4. */
  mlpRatio?: number;
  /** Start of the factors on what each block adds, one for each channel; absent: no such factors. */
  lsInitValue?: number;
  /** GELU by its hyperbolic-tangent approximation; default false. */
  geluTanh?: boolean;
  /** ε of the layer norms; default 1e-5. */
  normEps?: number;
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

/** What a tower's blocks have between their two layers. `quickGelu` does not reach timm's tower, as in open_clip. */
export function activationOf(config: ClipConfig, tower: 'vision' | 'text'): Activation {
  if (config[tower].geluTanh) return geluTanh;
  const isOwn = tower === 'text' || config.vision.tower !== 'siglip';
  return config.quickGelu && isOwn ? quickGelu : gelu;
}

/** @throws in one sentence when sizes do not fit together. */
export function checkConfig(config: ClipConfig): void {
  const { vision, text, secondOrder, embedDim } = config;
  const demand = (holds: boolean, sentence: string) => {
    if (!holds) throw new Error(sentence);
  };
  checkTower(config);
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
