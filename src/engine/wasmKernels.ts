import * as tf from '@tensorflow/tfjs-core';

/** Gives the wasm backend what training needs and tfjs-backend-wasm 4.22 lacks or computes wrongly. */
export function mendWasmKernels(): void {
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: unsortedSegmentSum,
  });
  const faulty = tf.getKernel('_FusedMatMul', 'wasm');
  tf.unregisterKernel('_FusedMatMul', 'wasm');
  tf.registerKernel({ ...faulty, kernelFunc: untransposed(faulty.kernelFunc) });
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

/**
 * The product with its factors transposed beforehand: where the kernel transposes them itself, it adds the last bias
 * to every entry from the second row on.
 */
function untransposed(multiply: tf.KernelFunc): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { transposeA, transposeB, ...rest } = attrs!;
    const [a, b] = [
      [inputs.a as tf.Tensor, transposeA],
      [inputs.b as tf.Tensor, transposeB],
    ].map(([factor, turn]) => (turn ? tf.transpose(factor as tf.Tensor, [0, 2, 1]) : (factor as tf.Tensor)));
    const product = multiply({
      inputs: { ...inputs, a, b },
      attrs: { ...rest, transposeA: false, transposeB: false },
      backend,
    });
    if (transposeA) a.dispose();
    if (transposeB) b.dispose();
    return product;
  };
}
