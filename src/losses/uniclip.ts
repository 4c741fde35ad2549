import * as tf from '@tensorflow/tfjs-core';
import { DOMAINS, type Domains } from '../models';
import { type Denominator, logSumExpOver, mpNceTerms, type PairSets } from './mpNce';

/** What the ablation takes away. Absent: everything there. */
export interface UniclipOptions {
  /**
   * `domain`: each combination of domains has its own scale and offset. `shared`: the image–text scale for all, and no
   * offsets; the other scales and the offsets then have no gradient. Default `domain`.
   */
  similarity?: 'domain' | 'shared';
  /** Default `onePositive`, MP-NCE. */
  denominator?: Denominator;
  /** Are other pairs' pictures negatives of a picture, and other texts of a text? Default true. */
  sameDomainNegatives?: boolean;
}

/**
 * A UniCLIP-style loss (after Lee et al. 2022; no official code): pictures in several views and their texts meet in one
 * space. The positives of an embedding are all others of its pair, its negatives all embeddings of other pairs, in both
 * domains. MP-NCE and a similarity that depends on the domains are the paper's; ours are the similarity's form, see
 * `uniclipLogits`, and the average: first within image–image, image–text and text–image, then over these types. With two
 * views that is the mean over all positive pairs.
 *
 * @param views unit rows, `[batch, embedDim]` each
 * @param texts unit rows, `[batch, embedDim]`, in the same order
 * @returns a scalar
 * @throws RangeError where there is no view, or views and texts differ in shape
 */
export function uniclipLoss(
  views: readonly tf.Tensor2D[],
  texts: tf.Tensor2D,
  domains: Domains,
  { similarity, denominator, sameDomainNegatives }: UniclipOptions = {},
): tf.Scalar {
  const [batch, pictures] = [texts.shape[0], texts.shape[0] * views.length];
  const logits = uniclipLogits(views, texts, domains, similarity);
  const sets = uniclipSets(batch, views.length, sameDomainNegatives);
  const [ofImages, ofTexts] = tf.split(mpNceTerms(logits, sets, denominator), [pictures, batch], 0);
  const [imageImage, imageText] = tf.split(ofImages, [pictures, batch], 1);
  // a text has no positive among texts
  const means = [tf.div(tf.sum(imageText), pictures), tf.div(tf.sum(ofTexts), pictures)];
  if (views.length > 1) means.push(tf.div(tf.sum(imageImage), pictures * (views.length - 1)));
  return tf.mean(tf.stack(means));
}

/**
 * s_kl = scale_D·(cos − b_D), D the combination of the two domains; this form is ours. K = batch·(views + 1) embeddings
 * stand in order: the first view of all pairs, the second, …, the texts.
 *
 * @returns `[K, K]`, symmetric
 * @throws as `uniclipLoss`
 */
export function uniclipLogits(
  views: readonly tf.Tensor2D[],
  texts: tf.Tensor2D,
  { scales, offsets }: Domains,
  similarity: 'domain' | 'shared' = 'domain',
): tf.Tensor2D {
  checkViews(views, texts);
  const images = tf.concat([...views]); // [batch·views, embedDim]
  const compare = (a: tf.Tensor2D, b: tf.Tensor2D, domain: (typeof DOMAINS)[number]) => {
    const cosines = tf.matMul(a, b, false, true);
    const of = (values: tf.Tensor1D, name = domain) => tf.slice(values, DOMAINS.indexOf(name), 1);
    if (similarity === 'shared') return tf.mul(cosines, of(scales, 'imageText'));
    return tf.mul(tf.sub(cosines, of(offsets)), of(scales));
  };
  const imageText = compare(images, texts, 'imageText');
  const ofImages = tf.concat([compare(images, images, 'imageImage'), imageText], 1);
  const ofTexts = tf.concat([tf.transpose(imageText), compare(texts, texts, 'textText')], 1);
  return tf.concat([ofImages, ofTexts]) as tf.Tensor2D;
}

/**
 * The pairs of the loss, `[K, K]` booleans in the order of `uniclipLogits`. No embedding is its own positive or negative.
 */
export function uniclipSets(batch: number, views: number, sameDomainNegatives = true): PairSets {
  const total = batch * (views + 1);
  const samePair = tf.tile(tf.eye(batch, batch, undefined, 'bool'), [views + 1, views + 1]) as tf.Tensor2D;
  const itself = tf.eye(total, total, undefined, 'bool');
  const otherPair = tf.logicalNot(samePair);
  return {
    positives: tf.logicalXor(samePair, itself),
    negatives: sameDomainNegatives ? otherPair : tf.logicalAnd(otherPair, otherDomain(batch * views, batch)),
  };
}

/** One picture, one text? `[pictures + texts, pictures + texts]` */
function otherDomain(pictures: number, texts: number): tf.Tensor2D {
  const isText = tf.concat([tf.zeros([pictures], 'bool'), tf.ones([texts], 'bool')]);
  return tf.notEqual(tf.expandDims(isText, 1), isText);
}

/** Names the anchor's domain first. */
export type DenominatorShares = Record<'imageImage' | 'imageText' | 'textImage' | 'textText', number>;

/**
 * Which domain the negatives that count come from: an anchor's Σ_n exp(s_kn) over the negatives of each domain, as
 * a share of the sum over all of them, the mean over the anchors of a domain. The two shares of image anchors sum to 1,
 * likewise those of text anchors; all are 0 in a batch of one pair, which has no negatives. Near 0 or 1, one domain has
 * driven the other out of the softmax.
 *
 * @throws as `uniclipLoss`
 */
export function denominatorShares(
  views: readonly tf.Tensor2D[],
  texts: tf.Tensor2D,
  domains: Domains,
  { similarity, sameDomainNegatives }: Omit<UniclipOptions, 'denominator'> = {},
): DenominatorShares {
  const sizes = [texts.shape[0] * views.length, texts.shape[0]];
  return tf.tidy(() => {
    const logits = uniclipLogits(views, texts, domains, similarity);
    const { negatives } = uniclipSets(sizes[1], views.length, sameDomainNegatives);
    const shares = tf.exp(tf.sub(logits, logSumExpOver(logits, negatives)));
    const counted = tf.where(negatives, shares, tf.zerosLike(shares));
    const [[imageImage, imageText], [textImage, textText]] = tf
      .split(counted, sizes, 0)
      .map((rows) => tf.split(rows, sizes, 1).map((part) => tf.mean(tf.sum(part, 1)).dataSync()[0]));
    return { imageImage, imageText, textImage, textText };
  });
}

function checkViews(views: readonly tf.Tensor2D[], texts: tf.Tensor2D): void {
  if (views.length === 0) {
    throw new RangeError('Expected at least one view of each picture, got none; pass a list of embeddings.');
  }
  const odd = views.find(({ shape }) => shape[0] !== texts.shape[0] || shape[1] !== texts.shape[1]);
  if (odd) {
    throw new RangeError(
      `Expected views like the texts, [${texts.shape}], got one of [${odd.shape}]; give each pair one row in all.`,
    );
  }
}
