import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { RunInterruptedError } from '../training';
import type { RunSummary } from './experiment';
import type { RunRequest, WorkerMessage, WorkerOrder } from './runWorker';

/** A run and the run that must be finished before it. */
export interface QueuedRun {
  request: RunRequest;
  /** Its place in the list. */
  after?: number;
}

export interface WorkersOptions {
  /** How many processes. The cores are divided among them. */
  jobs: number;
  /** Called after every training step of any run. */
  onStep?: (place: number, step: Extract<WorkerMessage, { kind: 'step' }>) => void;
  /** Called when a run has ended well. */
  onFinished?: (place: number) => void;
  /** Asks all runs to stop in good order, see `trainRun`. */
  signal?: AbortSignal;
  /** Exports `findExperiment`; default this folder's index. */
  module?: string;
}

/**
 * Trains runs in several processes at once. TensorFlow leaves cores idle between the small steps of small models: two
 * processes with one thread each train 1.8 times the pairs of one process with two threads.
 *
 * @returns the summaries in the order of the runs
 * @throws what the first run that fails throws, after all others have stopped with a checkpoint
 */
export async function runInWorkers(
  runs: readonly QueuedRun[],
  options: WorkersOptions,
): Promise<RunSummary[]> {
  const summaries = new Map<number, RunSummary>();
  const waiting = new Set(runs.keys());
  const jobs = Math.min(options.jobs, runs.length);
  const workers = Array.from({ length: jobs }, () => startWorker(jobs, options));
  const stopAll = () => {
    for (const worker of workers) worker.stop();
  };
  options.signal?.addEventListener('abort', stopAll);

  const next = () =>
    [...waiting].find((place) => {
      const { after } = runs[place];
      return after === undefined || summaries.has(after);
    });
  let wakeUps: (() => void)[] = [];
  const changed = () => {
    for (const wake of wakeUps) wake();
    wakeUps = [];
  };
  let failure: Error | undefined;

  const serve = async (worker: Worker): Promise<void> => {
    while (waiting.size > 0 && !failure && !options.signal?.aborted) {
      const place = next();
      if (place === undefined) {
        await new Promise<void>((wake) => wakeUps.push(wake));
        continue;
      }
      waiting.delete(place);
      try {
        summaries.set(place, await worker.run(runs[place].request, (step) => options.onStep?.(place, step)));
        options.onFinished?.(place);
      } catch (error) {
        failure ??= error as Error;
        stopAll();
      }
      changed();
    }
  };
  try {
    await Promise.all(workers.map(serve));
    if (failure) throw failure;
    if (summaries.size < runs.length) throw new RunInterruptedError('Stopped; finished runs are kept.');
    return runs.map((_, place) => summaries.get(place)!);
  } finally {
    options.signal?.removeEventListener('abort', stopAll);
    for (const worker of workers) worker.end();
  }
}

interface Worker {
  run(
    request: RunRequest,
    onStep: (step: Extract<WorkerMessage, { kind: 'step' }>) => void,
  ): Promise<RunSummary>;
  stop(): void;
  end(): void;
}

function startWorker(jobs: number, { module = __dirname }: WorkersOptions): Worker {
  const threads = String(Math.max(1, Math.floor(availableParallelism() / jobs)));
  const child = fork(join(__dirname, 'runWorker.ts'), [module], {
    execArgv: [...process.execArgv, '--require', require.resolve('tsx/cjs')],
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: threads, OMP_NUM_THREADS: threads },
  });
  const ready = answerOf<void>(child, (message) => (message.kind === 'ready' ? { value: undefined } : null));
  ready.catch(() => {}); // told by the first run
  const tell = (order: WorkerOrder) => child.connected && child.send(order);
  return {
    async run(request, onStep) {
      await ready;
      const summary = answerOf<RunSummary>(child, (message) => {
        if (message.kind === 'step') onStep(message);
        if (message.kind === 'failed') return { error: errorOf(message) };
        return message.kind === 'finished' ? { value: message.summary } : null;
      });
      tell({ kind: 'run', request });
      return summary;
    },
    stop: () => tell({ kind: 'stop' }),
    end: () => child.connected && child.disconnect(),
  };
}

type Answer<T> = { value: T } | { error: Error } | null;

/** Waits for the message that answers; a worker that ends first is an error. */
function answerOf<T>(child: ChildProcess, read: (message: WorkerMessage) => Answer<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      child.off('message', listen);
      child.off('exit', die);
      finish();
    };
    const listen = (message: WorkerMessage) => {
      const answer = read(message);
      if (!answer) return;
      settle(() => ('error' in answer ? reject(answer.error) : resolve(answer.value)));
    };
    const die = (code: number | null) =>
      settle(() =>
        reject(new Error(`A worker ended with code ${code} before its run; start with fewer --jobs.`)),
      );
    child.on('message', listen);
    child.on('exit', die);
  });
}

function errorOf({ name, message }: Extract<WorkerMessage, { kind: 'failed' }>): Error {
  return name === 'RunInterruptedError' ? new RunInterruptedError(message) : new Error(message);
}
