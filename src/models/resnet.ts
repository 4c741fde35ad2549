import * as tf from '@tensorflow/tfjs-core';
import {
  attendOnce,
  averagePool,
  convolutionNorm,
  type Initialiser,
  initialiseConvolutionNorm,
  linearLayer,
  type Scope,
} from '../nn';
import type { VisionConfig } from './config';
import type { Mode } from './reduction';

/** A block's output has four times the channels of its 3×3 convolution. */
const EXPANSION = 4;

/**
 * The modified ResNet of CLIP (Radford et al. 2021, section 2.4; open_clip's `ModifiedResNet`): a stem of three
 * convolutions, four stages of bottlenecks whose strides are average pooling, and attention in place of the last pooling.
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @param scope the parameters below `visual`
 * @param mode batch normalisation is by the batch in training, which moves the running statistics, else by those
 * @returns not normalised, `[batch, embedDim]`
 */
export function resnetTower(
  images: tf.Tensor4D,
  scope: Scope,
  config: VisionConfig,
  mode: Mode,
): tf.Tensor2D {
  const { training } = mode;
  let x = stem(images, scope, training);
  config.stages!.forEach((blocks, stage) => {
    for (let block = 0; block < blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      x = bottleneck(x, scope.at(`layer${stage + 1}`).at(block), stride, training);
    }
  });
  return attentionPool(x, scope.at('attnpool'), config.heads);
}

/** Three convolutions, the first of stride 2, and an average of 2×2. `[batch, side, side, 3]` → `[batch, side/4, side/4, stem]` */
function stem(images: tf.Tensor4D, scope: Scope, training: boolean): tf.Tensor4D {
  const first = convolutionNorm(images, scope, ['conv1', 'bn1'], { stride: 2, training });
  const second = convolutionNorm(first, scope, ['conv2', 'bn2'], { training });
  const third = convolutionNorm(second, scope, ['conv3', 'bn3'], { training });
  return averagePool(third, 2);
}

/** 1×1, 3×3 and 1×1 convolutions beside the input, which has one of its own where size or channels change. */
function bottleneck(x: tf.Tensor4D, scope: Scope, stride: number, training: boolean): tf.Tensor4D {
  const narrow = convolutionNorm(x, scope, ['conv1', 'bn1'], { training });
  const mixed = convolutionNorm(narrow, scope, ['conv2', 'bn2'], { training });
  const linear = { relu: false, training };
  const wide = convolutionNorm(averagePool(mixed, stride), scope, ['conv3', 'bn3'], linear);
  const beside = scope.has('downsample.0.weight')
    ? convolutionNorm(averagePool(x, stride), scope.at('downsample'), ['0', '1'], linear)
    : x;
  return tf.relu(tf.add(wide, beside) as tf.Tensor4D);
}

/**
 * The mean of all cells looks at itself and at each of them (`AttentionPool2d`).
 *
 * @param x `[batch, side, side, width]`
 * @returns `[batch, embedDim]`
 */
function attentionPool(x: tf.Tensor4D, scope: Scope, heads: number): tf.Tensor2D {
  const [batch, side, , width] = x.shape;
  const cells = tf.reshape(x, [batch, side * side, width]);
  const tokens = tf.concat([tf.mean(cells, 1, true) as tf.Tensor3D, cells], 1);
  const placed = tf.add(tokens, scope('positional_embedding')) as tf.Tensor3D;
  const mean = tf.reshape(tf.slice(placed, [0, 0, 0], [batch, 1, width]), [batch, width]);
  const query = linearLayer(mean, scope, 'q_proj') as tf.Tensor2D;
  const key = linearLayer(placed, scope, 'k_proj') as tf.Tensor3D;
  const value = linearLayer(placed, scope, 'v_proj') as tf.Tensor3D;
  return linearLayer(attendOnce(query, key, value, heads), scope, 'c_proj') as tf.Tensor2D;
}

/** Draws the tower's parameters as open_clip does: each block begins by handing on its input. */
export function initialiseResnet(init: Initialiser, config: VisionConfig, embedDim: number): void {
  const { width, imageSize, patchSize, stages } = config;
  const stemWidth = width / 32;
  const at = (name: string) => `visual.${name}`;
  const halves = [3, stemWidth / 2, stemWidth / 2, stemWidth];
  for (const i of [1, 2, 3]) {
    initialiseConvolutionNorm(init, [at(`conv${i}`), at(`bn${i}`)], [halves[i], halves[i - 1], 3]);
  }
  let fanIn = stemWidth;
  stages!.forEach((blocks, stage) => {
    const planes = stemWidth * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      initialiseBottleneck(init, at(`layer${stage + 1}.${block}`), fanIn, planes, block === 0);
      fanIn = planes * EXPANSION;
    }
  });
  const cells = (imageSize / patchSize) ** 2;
  const std = width ** -0.5;
  init.normal(at('attnpool.positional_embedding'), [cells + 1, width], std);
  for (const name of ['q_proj', 'k_proj', 'v_proj', 'c_proj']) {
    const fanOut = name === 'c_proj' ? embedDim : width;
    init.normal(at(`attnpool.${name}.weight`), [fanOut, width], std);
    init.uniform(at(`attnpool.${name}.bias`), [fanOut], std); // PyTorch's bound, 1/√fanIn, happens to be as large
  }
}

function initialiseBottleneck(
  init: Initialiser,
  prefix: string,
  fanIn: number,
  planes: number,
  isFirst: boolean,
): void {
  const at = (name: string) => `${prefix}.${name}`;
  const wide = planes * EXPANSION;
  initialiseConvolutionNorm(init, [at('conv1'), at('bn1')], [planes, fanIn, 1]);
  initialiseConvolutionNorm(init, [at('conv2'), at('bn2')], [planes, planes, 3]);
  initialiseConvolutionNorm(init, [at('conv3'), at('bn3')], [wide, planes, 1], 0);
  if (isFirst) initialiseConvolutionNorm(init, [at('downsample.0'), at('downsample.1')], [wide, fanIn, 1]);
}
