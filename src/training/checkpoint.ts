import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import type { RandomState } from '../engine/random';
import { readSafetensors, type StoredTensor, writeFileAtomically, writeSafetensors, writing } from '../files';

interface CheckpointRecord {
  /** Training steps done. */
  step: number;
  /** The optimizer's own count of steps, for its bias correction. */
  optimizerSteps: number;
  /** States of the run's random generators, by a name of the caller's choice. */
  randomStates: Record<string, RandomState>;
  /** How good the model is, higher is better; the best checkpoint is kept. */
  score?: number;
  /** Anything else that JSON can hold. */
  extra?: Record<string, unknown>;
}

/** What a run hands over to be saved. */
export interface CheckpointContent extends CheckpointRecord {
  parameters: ReadonlyMap<string, tf.Tensor>;
  /** As `AdamW.state()` gives it. */
  optimizerState: ReadonlyMap<string, tf.Tensor>;
}

/** What comes back: plain arrays, so there is nothing to dispose. */
export interface Checkpoint extends CheckpointRecord {
  parameters: Map<string, StoredTensor>;
  optimizerState: Map<string, StoredTensor>;
}

/** Which of a run's checkpoints stay. */
export interface Retention {
  /** So many of the newest. Default 2. */
  last?: number;
  /** All whose step is a multiple of this. Default: none of them. */
  every?: number;
}

interface Manifest extends CheckpointRecord {
  files: { parameters: SavedFile; optimizer: SavedFile };
}

interface SavedFile {
  name: string;
  sha256: string;
}

/**
 * Saves a run's state as `step-000123.safetensors` (the parameters alone, for any reader of the format),
 * `step-000123.optimizer.safetensors` and `step-000123.json`. The JSON file comes last and only with it the checkpoint
 * counts, so a run that dies while saving keeps its earlier ones.
 *
 * Afterwards only those stay that the retention names, and the one with the best score. Where the disk takes no more, all
 * earlier ones stay and what was begun is removed.
 *
 * @returns Path of the JSON file.
 * @throws {DiskError} where the disk does not take it
 */
export async function saveCheckpoint(
  folder: string,
  content: CheckpointContent,
  retention: Retention = {},
): Promise<string> {
  const { parameters, optimizerState, ...record } = content;
  writing(folder, () => mkdirSync(folder, { recursive: true }));
  const stem = join(folder, `step-${String(record.step).padStart(6, '0')}`);
  const path = `${stem}.json`;
  rmSync(path, { force: true });
  try {
    const files: Manifest['files'] = {
      parameters: await saveTensors(`${stem}.safetensors`, parameters),
      optimizer: await saveTensors(`${stem}.optimizer.safetensors`, optimizerState),
    };
    writeFileAtomically(path, [`${JSON.stringify({ ...record, files }, null, 2)}\n`]);
  } catch (error) {
    for (const ending of ['.safetensors', '.optimizer.safetensors']) rmSync(stem + ending, { force: true });
    throw error;
  }
  removeOld(folder, retention);
  return path;
}

/**
 * Reads a checkpoint, given its JSON file.
 * @throws If a file is missing or differs from what was saved.
 */
export function loadCheckpoint(path: string): Checkpoint {
  const { files, ...record } = readManifest(path);
  const [parameters, optimizerState] = [files.parameters, files.optimizer].map(({ name, sha256 }) => {
    const file = join(dirname(path), name);
    if (!existsSync(file)) throw damaged(path, `"${name}" is missing`);
    if (hashOf(file) !== sha256) throw damaged(path, `"${name}" is not what was saved`);
    return readSafetensors(file);
  });
  return { ...record, parameters, optimizerState };
}

/**
 * The newest checkpoint of a folder that is whole; null where the folder has none. Damaged ones are passed over, each
 * with a warning.
 * @throws If there are checkpoints and all are damaged: a run should not start over unasked.
 */
export function loadLatestCheckpoint(
  folder: string,
  warn: (message: string) => void = console.warn,
): Checkpoint | null {
  const paths = listCheckpoints(folder).reverse();
  for (const path of paths) {
    try {
      return loadCheckpoint(path);
    } catch (error) {
      warn(`${(error as Error).message} The one before it is tried.`);
    }
  }
  if (paths.length === 0) return null;
  throw new Error(
    `All ${paths.length} checkpoints in "${folder}" are damaged; delete the folder to start over.`,
  );
}

/** Paths of a folder's checkpoints (their JSON files), oldest first, whole or not. */
export function listCheckpoints(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^step-\d+\.json$/.test(name))
    .sort((a, b) => stepOf(a) - stepOf(b))
    .map((name) => join(folder, name));
}

/** Path of the checkpoint with the highest score, the newest of equals; null where none has one. */
export function bestCheckpoint(folder: string): string | null {
  let best: { path: string; score: number } | null = null;
  for (const path of listCheckpoints(folder)) {
    const score = scoreOf(path);
    if (score !== undefined && (best === null || score >= best.score)) best = { path, score };
  }
  return best?.path ?? null;
}

/** A damaged checkpoint has no score. */
function scoreOf(path: string): number | undefined {
  try {
    return readManifest(path).score;
  } catch {
    return undefined;
  }
}

function readManifest(path: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
  if (
    typeof manifest?.step !== 'number' ||
    !manifest.files?.parameters?.name ||
    !manifest.files.optimizer?.name
  ) {
    throw damaged(path, 'it lacks the step or the two tensor files');
  }
  return manifest;
}

async function saveTensors(path: string, tensors: ReadonlyMap<string, tf.Tensor>): Promise<SavedFile> {
  const stored = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    const dtype = tensor.dtype === 'int32' ? 'I32' : 'F32';
    stored.set(name, { dtype, shape: tensor.shape, data: await tensor.data() });
  }
  writeSafetensors(path, stored, { format: 'pt' });
  return { name: basename(path), sha256: hashOf(path) };
}

/** Also clears what an interrupted save left behind. */
function removeOld(folder: string, { last = 2, every }: Retention): void {
  const best = bestCheckpoint(folder);
  const paths = listCheckpoints(folder);
  const regular = every ? paths.filter((path) => stepOf(basename(path)) % every === 0) : [];
  const kept = [...paths.slice(-Math.max(last, 1)), ...regular, ...(best ? [best] : [])];
  const steps = new Set(kept.map((path) => stepOf(basename(path))));
  const surplus = readdirSync(folder).filter(
    (name) => name.startsWith('step-') && (name.endsWith('.tmp') || !steps.has(stepOf(name))),
  );
  // JSON files first: a checkpoint must stop counting before its tensors go.
  surplus.sort((a, b) => Number(b.endsWith('.json')) - Number(a.endsWith('.json')));
  for (const name of surplus) rmSync(join(folder, name), { force: true });
}

function stepOf(name: string): number {
  return Number.parseInt(name.slice('step-'.length), 10);
}

function hashOf(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(1 << 20);
  const descriptor = openSync(path, 'r');
  try {
    for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk)) {
      hash.update(chunk.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

function damaged(path: string, flaw: string): Error {
  return new Error(`The checkpoint "${path}" is damaged: ${flaw}.`);
}
