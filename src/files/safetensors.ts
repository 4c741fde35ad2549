import { endianness } from 'node:os';
import { writeFileAtomically } from './atomicFile';
import { type ByteSource, openSource, sourceOf } from './byteSource';
import { readSafetensorsHeader } from './safetensorsHeader';
import { codecs, type TensorType } from './tensorTypes';
import { bytesOf, countOf, decodeTensor, infoOf, type StoredTensor, type WeightsFile } from './weightsFile';

/**
 * Opens a safetensors file, or its bytes: the header is read and checked, the values are read tensor by tensor.
 * @throws If the file is truncated, its header is malformed, tensors overlap or leave gaps, or a format is not supported.
 */
export function openSafetensors(source: string | Uint8Array): WeightsFile {
  return withSource(source, (file) => {
    const { entries, start } = readSafetensorsHeader(file);
    return {
      label: file.label,
      tensors: entries,
      read(name) {
        const entry = infoOf({ label: file.label, tensors: entries }, name);
        return decodeTensor(
          file.label,
          name,
          entry,
          file.read(start + entry.data_offsets[0], bytesOf(entry)),
        );
      },
      close: file.close,
    };
  });
}

/**
 * Reads every tensor of a safetensors file, or of its bytes. F16, BF16 and F64 become `Float32Array`, I64 `Int32Array`.
 * @throws As `openSafetensors` does, and if an I64 value does not fit 32 bits; the sentence names the file and the tensor.
 */
export function readSafetensors(source: string | Uint8Array): Map<string, StoredTensor> {
  const file = openSafetensors(source);
  try {
    return new Map([...file.tensors.keys()].map((name) => [name, file.read(name)]));
  } finally {
    file.close();
  }
}

/** The text pairs that the writer of a safetensors file left in its header; `{}` where there are none. */
export function readSafetensorsMetadata(source: string | Uint8Array): Record<string, string> {
  return withSource(source, (file) => {
    const { metadata } = readSafetensorsHeader(file);
    file.close();
    return metadata;
  });
}

/**
 * Writes tensors as Python's `safetensors` does, byte for byte: sorted by format, widest first, then by name. The file
 * appears whole or not at all. Each tensor's `data` is asked for once, so those of `storedTensors` are copied one by one.
 * @throws If a tensor's data and shape disagree.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Record<string, string> = {},
): void {
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      formatOrder.indexOf(a.dtype) - formatOrder.indexOf(b.dtype) || compareBytes(nameA, nameB),
  );
  const members: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) members.push(['__metadata__', metadata]);
  let offset = 0;
  for (const [name, tensor] of sorted) {
    const end = offset + bytesOf(tensor);
    members.push([name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  function* chunks() {
    yield toHeader(members);
    for (const [name, tensor] of sorted) yield encode(path, name, tensor);
  }
  writeFileAtomically(path, chunks());
}

function encode(path: string, name: string, { dtype, shape, data }: StoredTensor): Uint8Array {
  if (data.length === countOf(shape)) return codecs[dtype].encode(data);
  throw new Error(
    `Tensor "${name}" has ${data.length} values where its shape [${shape}] asks for ${countOf(shape)}; ` +
      `nothing was written to "${path}".`,
  );
}

/** The header's length and its JSON, padded with spaces to a multiple of 8. */
function toHeader(members: [string, unknown][]): Buffer {
  // Member by member, because an object would move names such as '0' to the front.
  const text = members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
  const json = Buffer.from(`{${text}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length + (-json.length & 7)));
  return Buffer.concat([length, json, Buffer.alloc(-json.length & 7, ' ')]);
}

/** Python's order of formats, widest first. */
const formatOrder: TensorType[] = ['I64', 'F64', 'F32', 'I32', 'BF16', 'F16', 'U8', 'BOOL'];

/** Leaves the file open where `use` succeeds. */
function withSource<T>(source: string | Uint8Array, use: (file: ByteSource) => T): T {
  if (endianness() !== 'LE') throw new Error('safetensors are little-endian; this machine is big-endian.');
  const file = typeof source === 'string' ? openSource(source) : sourceOf(source);
  try {
    return use(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
