import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomically } from './atomicFile';
import { isObject } from './checkedJson';
import { shown } from './quoted';
import { writeSafetensors } from './safetensors';
import { bytesOf, infoOf, type StoredTensor, type TensorInfo, type WeightsFile } from './weightsFile';

/**
 * Opens a model that lies in several files by its index, `….safetensors.index.json` (Hugging Face's layout): a JSON
 * object whose `weight_map` names for each tensor the file beside the index that holds it.
 *
 * @param open how to open one of the files
 * @throws If the index is malformed, a file is missing, or a file's tensors are not those that the index says
 */
export async function openShardedWeights(
  path: string,
  open: (path: string) => Promise<WeightsFile>,
): Promise<WeightsFile> {
  const label = `"${path}"`;
  const places = readIndex(path);
  const shards = new Map<string, WeightsFile>();
  const close = () => {
    for (const shard of shards.values()) shard.close();
  };
  try {
    for (const name of new Set(places.values())) shards.set(name, await open(join(dirname(path), name)));
    checkShards(label, places, shards);
  } catch (error) {
    close();
    throw error;
  }
  const shardOf = (name: string) => shards.get(places.get(name)!)!;
  const tensors = new Map([...places.keys()].map((name) => [name, shardOf(name).tensors.get(name)!]));
  const read = (name: string) => {
    infoOf({ label, tensors }, name);
    return shardOf(name).read(name);
  };
  return { label, tensors, read, close };
}

/** The file of every tensor. */
function readIndex(path: string): Map<string, string> {
  const places = new Map(Object.entries(weightMapOf(path)));
  for (const [name, file] of places) {
    if (
      typeof file !== 'string' ||
      file === '' ||
      file !== basename(file) ||
      file !== shown(file, 255) ||
      /^\.\.?$|\\/.test(file)
    ) {
      throw invalid(`"${path}"`, `it places tensor "${name}" in ${JSON.stringify(file)}, no file beside it`);
    }
  }
  return places as Map<string, string>;
}

function weightMapOf(path: string): Record<string, unknown> {
  try {
    const index: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isObject(index) && isObject(index.weight_map)) return index.weight_map;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid(`"${path}"`, 'it is no JSON object with a "weight_map"');
}

function checkShards(
  label: string,
  places: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, WeightsFile>,
): void {
  for (const [name, file] of places) {
    if (!shards.get(file)!.tensors.has(name)) throw invalid(label, `"${file}" lacks tensor "${name}"`);
  }
  for (const [file, { tensors }] of shards) {
    for (const name of tensors.keys()) {
      if (places.get(name) === file) continue;
      throw invalid(label, `"${file}" holds tensor "${name}", which is not placed there`);
    }
  }
}

function invalid(label: string, flaw: string): Error {
  return new Error(
    `${label} is no index of the weights beside it: ${shown(flaw, 500)}; fetch all its files again.`,
  );
}

/**
 * Writes tensors as several safetensors files, `<stem>-00001-of-00003.safetensors`, …, and their index
 * `<stem>.safetensors.index.json`, which comes last. Where everything fits one file, that is `<stem>.safetensors` without
 * an index. Tensors are placed in the order given, as huggingface_hub does.
 *
 * @param largest bytes of values in one file; a larger tensor has a file of its own
 * @returns the path to open: the index, or the one file
 */
export function writeShardedSafetensors(
  stem: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  largest: number,
  metadata: Record<string, string> = {},
): string {
  const shards = divide(tensors, largest);
  if (shards.length === 1) {
    writeSafetensors(`${stem}.safetensors`, new Map(shards[0]), metadata);
    return `${stem}.safetensors`;
  }
  const digits = (number: number) => String(number).padStart(5, '0');
  const places: [string, string][] = [];
  shards.forEach((shard, i) => {
    const path = `${stem}-${digits(i + 1)}-of-${digits(shards.length)}.safetensors`;
    writeSafetensors(path, new Map(shard), metadata);
    for (const [name] of shard) places.push([name, basename(path)]);
  });
  const total = [...tensors.values()].reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  const index = { metadata: { total_size: total }, weight_map: Object.fromEntries(places) };
  writeFileAtomically(`${stem}.safetensors.index.json`, [JSON.stringify(index, null, 2)]);
  return `${stem}.safetensors.index.json`;
}

/** Fills one shard after another; what is too large for any stands alone, and the shard begun before goes on after it. */
function divide<Info extends TensorInfo>(
  tensors: ReadonlyMap<string, Info>,
  largest: number,
): [string, Info][][] {
  const shards: [string, Info][][] = [];
  let shard: [string, Info][] = [];
  let size = 0;
  for (const [name, tensor] of tensors) {
    const bytes = bytesOf(tensor);
    if (bytes > largest) {
      shards.push([[name, tensor]]);
      continue;
    }
    if (size + bytes > largest) {
      shards.push(shard);
      shard = [];
      size = 0;
    }
    shard.push([name, tensor]);
    size += bytes;
  }
  return shard.length > 0 || shards.length === 0 ? [...shards, shard] : shards;
}
