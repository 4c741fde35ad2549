import * as tf from '@tensorflow/tfjs-core';

const SLOPE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** An element-wise function, of any shape. */
export type Activation = (x: tf.Tensor) => tf.Tensor;

/**
 * Exact GELU, x·Φ(x) with the normal distribution function Φ (Hendrycks and Gimpel 2016, PyTorch's `nn.GELU`).
 * The gradient, Φ(x) + x·φ(x), is written out: autodiff would keep six tensors of this size alive, this keeps two.
 */
export const gelu: Activation = (x) =>
  tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    const cdf = tf.tidy(() => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5));
    (save as tf.GradSaveFunc)([x, cdf]);
    return {
      value: tf.mul(x, cdf),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, cdf] = saved;
        const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return tf.mul(dy, tf.add(cdf, tf.mul(x, density)));
      },
    };
  })(x);

/** The sigmoid approximation x·σ(1.702x) of OpenAI's CLIP (open_clip's `QuickGELU`). */
export const quickGelu: Activation = (x) =>
  tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    const gate = tf.sigmoid(tf.mul(x, 1.702));
    (save as tf.GradSaveFunc)([x, gate]);
    return {
      value: tf.mul(x, gate),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, gate] = saved;
        const slope = tf.mul(tf.mul(x, 1.702), tf.sub(1, gate));
        return tf.mul(dy, tf.mul(gate, tf.add(slope, 1)));
      },
    };
  })(x);

/**
 * GELU by its hyperbolic-tangent approximation, ½x(1 + tanh(√(2/π)(x + 0.044715x³))) (Hendrycks and Gimpel 2016; PyTorch's
 * `nn.GELU(approximate="tanh")`, what SigLIP's towers compute in JAX).
 */
export const geluTanh: Activation = (x) =>
  tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    const bend = tf.tidy(() => tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), SLOPE)));
    (save as tf.GradSaveFunc)([x, bend]);
    return {
      value: tf.mul(tf.mul(x, 0.5), tf.add(bend, 1)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, bend] = saved;
        const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), SLOPE);
        const bending = tf.mul(tf.mul(x, tf.sub(1, tf.square(bend))), inner);
        return tf.mul(dy, tf.mul(tf.add(tf.add(bend, 1), bending), 0.5));
      },
    };
  })(x);
