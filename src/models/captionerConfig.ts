/**
 * A small captioner after LightCap (Wang et al., AAAI 2023): a frozen image tower's grid, retrieved concepts, a channel
 * gate, a small transformer and several prediction heads.
 *
 * Published are the parts, the gate's formula and the sizes in `LIGHTCAP`. The paper's training and distillation could not
 * be read and there is no official code, so these are our design: next-token training with a causal mask (the paper's
 * model masks tokens), pre-norm blocks (TinyBERT's are post-norm), one type embedding per kind of token, concepts without
 * an order, the mean of the concepts' embeddings in front of the gate, a BERT head with the token table as its last matrix,
 * and the number of heads.
 */
export interface CaptionerConfig {
  /** Channels of a grid token: the width of the image tower. */
  gridWidth: number;
  /** Channels of every token in the decoder; a multiple of `heads`. */
  width: number;
  layers: number;
  heads: number;
  /** Width of each block's hidden layer over `width`; default 4. */
  mlpRatio?: number;
  /** Words and pieces of words, padding, start and end included. */
  vocabSize: number;
  /** Tokens of the longest caption that can be read, the start included. */
  contextLength: number;
  /** Retrieved concepts stand in front of the grid as tokens. */
  conceptTokens: boolean;
  /** Concepts open and close the grid's channels; absent: they do not. */
  gate?: { hidden: number };
  /** Prediction heads, whose outputs are averaged. */
  predictionHeads: number;
}

/** The sizes that are known of the published model: ResNet-50's grid, TinyBERT-4, the gate. The rest is BERT's or ours. */
export const LIGHTCAP: CaptionerConfig = {
  gridWidth: 2048,
  width: 312,
  layers: 4,
  heads: 12,
  vocabSize: 30522,
  contextLength: 40,
  conceptTokens: true,
  gate: { hidden: 39 },
  predictionHeads: 3,
};

/** The size of this project's captioner: two layers of 128 channels, a gate of an eighth of them. */
export const MINI_CAPTIONER: Omit<CaptionerConfig, 'gridWidth' | 'vocabSize'> = {
  width: 128,
  layers: 2,
  heads: 4,
  contextLength: 32,
  conceptTokens: true,
  gate: { hidden: 16 },
  predictionHeads: 3,
};

/** @throws in one sentence when sizes do not fit together. */
export function checkCaptioner({ width, heads, predictionHeads, contextLength }: CaptionerConfig): void {
  if (width % heads !== 0) {
    throw new Error(
      `Expected a captioner whose width divides into its heads, but got ${width} and ${heads}; change one.`,
    );
  }
  if (predictionHeads < 1 || contextLength < 2) {
    throw new Error(
      `Expected at least one prediction head and captions of two tokens, but got ${predictionHeads} and ` +
        `${contextLength}; raise them.`,
    );
  }
}
