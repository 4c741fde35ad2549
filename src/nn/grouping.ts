import * as tf from '@tensorflow/tfjs-core';
import type { Initialiser } from './initialise';
import { linearLayer } from './linear';
import { layerNormLayer } from './normalise';
import type { Scope } from './parameters';
import type { Links, TokenLayout } from './tokenLayout';

/**
 * Hierarchy-aware attention (HiCLIP, Geng et al., ICLR 2023): neighbouring tokens that are alike are linked, links only grow
 * from layer to layer, and attention is multiplied by how well two tokens are linked.
 *
 * No code of HiCLIP is published. For texts this is the rule of the Tree Transformer (Wang et al. 2019, its code's
 * `GroupAttention`), with this project's layer norm, a causal mask, and the choices below. For pictures the equations could
 * not be read: four neighbours, the better of two L-shaped ways, and a class token that belongs to every group are the
 * lab's design.
 */
export interface GroupingConfig {
  /** `learned`, or the control `distance`: attention falls off with the distance of two tokens, whatever they are. */
  links: 'learned' | 'distance';
  /** Of q·k, learned links only. Default 1/√width, the lab's choice; the Tree Transformer's code has 1/256, for another task. */
  scale?: number;
  /**
   * How well a token is linked with itself: 1, the lab's choice and default, or about 3e-5 and as much more in each layer,
   * as in the Tree Transformer's code.
   */
  selfWeight?: 'one' | 'tiny';
}

/** How the tokens of a stack are grouped, from its first block on. */
export interface Grouping {
  config: GroupingConfig;
  layout: TokenLayout;
  /** Is shown each block's links, where they are learned. */
  watch?: (links: Links) => void;
}

/** Keeps roots and logarithms of what may be 0 apart from infinity; the Tree Transformer's. */
const EPSILON = 1e-9;
/** Added to scores that must not count. */
const FAR = -1e9;
/** The control begins with a neighbour at ½, where learned links of two equally alike neighbours stand in a text. */
const LOG_KAPPA_START = -Math.log(Math.LN2);

/**
 * What one block multiplies its attention by, C, and its links for the block above.
 *
 * C_ij is the product of the links on the way from i to j, as the exponential of summed logarithms; 1 to and from a class
 * token. The control has C_ij = exp(−d/κ), d in steps between neighbours, κ learned in each block.
 *
 * @param x what the block is given, `[batch, tokens, width]`, with the class token where the layout has one
 * @param scope the parameters below `group_attn`
 * @param layer of the block, from 0
 * @param below the links of the block below
 * @returns gate: C, `[batch, tokens, tokens]`, or one for all with the control's batch of 1
 */
export function groupTokens(
  x: tf.Tensor3D,
  scope: Scope,
  { config, layout }: Grouping,
  layer: number,
  below?: Links,
): { gate: tf.Tensor3D; links?: Links } {
  const { hasClassToken } = layout;
  const finish = (distances: tf.Tensor3D) => {
    const own = withSelfWeight(tf.exp(tf.neg(distances)), config, layer);
    return hasClassToken ? (tf.pad(own, [[0, 0], [1, 0], [1, 0]], 1) as tf.Tensor3D) : own; // biome-ignore format: one line
  };
  if (config.links === 'distance') {
    const steps = layout.directions.map(({ shape }) => tf.ones([1, ...shape]));
    return { gate: finish(tf.mul(layout.distances(steps), tf.exp(tf.neg(scope('log_kappa'))))) };
  }
  const tokens = hasClassToken ? tf.slice(x, [0, 1, 0], [-1, -1, -1]) : x;
  const links = growLinks(neighbourLinks(tokens, scope, layout, config.scale), below);
  const lengths = links.map((link) => tf.neg(tf.log(tf.add(link, EPSILON))));
  return { gate: finish(layout.distances(lengths)), links };
}

/**
 * Links of neighbours by what they are: each token shares 1 among its neighbours by softmax of q·k, and a link is the
 * geometric mean of what its two ends give it.
 */
export function neighbourLinks(
  x: tf.Tensor3D,
  scope: Scope,
  { neighbours, directions }: TokenLayout,
  scale = x.shape[2] ** -0.5,
): Links {
  const normed = layerNormLayer(x, scope, 'norm');
  const query = linearLayer(normed, scope, 'linear_query') as tf.Tensor3D;
  const key = linearLayer(normed, scope, 'linear_key') as tf.Tensor3D;
  const scores = tf.matMul(tf.mul(query, scale), key, false, true); // [batch, tokens, tokens]
  return linksOfScores(scores as tf.Tensor3D, { neighbours, directions });
}

/** @param scores of every token (rows) for every other, scaled; those of neighbours count. `[batch, tokens, tokens]` */
export function linksOfScores(
  scores: tf.Tensor3D,
  { neighbours, directions }: Pick<TokenLayout, 'neighbours' | 'directions'>,
): Links {
  const [batch, tokens] = scores.shape;
  const masked = tf.add(scores, tf.mul(tf.sub(1, neighbours), FAR));
  const shares = tf.mul(tf.softmax(masked), neighbours); // a token without neighbours gives nothing
  const flat = tf.reshape(shares, [batch, tokens * tokens]);
  const at = (places: number[]) => tf.gather(flat, tf.tensor1d(places, 'int32'), 1);
  return directions.map(({ forward, backward, shape }) =>
    tf.reshape(tf.sqrt(tf.add(tf.mul(at(forward), at(backward)), EPSILON)), [batch, ...shape]),
  );
}

/** below + (1 − below)·found: what is linked stays linked. */
export function growLinks(found: Links, below?: Links): Links {
  if (!below) return found;
  return found.map((link, i) => tf.add(below[i], tf.mul(tf.sub(1, below[i]), link)));
}

function withSelfWeight(
  gate: tf.Tensor3D,
  { selfWeight = 'one' }: GroupingConfig,
  layer: number,
): tf.Tensor3D {
  if (selfWeight === 'one') return gate; // no way at all: exp(0)
  const grown = 1 - (1 - Math.sqrt(EPSILON)) ** (layer + 1);
  const diagonal = tf.eye(gate.shape[1]);
  return tf.add(tf.mul(gate, tf.sub(1, diagonal)), tf.mul(diagonal, grown));
}

/** Draws one block's parameters below `prefix`, linear layers as PyTorch does by default. */
export function initialiseGrouping(
  init: Initialiser,
  prefix: string,
  width: number,
  { links }: GroupingConfig,
): void {
  if (links === 'distance') {
    init.constant(`${prefix}.log_kappa`, [], LOG_KAPPA_START);
    return;
  }
  init.norm(`${prefix}.norm`, width);
  init.linear(`${prefix}.linear_query`, width, width);
  init.linear(`${prefix}.linear_key`, width, width);
}

/** @throws in one sentence when choices do not fit together. */
export function checkGrouping({ links, scale }: GroupingConfig): void {
  if (scale === undefined) return;
  if (links === 'distance') {
    throw new Error(
      'Expected no scale where links are distances: it multiplies q·k, which only learned links have.',
    );
  }
  if (!(scale > 0)) throw new Error(`Expected the scale of q·k to be above zero, got ${scale}.`);
}
