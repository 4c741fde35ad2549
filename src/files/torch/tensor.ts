import type { ByteSource } from '../byteSource';
import { codecs, type TensorType } from '../tensorTypes';
import { countOf, type TensorInfo } from '../weightsFile';
import { PickleError } from './pickleCursor';

/** Values that tensors share: an entry `data/<key>` of the archive. */
export class TorchStorage {
  constructor(
    readonly dtype: TensorType,
    readonly key: string,
    /** How many values it holds. */
    readonly count: number,
  ) {}
}

/** A view of a storage, as PyTorch writes it: value [i, j, …] stands at offset + i * strides[0] + j * strides[1] + …. */
export class TorchTensor implements TensorInfo {
  readonly dtype: TensorType;

  /** @throws PickleError if the view is no view, or reaches beyond its storage */
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {
    this.dtype = storage.dtype;
    checkView(this);
  }
}

/** More than any tensor of a model has. */
export const MOST_AXES = 32;

/** A tensor that repeats its storage's values may hold this many at most, 64 MB as float32. */
const MOST_REPEATED = 2 ** 24;

function checkView(tensor: TorchTensor): void {
  const { storage, offset, shape, strides } = tensor;
  const view = `a tensor of shape [${shape}]`;
  if (shape.length !== strides.length || !Number.isSafeInteger(countOf(shape))) {
    throw new PickleError(`${view} has ${strides.length} strides or too many values`);
  }
  const needed = countOf(shape) === 0 ? 0 : offset + reachOf(tensor);
  if (!(needed <= storage.count)) {
    throw new PickleError(
      `${view} needs ${needed} values of storage "${storage.key}", which holds ${storage.count}`,
    );
  }
  if (countOf(shape) > Math.max(storage.count, MOST_REPEATED)) {
    throw new PickleError(
      `${view} repeats the ${storage.count} values of storage "${storage.key}" too often`,
    );
  }
}

/** How many values lie between the first and the last one, both counted. */
function reachOf({ shape, strides }: TorchTensor): number {
  return shape.reduce((reach, size, axis) => reach + (size - 1) * strides[axis], 1);
}

/**
 * The bytes of a tensor in row-major order. What lies row-major in the file is read without a copy.
 *
 * @param start where its storage begins in the source
 */
export function readTorchBytes(source: ByteSource, start: number, tensor: TorchTensor): Uint8Array {
  const count = countOf(tensor.shape);
  if (count === 0) return new Uint8Array();
  const { bytes } = codecs[tensor.dtype];
  const stretch = source.read(start + tensor.offset * bytes, reachOf(tensor) * bytes);
  if (isRowMajor(tensor)) return stretch;
  return gather(stretch, tensor, bytes);
}

function isRowMajor({ shape, strides }: TorchTensor): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] > 1 && strides[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

/** The view's values of so many bytes each, in row-major order. */
function gather(stretch: Uint8Array, { shape, strides }: TorchTensor, bytes: number): Uint8Array {
  const gathered = new Uint8Array(countOf(shape) * bytes);
  let filled = 0;
  const visit = (axis: number, place: number): void => {
    if (axis < shape.length) {
      for (let i = 0; i < shape[axis]; i++) visit(axis + 1, place + i * strides[axis] * bytes);
      return;
    }
    for (let i = 0; i < bytes; i++) gathered[filled++] = stretch[place + i];
  };
  visit(0, 0);
  return gathered;
}
