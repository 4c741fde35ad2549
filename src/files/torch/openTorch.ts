import { endianness } from 'node:os';
import { type ByteSource, openSource, sourceOf } from '../byteSource';
import { shown } from '../quoted';
import { codecs } from '../tensorTypes';
import { decodeTensor, infoOf, type WeightsFile } from '../weightsFile';
import { openTorchArchive, type Stretch } from './archive';
import { PickleError, RefusedError } from './pickleCursor';
import { stateDictOf } from './stateDict';
import { readTorchBytes, type TorchTensor } from './tensor';
import { torchWorld } from './torchWorld';
import { unpickle } from './unpickle';

const SAVE_ALONE = 'load it with PyTorch where you trust it, and save its state dict alone';

/**
 * Opens a PyTorch file (`.pt`, `.pth`, `.bin`, of PyTorch 1.6 or later) or a TorchScript archive, or its bytes. Nothing in
 * it is executed: tensors and plain containers are built, everything else is refused by name. Values are read tensor by
 * tensor; tensors that share values are read each for itself.
 *
 * @throws If the archive is damaged, asks for anything but tensors and plain containers, holds no state dict (see
 *   `stateDictOf`), or if tensors reach beyond their values
 */
export async function openTorch(source: string | Uint8Array): Promise<WeightsFile> {
  if (endianness() !== 'LE') throw new Error('PyTorch files are little-endian; this machine is big-endian.');
  const file = typeof source === 'string' ? openSource(source) : sourceOf(source);
  try {
    const archive = await openTorchArchive(file);
    const { pickle, storages } = archive;
    const tensors = stateDictOf(unpickle(file.read(pickle.start, pickle.length), torchWorld));
    for (const [name, tensor] of tensors) checkStorage(name, tensor, storages);
    return weightsFile(file, tensors, storages);
  } catch (error) {
    file.close();
    if (!(error instanceof PickleError)) throw error;
    const advice = error instanceof RefusedError ? SAVE_ALONE : 'fetch or save it again';
    throw new Error(
      `${file.label} is no PyTorch file that can be read here: ${shown(error.message, 300)}; ${advice}.`,
    );
  }
}

function checkStorage(name: string, { storage }: TorchTensor, storages: ReadonlyMap<string, Stretch>): void {
  const needed = storage.count * codecs[storage.dtype].bytes;
  const available = storages.get(storage.key)?.length;
  if (available === undefined)
    throw new PickleError(`the values of tensor "${name}" are missing, or compressed`);
  if (available < needed) {
    throw new PickleError(
      `the storage of tensor "${name}" claims ${needed} bytes and has ${available}: it is truncated`,
    );
  }
}

function weightsFile(
  file: ByteSource,
  tensors: ReadonlyMap<string, TorchTensor>,
  storages: ReadonlyMap<string, Stretch>,
): WeightsFile {
  const { label, close } = file;
  return {
    label,
    tensors,
    read(name) {
      const tensor = infoOf({ label, tensors }, name);
      const { start } = storages.get(tensor.storage.key)!;
      return decodeTensor(label, name, tensor, readTorchBytes(file, start, tensor));
    },
    close,
  };
}
