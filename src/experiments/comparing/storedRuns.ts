import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isObject, type Reader, readJson, ValueError } from '../../files/checkedJson';
import { type MetricsRecord, readMetrics } from '../../training';
import { type Score, scoresIn } from './scores';

/** One training run on the disk, finished or not. */
export interface StoredRun {
  /** The folder's. */
  name: string;
  /** Of the recipe; undefined where the configuration has none. */
  seed: number | undefined;
  config: Record<string, unknown>;
  metrics: MetricsRecord[];
  /** By name; none where the run is not finished, or was not judged. */
  scores: ReadonlyMap<string, Score>;
}

/** What a path names: a run, or the runs of one arm with several seeds. */
export interface StoredArm {
  kind: 'arm';
  path: string;
  runs: StoredRun[];
}

/** An experiment under one profile, `results/<experiment>/<profile>`. */
export interface StoredExperiment {
  kind: 'experiment';
  path: string;
  config: Record<string, unknown>;
  /** By the arm's id, in the order of the folders' names. */
  arms: Map<string, StoredRun[]>;
}

const SEED = /-seed-(\d+)$/;

/**
 * Reads runs from where training leaves them: a run's folder, the folder of an experiment's profile, or a run's path without
 * `-seed-N`, which stands for all seeds of that arm.
 *
 * @returns undefined where the path names none of these
 * @throws where files in the folder are damaged, naming the file
 */
export function readStored(path: string): StoredArm | StoredExperiment | undefined {
  if (isFolder(join(path, 'runs')) && existsSync(join(path, 'config.json'))) return readExperiment(path);
  if (existsSync(join(path, 'metrics.jsonl'))) return { kind: 'arm', path, runs: [readRun(path)] };
  const folder = dirname(path);
  const runs = (isFolder(folder) ? runsIn(folder) : [])
    .filter((name) => SEED.test(name) && name.replace(SEED, '') === basename(path))
    .map((name) => readRun(join(folder, name)));
  return runs.length > 0 ? { kind: 'arm', path, runs } : undefined;
}

function readExperiment(path: string): StoredExperiment {
  const arms = new Map<string, StoredRun[]>();
  for (const name of runsIn(join(path, 'runs'))) {
    const arm = name.replace(SEED, '');
    arms.set(arm, [...(arms.get(arm) ?? []), readRun(join(path, 'runs', name))]);
  }
  return { kind: 'experiment', path, config: readJson(join(path, 'config.json'), object), arms };
}

function readRun(path: string): StoredRun {
  const config = readJson(join(path, 'config.json'), object);
  const summary = join(path, 'summary.json');
  const { recipe } = config as { recipe?: { seed?: number } };
  return {
    name: basename(path),
    seed: recipe?.seed,
    config,
    metrics: readMetrics(join(path, 'metrics.jsonl')),
    scores: existsSync(summary) ? scoresIn(readJson(summary, object)) : new Map(),
  };
}

/** Names of the folders that hold a run. */
function runsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'metrics.jsonl')))
    .sort();
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

const object: Reader<Record<string, unknown>> = (value) => {
  if (isObject(value)) return value;
  throw new ValueError('', 'expected a JSON object.');
};
