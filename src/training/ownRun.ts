import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimFolder, type FolderClaim, requireUnclaimed, writeFileAtomically } from '../files';
import { listCheckpoints } from './checkpoint';
import type { TrainingConfig } from './config';
import { openRunFolder, type RunFolder, runFolderPath } from './runFolder';

/** Runs on one's own pictures stand beside the published experiments. */
const EXPERIMENT = 'train';

/** A run stopped before its first checkpoint counts as new: it has nothing to lose. */
type RunState = 'new' | 'unfinished' | 'finished';

/**
 * What there is of a configuration's run under `<root>/train/runs/<name>/`; writes nothing.
 *
 * @throws Error where it is being trained by another process, where there is something and `resume` is not set, or where
 *   it had another configuration
 */
export function findOwnRun(config: TrainingConfig, root: string, resume: boolean): RunState {
  const path = pathOf(config, root);
  requireUnclaimed(path);
  const state = stateOf(path);
  if (state === 'new') return state;
  if (!resume) throw new Error(describeExisting(state, path));
  openOwnRun(config, root);
  return state;
}

/** Claims the run's folder, created if need be, for this process; throws as `claimFolder` does. */
export function claimOwnRun(config: TrainingConfig, root: string): FolderClaim {
  return claimFolder(pathOf(config, root));
}

/**
 * The run's folder, created if need be. Only what decides the run's outcome goes into its `config.json`.
 *
 * @param options `fresh`: a run without checkpoints begins with the given configuration, whatever stood there before;
 *   default true, false for whoever opens a folder after another process
 */
export function openOwnRun(
  config: TrainingConfig,
  root: string,
  { fresh = true }: { fresh?: boolean } = {},
): RunFolder {
  const { name, data, objective, model, start, recipe } = config;
  const path = pathOf(config, root);
  if (fresh && stateOf(path) === 'new') rmSync(join(path, 'config.json'), { force: true });
  const decisive = { data, objective, model, start, recipe };
  return openRunFolder({ root, experiment: EXPERIMENT, name, config: decisive });
}

/**
 * Notes what a run is trained on, or compares it with what the run began with: one picture or shard more or less, and
 * every batch would be another.
 *
 * @param names the pictures' keys, each shard's path and size, or the texts where captions were added
 * @throws Error where they differ
 */
export function keepInput(
  { path, checkpoints }: RunFolder,
  kind: 'pictures' | 'shards' | 'captions',
  names: Iterable<string>,
): void {
  const file = join(path, `${kind}.json`);
  const { count, sha256 } = digest(names);
  const before =
    listCheckpoints(checkpoints).length > 0 && existsSync(file) ? readFileSync(file, 'utf8') : null;
  if (before === null) {
    writeFileAtomically(file, [`${JSON.stringify({ [kind]: count, sha256 }, null, 2)}\n`]);
    return;
  }
  const began = JSON.parse(before) as { [Kind in typeof kind]?: number } & { sha256: string };
  if (began.sha256 === sha256) return;
  throw new Error(
    `The run in "${path}" began with other ${kind} (${began[kind]} there, ${count} now); restore them, or ` +
      'give the configuration another name.',
  );
}

/** The hash of the names as a JSON list, made piece by piece: a list of millions is too long for one string. */
function digest(names: Iterable<string>): { count: number; sha256: string } {
  const hash = createHash('sha256').update('[');
  let count = 0;
  for (const name of names) hash.update(`${count++ === 0 ? '' : ','}${JSON.stringify(name)}`);
  return { count, sha256: hash.update(']').digest('hex') };
}

function pathOf({ name }: TrainingConfig, root: string): string {
  return runFolderPath({ root, experiment: EXPERIMENT, name });
}

function stateOf(path: string): RunState {
  if (existsSync(join(path, 'summary.json'))) return 'finished';
  return listCheckpoints(join(path, 'checkpoints')).length > 0 ? 'unfinished' : 'new';
}

function describeExisting(state: Exclude<RunState, 'new'>, path: string): string {
  return state === 'finished'
    ? `The run in "${path}" is finished; give the configuration another name, or delete that folder to train anew.`
    : `The run in "${path}" is unfinished; add --resume to go on, or delete that folder to start over.`;
}
