import * as tf from '@tensorflow/tfjs-core';
import { type Activation, currentPrecision } from '../engine';
import type { AttentionOptions } from './attention';
import { type Grouping, type GroupingConfig, groupTokens, initialiseGrouping } from './grouping';
import type { Initialiser } from './initialise';
import type { Scope } from './parameters';
import { recomputed } from './recompute';
import {
  type BlockShape,
  blockOnRows,
  type Picks,
  pickedBlock,
  pickedRows,
  residualBlock,
} from './residualBlock';
import type { Links } from './tokenLayout';

/** The sizes of one stack of blocks. */
export interface TransformerShape {
  width: number;
  layers: number;
  heads: number;
  /** Width of the hidden layer relative to `width`, rounded down; 4 in OpenAI's CLIPs. */
  mlpRatio?: number;
  /** Factors on what a block adds, `ls_1.gamma` and `ls_2.gamma`, start here; absent: none. */
  lsInitValue?: number;
  /** ε of the layer norms; default 1e-5. */
  normEps?: number;
  /** Parameters for grouping in each block; absent: none. */
  grouping?: GroupingConfig;
}

/** What a stack is given beside its input. */
export interface TransformerOptions {
  /** See `AttentionOptions`. */
  mask?: tf.Tensor2D;
  grouping?: Grouping;
}

/**
 * A stack of pre-norm residual blocks, `resblocks.0` to `resblocks.{layers−1}` (open_clip's `Transformer`). Where tokens are
 * grouped, each block hands its links to the next. Links are not recomputed for the gradient: under `withRecomputation`
 * they and what they come from stay in memory.
 *
 * @param x `[batch, tokens, width]`
 * @param scope the parameters below `transformer`
 */
export function transformer(
  x: tf.Tensor3D,
  scope: Scope,
  shape: TransformerShape,
  activation: Activation,
  { mask, grouping }: TransformerOptions = {},
): tf.Tensor3D {
  return blocks(x, scope, blockShape(shape, activation), shape.layers, { mask, grouping });
}

/**
 * One token of each sample behind a stack: as `transformer` and then taking that token, for less work in the last block.
 *
 * @returns `[batch, width]`
 */
export function pickedTransformer(
  x: tf.Tensor3D,
  scope: Scope,
  shape: TransformerShape,
  activation: Activation,
  picks: Picks,
  { mask, grouping }: TransformerOptions = {},
): tf.Tensor2D {
  const ofBlocks = blockShape(shape, activation);
  if (grouping) {
    const all = blocks(x, scope, ofBlocks, shape.layers, { mask, grouping });
    return tf.gather(tf.reshape(all, [-1, shape.width]), picks.rows) as tf.Tensor2D;
  }
  const last = scope.at('resblocks').at(shape.layers - 1);
  const block = ([x]: readonly tf.Tensor[], [rows, mask]: readonly tf.Tensor[]) =>
    pickedBlock(x as tf.Tensor3D, last, ofBlocks, { rows, mask } as Picks);
  const before = blocks(x, scope, ofBlocks, shape.layers - 1, { mask });
  return recomputed(block, [before], last.all(), picks.mask ? [picks.rows, picks.mask] : [picks.rows]);
}

/** Samples of different lengths, one behind the other, as the rows of a matrix; `hasKernels()` is needed for them. */
export interface PackedSamples {
  /** `[rows, width]` */
  rows: tf.Tensor2D;
  /** See `AttentionSizes`. */
  starts: tf.Tensor1D;
  /** Rows of the longest sample. */
  longest: number;
}

/**
 * The last token of each sample behind a stack whose samples differ in length. Nothing is computed for padding: as
 * `transformer` on the padded samples under the same mask, if that hides padding from the others.
 *
 * @param mask `[longest, longest]`
 * @returns `[batch, width]`
 */
