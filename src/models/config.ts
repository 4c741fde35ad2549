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
  /** DALIP's second-order heads on both towers; absent in a plain CLIP. */
  secondOrder?: SecondOrderConfig;
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
}

/** Sizes and choices of multi-head Brownian distance covariance (DALIP's MBDC module). */
export interface SecondOrderConfig {
  /** Heads the embedding is cut into; `embedDim` must be a multiple. Published: 4. */
  heads: number;
  /** Channels each head is reduced to, r. Published: 46. */
  reduced: number;
  /** Probability of dropping a whole reduced channel in training. Published: 0.5. */
  dropout: number;
  /**
   * Weigh tokens by the softmax of their cosine similarity with the class or end-of-text token, as the official
   * code does; the published figure has plain statistics. Default true.
   */
  tokenWeighting?: boolean;
}

/** How many numbers one head's upper triangle holds, times the heads: 4 · 46 · 47 / 2 = 4,324 as published. */
export function secondOrderLength({ heads, reduced }: SecondOrderConfig): number {
  return (heads * reduced * (reduced + 1)) / 2;
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
  }
  if (secondOrder) {
    demand(
      embedDim % secondOrder.heads === 0,
      `The embedding width ${embedDim} does not divide into ${secondOrder.heads} second-order heads.`,
    );
  }
}
