import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  claimFolder,
  DiskError,
  FolderClaimedError,
  requireUnclaimed,
  writeFileAtomically,
} from '../../files';
import {
  checkFolderName,
  keepConfig,
  listCheckpoints,
  readMetrics,
  runFolderPath,
  type StepReport,
  trainPictures,
} from '../../training';
import type { Sweep, SweepEvaluation, SweepRun } from './sweepConfig';

/** What a finished run came to. */
export interface SweepResult {
  /** The mean of the logged losses of the last tenth of its steps. */
  loss: number;
  /** What `judge` found, by name. */
  scores: Record<string, Score>;
  pairs: number;
  /** Spent training. */
  seconds: number;
  /** The run's folder. */
  folder: string;
  /** On what it was judged; null: nothing. */
  evaluate: SweepEvaluation | null;
}

/** A figure of a trained model. */
export interface Score {
  value: number;
  better: 'higher' | 'lower';
  /** Digits after the point. */
  digits: number;
}

/** How far a run is. `running`: another process has it. */
export type RunState =
  | { state: 'finished'; result: SweepResult }
  | { state: 'failed' | 'running'; reason: string }
  | { state: 'stopped' | 'new' };

export interface SweepOptions {
  /** The folder of all results; default `results`. */
  root?: string;
  /** Asks the run in progress to stop in good order, see `trainRun`. */
  signal?: AbortSignal;
  /** Judges a trained model, in a folder of its own where its results may be kept; default not at all. */
  judge?: (trained: { run: SweepRun; folder: string; results: string }) => Promise<Record<string, Score>>;
  /** At which run to begin to look, so that processes that start together do not all want the same; default the first. */
  first?: number;
  /** Called when this process has taken a run. */
  onRun?: (run: SweepRun) => void;
  onStep?: (report: StepReport) => void;
  /** Called when a run has failed; the others go on. */
  onFailure?: (run: SweepRun, reason: string) => void;
}

/** `<root>/sweeps/<name>/` */
export function sweepFolder({ name }: Pick<Sweep, 'name'>, root = 'results'): string {
  return join(root, 'sweeps', checkFolderName(name));
}

/**
 * Trains all runs of a sweep that are neither finished, nor failed, nor in the hands of another process. Any number of
 * processes may do so at the same time, on any machines that see the folder: each takes the next free run. What one that was
 * killed had begun is free again, and goes on from its checkpoint.
 *
 * Each run is one of `clipbook train`, in `<root>/train/runs/`; what the sweep knows of it is in `sweepFolder`.
 *
 * @throws Error where the folder holds a sweep with another base or other settings; RunInterruptedError where the signal asks for
 *   it; {DiskError}. What ends one run is written down, and the next one begins
 */
export async function runSweep(sweep: Sweep, options: SweepOptions = {}): Promise<void> {
  const { root, first = 0 } = options;
  keepSweep(sweep, root);
  const refused = new Set<SweepRun>();
  const order = [...sweep.runs.slice(first), ...sweep.runs.slice(0, first)];
  for (;;) {
    const run = order.find((run) => !refused.has(run) && isFree(stateOf(sweep, run, root)));
    if (!run) return;
    try {
      await takeRun(sweep, run, options);
    } catch (error) {
      if (!(error instanceof FolderClaimedError)) throw error;
      refused.add(run); // another process was quicker, or trains it by itself
    }
  }
}

/** How far a run is; writes nothing. @throws Error where a run of its name had other settings */
export function stateOf(sweep: Sweep, run: SweepRun, root?: string): RunState {
  const { folder, failure, config } = placesOf(sweep, run, root);
  if (existsSync(config)) keepConfig(config, { ...run.config });
  const result = resultOf(sweep, run, root);
  if (result) return { state: 'finished', result };
  if (existsSync(failure))
    return { state: 'failed', reason: JSON.parse(readFileSync(failure, 'utf8')).reason };
  const trained = runFolderPath({ root, experiment: 'train', name: run.name });
  try {
    for (const place of [folder, trained]) requireUnclaimed(place);
  } catch (error) {
    if (error instanceof FolderClaimedError) return { state: 'running', reason: error.message };
    throw error;
  }
  const hasBegun = listCheckpoints(join(trained, 'checkpoints')).length > 0;
  return { state: hasBegun ? 'stopped' : 'new' };
}