export function packedTransformer(
  { rows, starts, longest }: PackedSamples,
  scope: Scope,
  shape: TransformerShape,
  activation: Activation,
  mask: tf.Tensor2D,
): tf.Tensor2D {
  const ofBlocks = blockShape(shape, activation);
  const ends = tf.sub(tf.slice(starts, [1]), tf.scalar(1, 'int32')) as tf.Tensor1D;
  const sizes = (starts: tf.Tensor) => ({
    tokens: longest,
    heads: shape.heads,
    starts: starts as tf.Tensor1D,
  });
  let hidden = rows;
  for (let layer = 0; layer + 1 < shape.layers; layer++) {
    const ofBlock = scope.at('resblocks').at(layer);
    const block = ([x]: readonly tf.Tensor[], [mask, starts]: readonly tf.Tensor[]) =>
      tf.tidy(() =>
        blockOnRows(x as tf.Tensor2D, ofBlock, ofBlocks, sizes(starts), { mask: mask as tf.Tensor2D }),
      );
    hidden = recomputed(block, [hidden], ofBlock.all(), [mask, starts]);
  }
  const last = scope.at('resblocks').at(shape.layers - 1);
  const block = ([x]: readonly tf.Tensor[], [mask, starts, ends]: readonly tf.Tensor[]) => {
    const options = { mask: mask as tf.Tensor2D };
    return pickedRows(x as tf.Tensor2D, last, ofBlocks, sizes(starts), options, ends as tf.Tensor1D);
  };
  return recomputed(block, [hidden], last.all(), [mask, starts, ends]);
}

function blockShape({ heads, normEps }: TransformerShape, activation: Activation): BlockShape {
  return { heads, normEps, activation, precision: currentPrecision() };
}

/** The first `count` blocks. */
function blocks(
  x: tf.Tensor3D,
  scope: Scope,
  shape: BlockShape,
  count: number,
  { mask, grouping }: TransformerOptions,
): tf.Tensor3D {
  let hidden = x;
  let links: Links | undefined;
  for (let layer = 0; layer < count; layer++) {
    const ofBlock = scope.at('resblocks').at(layer);
    const grouped = grouping && groupTokens(hidden, ofBlock.at('group_attn'), grouping, layer, links);
    links = grouped?.links;
    if (links) grouping?.watch?.(links);
    const block = ([x, gate]: readonly tf.Tensor[], [mask]: readonly tf.Tensor[]) =>
      tf.tidy(() => residualBlock(x as tf.Tensor3D, ofBlock, shape, { mask, gate } as AttentionOptions));
    const inputs = grouped ? [hidden, grouped.gate] : [hidden];
    hidden = recomputed(block, inputs, ownVariables(ofBlock), mask && [mask]);
  }
  return hidden;
}

/** A block's variables but for those its links come from. */
function ownVariables(ofBlock: Scope): tf.Variable[] {
  const grouping = new Set(ofBlock.at('group_attn').all());
  return ofBlock.all().filter((variable) => !grouping.has(variable));
}

/** Standard deviations that replace PyTorch's default uniform draws, as in CLIP's text tower. */
export interface TransformerStd {
  /** of `attn.in_proj_weight` */
  attention: number;
  /** of the two weights that write back into the residual stream, `attn.out_proj` and `mlp.c_proj` */
  projection: number;
  /** of `mlp.c_fc` */
  hidden: number;
}

/** Draws the parameters of one stack below `prefix`. */
export function initialiseTransformer(
  init: Initialiser,
  prefix: string,
  { width, layers, mlpRatio = 4, lsInitValue, grouping }: TransformerShape,
  std?: TransformerStd,
): void {
  const inner = Math.floor(width * mlpRatio);
  const draw = (
    name: string,
    shape: number[],
    deviation: number | undefined,
    bound = 1 / Math.sqrt(shape[1]),
  ) => (deviation ? init.normal(name, shape, deviation) : init.uniform(name, shape, bound));
  for (let layer = 0; layer < layers; layer++) {
    const at = (rest: string) => `${prefix}.resblocks.${layer}.${rest}`;
    init.norm(at('ln_1'), width);
    draw(at('attn.in_proj_weight'), [3 * width, width], std?.attention, Math.sqrt(6 / (4 * width)));
    init.constant(at('attn.in_proj_bias'), [3 * width], 0);
    draw(at('attn.out_proj.weight'), [width, width], std?.projection);
    init.constant(at('attn.out_proj.bias'), [width], 0);
    init.norm(at('ln_2'), width);
    draw(at('mlp.c_fc.weight'), [inner, width], std?.hidden);
    init.uniform(at('mlp.c_fc.bias'), [inner], 1 / Math.sqrt(width));
    draw(at('mlp.c_proj.weight'), [width, inner], std?.projection);
    init.uniform(at('mlp.c_proj.bias'), [width], 1 / Math.sqrt(inner));
    if (lsInitValue !== undefined) {
      for (const name of ['ls_1', 'ls_2']) init.constant(at(`${name}.gamma`), [width], lsInitValue);
    }
    if (grouping) initialiseGrouping(init, at('group_attn'), width, grouping);
  }
}
