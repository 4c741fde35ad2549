import { codecs, type TensorData, type TensorType } from './tensorTypes';

/** What is known of a tensor before its values are read. */
export interface TensorInfo {
  /** The format in the file; the values may be wider in memory (see `TensorData`). */
  dtype: TensorType;
  shape: number[];
}

/** A named tensor's values outside the engine, row-major. */
export interface StoredTensor extends TensorInfo {
  data: TensorData;
}

/** An open file of named tensors. Names, formats and shapes are known and checked; values are read one tensor at a time. */
export interface WeightsFile {
  /** How errors call it. */
  label: string;
  tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * Reads a tensor from the file, anew at each call.
   * @throws If there is no tensor of this name, the file has become shorter, or an I64 value does not fit 32 bits.
   */
  read(name: string): StoredTensor;
  close(): void;
}

/**
 * A file's tensors, each read when its `data` is asked for, and not kept: whoever goes through them has one in memory at
 * a time. The file must stay open as long.
 *
 * @param names those wanted, in their order; default all
 */
export function storedTensors(
  file: WeightsFile,
  names: Iterable<string> = file.tensors.keys(),
): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const name of names) {
    const { dtype, shape } = infoOf(file, name);
    tensors.set(name, {
      dtype,
      shape,
      get data() {
        return file.read(name).data;
      },
    });
  }
  return tensors;
}

/** @throws If the file has no tensor of this name */
export function infoOf<Info extends TensorInfo>(
  { label, tensors }: { label: string; tensors: ReadonlyMap<string, Info> },
  name: string,
): Info {
  const info = tensors.get(name);
  if (info) return info;
  const some = [...tensors.keys()].slice(0, 3).map((known) => `"${known}"`);
  throw new Error(
    `${label} holds no tensor "${name}", but ${some.join(', ') || 'none at all'}; check the name.`,
  );
}

/** The values of a tensor from its bytes in the file. */
export function decodeTensor(label: string, name: string, info: TensorInfo, bytes: Uint8Array): StoredTensor {
  const { dtype, shape } = info;
  try {
    return { dtype, shape, data: codecs[dtype].decode(bytes) };
  } catch (error) {
    throw new Error(`In ${label}, tensor "${name}" ${(error as Error).message}; convert it.`);
  }
}

/** How many bytes a tensor takes in the file. */
export function bytesOf({ dtype, shape }: TensorInfo): number {
  return countOf(shape) * codecs[dtype].bytes;
}

/** How many values a shape has. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}