/** What a run came to; null where it is not finished, or was judged on something else. */
function resultOf(sweep: Sweep, run: SweepRun, root?: string): SweepResult | null {
  const { result } = placesOf(sweep, run, root);
  if (!existsSync(result)) return null;
  const found: SweepResult = JSON.parse(readFileSync(result, 'utf8'));
  return isDeepStrictEqual(found.evaluate, sweep.evaluate ?? null) ? found : null;
}

/** Lets failed runs be tried again. */
export function forgetFailures(sweep: Sweep, root?: string): void {
  for (const run of sweep.runs) rmSync(placesOf(sweep, run, root).failure, { force: true });
}

const isFree = ({ state }: RunState) => state === 'new' || state === 'stopped';

function placesOf(sweep: Sweep, run: SweepRun, root?: string) {
  const folder = join(sweepFolder(sweep, root), 'runs', run.name);
  return {
    folder,
    config: join(folder, 'config.json'),
    result: join(folder, 'result.json'),
    failure: join(folder, 'failure.json'),
  };
}

/**
 * Seeds, values and sets to judge on may be added to a sweep later; another base, or other settings under a label, would be
 * another sweep.
 */
function keepSweep(sweep: Sweep, root?: string): void {
  const folder = sweepFolder(sweep, root);
  mkdirSync(folder, { recursive: true });
  keepConfig(join(folder, 'base.json'), sweep.base);
  for (const run of sweep.runs) {
    const { folder, config } = placesOf(sweep, run, root);
    mkdirSync(folder, { recursive: true });
    keepConfig(config, { ...run.config });
  }
}

async function takeRun(sweep: Sweep, run: SweepRun, options: SweepOptions): Promise<void> {
  const { root, signal, onRun, onFailure } = options;
  const { folder, result, failure } = placesOf(sweep, run, root);
  const claim = claimFolder(folder);
  try {
    if (resultOf(sweep, run, root) || existsSync(failure)) return; // done since it was looked at
    onRun?.(run);
    const found = await trainAndJudge(run, folder, options);
    writeJson(result, { ...found, evaluate: sweep.evaluate ?? null });
  } catch (error) {
    if (endsAll(error) || signal?.aborted) throw error;
    const reason = (error as Error).message;
    writeJson(failure, { reason });
    onFailure?.(run, reason);
  } finally {
    claim.release();
  }
}

/** Errors that are not the run's own. */
const endsAll = (error: unknown) => error instanceof FolderClaimedError || error instanceof DiskError;

async function trainAndJudge(
  run: SweepRun,
  results: string,
  { root, signal, judge, onStep }: SweepOptions,
): Promise<Omit<SweepResult, 'evaluate'>> {
  const { folder, pairs, seconds } = await trainPictures(run.config, { root, resume: true, signal, onStep });
  const scores = judge ? await judge({ run, folder, results: join(results, 'evaluation') }) : {};
  return {
    loss: finalLoss(join(folder, 'metrics.jsonl'), run.config.recipe.steps),
    scores,
    pairs,
    seconds,
    folder,
  };
}

/** A single step's loss says little. */
function finalLoss(metrics: string, steps: number): number {
  const last = readMetrics(metrics).filter(({ step }) => step > 0.9 * steps);
  return last.reduce((sum, { loss }) => sum + Number(loss), 0) / last.length;
}

function writeJson(path: string, value: unknown): void {
  writeFileAtomically(path, [`${JSON.stringify(value, null, 2)}\n`]);
}
