import * as tf from '@tensorflow/tfjs-core';

/** Gives the wasm backend what training needs and tfjs-backend-wasm 4.22 lacks, computes wrongly or slowly. */
export function mendWasmKernels(): void {
  register('UnsortedSegmentSum', unsortedSegmentSum);
  register('BatchMatMul', transposingFirst(tf.getKernel('BatchMatMul', 'wasm').kernelFunc));
  register('_FusedMatMul', matMulAndBias);
}

function register(kernelName: string, kernelFunc: tf.KernelFunc): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

/** The gradient of `gather`: row i of the sum is the sum of all rows whose segment id is i. */
const unsortedSegmentSum: tf.KernelFunc = ({ inputs, attrs }) => {
  const [rows, ids] = [inputs.x as tf.Tensor, inputs.segmentIds as tf.Tensor];
  const numSegments = attrs!.numSegments as number;
  const width = rows.size / ids.size;
  const values = rows.dataSync();
  const sums = new Float32Array(numSegments * width);
  ids.dataSync().forEach((id, row) => {
    for (let i = 0; i < width; i++) sums[id * width + i] += values[row * width + i];
  });
  return tf.tensor(sums, [numSegments, ...rows.shape.slice(ids.rank)]);
};

/** A product of factors that need no transposing any more: the package has a fast kernel for these only. */
function transposingFirst(multiply: tf.KernelFunc): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { transposeA, transposeB } = attrs!;
    const a = transposeA ? swapLastAxes(inputs.a as tf.Tensor) : inputs.a;
    const b = transposeB ? swapLastAxes(inputs.b as tf.Tensor) : inputs.b;
    const product = multiply({ inputs: { a, b }, attrs: { transposeA: false, transposeB: false }, backend });
    if (transposeA) tf.dispose(a as tf.Tensor);
    if (transposeB) tf.dispose(b as tf.Tensor);
    return product;
  };
}

function swapLastAxes(x: tf.Tensor): tf.Tensor {
  const { rank } = x;
  return tf.transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

/**
 * A product plus bias. The package's kernel adds the last bias to every entry from the second row on where a factor is
 * transposed, and takes no bias that was reshaped to one axis.
 */
const matMulAndBias: tf.KernelFunc = ({ inputs, attrs }) => {
  const { transposeA, transposeB, activation } = attrs!;
  if (activation !== 'linear') {
    throw new Error(`Under wasm a fused product takes no activation but got ${activation}; apply it after.`);
  }
  return tf.tidy(() => {
    const { a, b, bias } = inputs as Record<'a' | 'b', tf.Tensor> & { bias?: tf.Tensor };
    const product = tf.matMul(a, b, Boolean(transposeA), Boolean(transposeB));
    return bias ? tf.add(product, bias) : product;
  });
};
