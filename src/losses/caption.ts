import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../engine';

/**
 * Cross-entropy of the next token, the mean over all tokens of all captions. Padding has no row here, so that it costs
 * and changes nothing.
 *
 * @param logits `[tokens, vocabSize]`
 * @param targets the token that comes next, by row
 */
export function captionLoss(logits: tf.Tensor2D, targets: ArrayLike<number>): tf.Scalar {
  const [rows, vocabSize] = logits.shape;
  if (targets.length !== rows) {
    throw new Error(
      `Expected one next token for each of ${rows} rows, but got ${targets.length}; give both alike.`,
    );
  }
  const chosen = tf.oneHot(tf.tensor1d(Int32Array.from(targets), 'int32'), vocabSize);
  return tf.mean(tf.sub(tf.logSumExp(logits, 1), tf.sum(tf.mul(logits, chosen), 1))) as tf.Scalar;
}

/**
 * KL(teacher ‖ student) of the next token at temperature 1, the mean over the rows: the distillation of LightCap's token
 * probabilities in its standard form (the paper's own could not be read).
 *
 * @param student `[tokens, vocabSize]` logits
 * @param teacher the same of the teacher; no gradient goes there
 */
export function captionDistillation(student: tf.Tensor2D, teacher: tf.Tensor2D): tf.Scalar {
  const target = stopGradient(tf.logSoftmax(teacher));
  const difference = tf.sub(target, tf.logSoftmax(student));
  return tf.mean(tf.sum(tf.mul(tf.exp(target), difference), 1)) as tf.Scalar;
}
