import { alone, type Communicator } from '../distributed';
import { DiskError } from '../files';
import { restoreVariables } from '../nn';
import { loadLatestCheckpoint, type Retention, saveCheckpoint } from './checkpoint';
import { openMetricsLog } from './metricsLog';
import { keepNotANumber } from './notANumber';
import type { RunFolder } from './runFolder';
import { createTensorBoardWriter } from './tensorboard';
import { anyRank, markShared } from './together';
import { NotANumberError, type StepReport, type Training, type TrainingData, trainSteps } from './trainer';

/** Which checkpoints of a run stay. */
export interface KeptCheckpoints extends Retention {
  /** The one before which the mean loss since the checkpoint before it was lowest, too. Default false. */
  best?: boolean;
}

export interface RunOptions {
  folder: RunFolder;
  /** Steps between checkpoints; the last step always has one. */
  checkpointEvery?: number;
  /** Which of them stay; the two newest. */
  keepCheckpoints?: KeptCheckpoints;
  /** Steps between lines of the metrics file and TensorBoard points. */
  logEvery?: number;
  /** Called after every step. */
  onStep?: (report: StepReport) => void;
  /** Asks the run to stop: it ends the step it is in, saves a checkpoint and throws a `RunInterruptedError`. */
  signal?: AbortSignal;
  /** The processes that train together, of which the first alone writes; default alone. */
  communicator?: Communicator;
}

/** A run that was asked to stop and can be resumed. */
export class RunInterruptedError extends Error {
  override readonly name = 'RunInterruptedError';
}

/**
 * Trains to the end of the recipe, from the newest checkpoint in the folder where there is one: a resumed run
 * continues with the same batches, moments and losses as an uninterrupted one.
 *
 * @returns seconds spent training, earlier sessions of a resumed run included
 * @throws {RunInterruptedError} when the signal asks for it, except in the last step
 * @throws {NotANumberError} as `trainStep` does; what is known of the batch is in `not-a-number.json` then
 * @throws {DiskError} where the disk does not take a line or a checkpoint
 *
 * Whatever it throws, the last good checkpoint stays.
 */
export async function trainRun(training: Training, data: TrainingData, options: RunOptions): Promise<number> {
  const { folder, checkpointEvery = 100, logEvery = 5, keepCheckpoints = {}, onStep, signal } = options;
  const { communicator = alone } = options;
  const writes = communicator.rank === 0;
  const { resumedAt, seconds: secondsBefore } = restore(training, data, folder.checkpoints);
  communicator.barrier(); // No checkpoint is written before all have read the last one.
  const log = writes ? openMetricsLog(folder.metrics, { lastStep: resumedAt ?? undefined }) : null;
  const board = writes
    ? createTensorBoardWriter(folder.tensorboard, {
        firstStep: resumedAt === null ? undefined : resumedAt + 1,
      })
    : null;
  const began = performance.now();
  const seconds = () => secondsBefore + (performance.now() - began) / 1000;
  const isLogged = (step: number) => step % logEvery === 0 || step === 1 || step === training.recipe.steps;
  const losses = meanSinceLast();
  try {
    for await (const report of trainSteps(training, data, isLogged)) {
      onStep?.(report);
      losses.add(report.loss);
      const last = report.step === training.recipe.steps;
      if (isLogged(report.step)) {
        const { metrics, ...numbers } = report;
        const record = { ...numbers, ...metrics };
        log?.append(record);
        board?.scalars(report.step, record);
      }
      const stopping = anyRank(communicator, Boolean(signal?.aborted)) && !last;
      if (writes && (last || stopping || report.step % checkpointEvery === 0)) {
        log?.sync();
        const score = keepCheckpoints.best ? -losses.take() : undefined;
        await save(training, data, { step: report.step, seconds: seconds(), score }, folder, keepCheckpoints);
      }
      if (stopping)
        throw markShared(new RunInterruptedError(stoppedAfter(report.step, training.recipe.steps)));
    }
  } catch (error) {
    if (error instanceof NotANumberError) markShared(error); // All have the same loss.
    throw writes ? explained(error, folder) : error;
  } finally {
    log?.close();
    board?.close();
  }
  return seconds();
}

/** The error, with what it means for the run. */
function explained(error: unknown, folder: RunFolder): unknown {
  if (error instanceof NotANumberError) error.message += keepNotANumber(folder.path, error);
  if (error instanceof DiskError) {
    error.message += ' What the run saved before is whole; resume it when that is mended.';
  }
  return error;
}

/** A mean that begins anew whenever it is taken. */
function meanSinceLast(): { add(value: number): void; take(): number } {
  let [sum, count] = [0, 0];
  return {
    add: (value) => {
      sum += value;
      count++;
    },
    take: () => {
      const mean = sum / count;
      [sum, count] = [0, 0];
      return mean;
    },
  };
}

function stoppedAfter(step: number, steps: number): string {
  return `Stopped after step ${step} of ${steps}; its checkpoint is saved.`;
}

function save(
  { model, optimizer, objective }: Training,
  data: TrainingData,
  { step, seconds, score }: { step: number; seconds: number; score?: number },
  folder: RunFolder,
  retention: Retention,
): Promise<string> {
  const content = {
    parameters: model.parameters,
    optimizerState: optimizer.state(),
    step,
    optimizerSteps: optimizer.stepCount,
    randomStates: {}, // every draw is a function of the seed and the step
    score,
    extra: { seconds, objective: objective.getState?.(), data: data.getState?.() },
  };
  return saveCheckpoint(folder.checkpoints, content, retention);
}

/** Brings a run back to its newest checkpoint; `resumedAt` is the step it stands at, null where there is none. */
function restore(
  { model, optimizer, objective }: Training,
  data: TrainingData,
  folder: string,
): { resumedAt: number | null; seconds: number } {
  const checkpoint = loadLatestCheckpoint(folder);
  if (!checkpoint) return { resumedAt: null, seconds: 0 };
  restoreVariables(model.parameters, checkpoint.parameters);
  optimizer.loadState(checkpoint.optimizerState, checkpoint.optimizerSteps);
  objective.setState?.(checkpoint.extra?.objective ?? null);
  data.setState?.(checkpoint.extra?.data ?? null);
  return { resumedAt: checkpoint.step, seconds: Number(checkpoint.extra?.seconds ?? 0) };
}
