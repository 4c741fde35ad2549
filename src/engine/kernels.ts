import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';

/** What set-up compiles `native/` to (`setup/steps/kernels.mjs`). */
const LIBRARY = join(__dirname, '../../.cache/kernels.node');

/** Set to 0, it makes everything run in its plain form. */
const SWITCH = 'CLIPBOOK_KERNELS';

/** The part of tfjs-node's backend that runs TensorFlow's operations by name. */
interface TensorFlowBackend {
  binding: {
    executeOp(name: string, attributes: object[], inputs: number[], outputs: number): RawTensor[];
  } & Record<string, number>;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  tensorMap: { set(dataId: object, value: object): void };
  isUsingGpuDevice: boolean;
}

interface RawTensor {
  id: number;
  shape: number[];
  dtype: number;
}

/** TensorFlow's number of the type. */
const BFLOAT16 = 14;

let loaded: PictureKernels | null | undefined;

/**
 * Are clipbook's own kernels there: fused operations in C++ for the processor, see `native/`? Where they are not (another
 * backend, no compiler at set-up, `CLIPBOOK_KERNELS=0`), the same is computed by tfjs's operations one by one.
 */
export function hasKernels(): boolean {
  if (tf.getBackend() !== 'tensorflow') return false;
  if (loaded === undefined) loaded = load();
  return loaded !== null;
}

/** Functions of the library that work on pictures of bytes. Those that return promises work beside the main thread. */
export interface PictureKernels {
  mixColumns(
    source: Uint8Array,
    result: Uint8Array,
    rows: number,
    width: number,
    bands: number,
    ...columns: Mixing
  ): void;
  mixRows(
    source: Uint8Array,
    result: Uint8Array,
    rows: number,
    rowBytes: number,
    firstRow: number,
    ...mixing: Mixing
  ): void;
  /** False where the JPEG is damaged or of another size. */
  decodeJpeg(encoded: Uint8Array, height: number, width: number, result: Uint8Array): Promise<boolean>;
  /** A part of RGB bytes or a JPEG, scaled; false where the JPEG is damaged or of another size. */
  cutPicture(
    source: Uint8Array,
    isJpeg: 0 | 1,
    height: number,
    width: number,
    ...rest: [
      top: number,
      left: number,
      cutHeight: number,
      cutWidth: number,
      rowsFirst: 0 | 1,
      result: Uint8Array,
      ...columns: Mixing,
      ...rows: Mixing,
    ]
  ): Promise<boolean>;
}

/** How many pixels a row or column gets, and which pixels each is made of; see `native/resample.h`. */
export type Mixing = [
  places: number,
  stride: number,
  starts: Int32Array,
  counts: Int32Array,
  weights: Int32Array,
];

/** Those functions, where the engine runs with its kernels: reading pictures alone does not load TensorFlow. */
export function pictureKernels(): PictureKernels | null {
  return hasKernels() ? (loaded ?? null) : null;
}

function load(): PictureKernels | null {
  if (process.env[SWITCH] === '0' || !existsSync(LIBRARY)) return null;
  if (tensorFlow().binding === undefined || tensorFlow().isUsingGpuDevice) return null;
  try {
    return require(LIBRARY) as PictureKernels;
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    process.stderr.write(`WARNING: clipbook's kernels cannot be loaded (${reason}); run "npm run setup".\n`);
    return null;
  }
}

/** Numbers that an operation is made for, by name; integers but for `epsilon`. */
export type Attributes = Record<string, number>;

/** How numbers between two layers are held: 32 bits, or their upper 16 (bfloat16). */
export type Precision = 'f32' | 'bf16';

/**
 * Runs one of clipbook's kernels.
 *
 * A result in bfloat16 calls itself float32, as tfjs knows no such type: it is for other kernels here and for
 * `halfProduct`, and TensorFlow refuses it everywhere else.
 *
 * @param precision the type `T` of the operation in `native/`
 * @returns as many tensors as the operation has outputs
 */
export function runKernel(
  name: string,
  precision: Precision,
  attributes: Attributes,
  inputs: readonly tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  const { binding } = tensorFlow();
  const given = Object.entries(attributes).map(([name, value]) => ({
    name,
    type: name === 'epsilon' ? binding.TF_ATTR_FLOAT : binding.TF_ATTR_INT,
    value,
  }));
  return execute(`Clipbook${name}`, [typed('T', precision), ...given], inputs, outputs);
}

/** a·b of two matrices in bfloat16, summed up in 32 bits and rounded; each may be transposed. */
export function halfProduct(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  const { binding } = tensorFlow();
  const flag = (name: string, value: boolean) => ({ name, type: binding.TF_ATTR_BOOL, value });
  const flags = [flag('transpose_a', transposeA), flag('transpose_b', transposeB)];
  return execute('MatMul', [...flags, typed('T', 'bf16')], [a, b], 1)[0];
}

/** The same numbers in the other precision. */
export function cast(x: tf.Tensor, from: Precision, to: Precision): tf.Tensor {
  const { binding } = tensorFlow();
  const truncate = { name: 'Truncate', type: binding.TF_ATTR_BOOL, value: false };
  return execute('Cast', [typed('SrcT', from), typed('DstT', to), truncate], [x], 1)[0];
}

function typed(name: string, precision: Precision): object {
  const { binding } = tensorFlow();
  return { name, type: binding.TF_ATTR_TYPE, value: precision === 'bf16' ? BFLOAT16 : binding.TF_FLOAT };
}

function execute(name: string, attributes: object[], inputs: readonly tf.Tensor[], outputs: number) {
  const backend = tensorFlow();
  const results = backend.binding.executeOp(name, attributes, backend.getInputTensorIds(inputs), outputs);
  return results.map(({ id, shape, dtype }) => {
    const dataId = {};
    backend.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
    return tf.engine().makeTensorFromDataId(dataId, shape, 'float32');
  });
}

const tensorFlow = () => tf.backend() as unknown as TensorFlowBackend;
