import { openSource } from './byteSource';
import { openSafetensors } from './safetensors';
import { openShardedWeights } from './shardedWeights';
import { openTorch } from './torch/openTorch';
import { bytesOf, type WeightsFile } from './weightsFile';

export interface OpenWeightsOptions {
  /** Called after each tensor with the bytes read so far and those of all tensors in the file. */
  onRead?: (bytes: number, total: number) => void;
}

/**
 * Opens a file of weights for reading tensor by tensor, whatever its name: safetensors, an index of several files
 * (`….safetensors.index.json`), a PyTorch file or a TorchScript archive.
 *
 * ```ts
 * const file = await openWeights('open_clip_pytorch_model.bin');
 * file.tensors.get('visual.proj'); // { dtype: 'F32', shape: [768, 512] }
 * file.read('visual.proj').data; // Float32Array
 * file.close();
 * ```
 *
 * @throws If it is none of these, or as `openSafetensors`, `openShardedWeights` and `openTorch` do
 */
export async function openWeights(
  path: string,
  { onRead = () => {} }: OpenWeightsOptions = {},
): Promise<WeightsFile> {
  const file = await openByContent(path);
  const total = [...file.tensors.values()].reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  let bytes = 0;
  return {
    ...file,
    read(name) {
      const tensor = file.read(name);
      bytes += bytesOf(tensor);
      onRead(bytes, total);
      return tensor;
    },
  };
}

function openByContent(path: string): Promise<WeightsFile> {
  const text = firstBytes(path).toString('latin1');
  // Eight bytes of JSON, taken for safetensors' header length, would be an absurd one: its last byte is then not 0.
  const isJson = /^\s*\{/.test(text) && text[7] !== '\0';
  return isJson ? openShardedWeights(path, openOneFile) : openOneFile(path);
}

async function openOneFile(path: string): Promise<WeightsFile> {
  const text = firstBytes(path).toString('latin1');
  if (text.startsWith('PK')) return openTorch(path);
  if (text[8] === '{') return openSafetensors(path);
  throw new Error(`"${path}" holds no weights that can be read here: ${flawOf(text)}`);
}

/** What a file is that is none of the formats, and what to do. */
function flawOf(start: string): string {
  if (start.charCodeAt(0) === 0x80) {
    return (
      'it is a pickle without an archive, as PyTorch wrote before 1.6; convert it where you trust it, with ' +
      `python -c "import torch; torch.save(torch.load('old.pt', map_location='cpu', weights_only=True), 'new.pt')".`
    );
  }
  if (start.startsWith('version https://git-lfs')) {
    return 'it is a pointer that Git LFS left in place of the file; fetch the file itself.';
  }
  if (/^\s*<(!doctype|html)/i.test(start)) return 'it is a web page; fetch the file itself.';
  return 'it is neither safetensors, nor an index of such files, nor a PyTorch archive; check the path.';
}

function firstBytes(path: string): Buffer {
  const source = openSource(path);
  try {
    return Buffer.from(source.read(0, Math.min(64, source.size)));
  } finally {
    source.close();
  }
}
