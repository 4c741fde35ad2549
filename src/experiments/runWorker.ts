import { BadInputCounter } from '../data';
import { startEngine } from '../engine';
import type { StepReport } from '../training';
import type { ExperimentData, ProfileName, RunSummary } from './experiment';
import { runArm } from './runArm';

/** One run, as a worker is asked for it. */
export interface RunRequest {
  experiment: string;
  profileName: ProfileName;
  arm: string;
  seed: number;
  root: string;
}

/** What a worker tells: it waits for work, it took a step, or a run has ended one way or the other. */
export type WorkerMessage =
  | { kind: 'ready' }
  | ({ kind: 'step' } & Pick<StepReport, 'step' | 'loss' | 'pairsPerSecond'>)
  | { kind: 'finished'; summary: RunSummary }
  | { kind: 'failed'; name: string; message: string };

/** What it is told: the next run, or to stop the one it is in. */
export type WorkerOrder = { kind: 'run'; request: RunRequest } | { kind: 'stop' };

/**
 * A process that trains and judges the runs its parent sends it, one after the other. Data are loaded once for each
 * experiment. Ctrl-C reaches the whole process group; the parent decides what it means.
 *
 * Arguments of the process: a module that exports `findExperiment`.
 */
function serve(tell: (message: WorkerMessage) => void): void {
  const { findExperiment } = require(process.argv[2]) as Pick<typeof import('./index'), 'findExperiment'>;
  const loaded = new Map<string, Promise<ExperimentData>>();
  const controller = new AbortController();
  const dataOf = (id: string) => {
    if (!loaded.has(id)) loaded.set(id, findExperiment(id).load(new BadInputCounter()));
    return loaded.get(id)!;
  };

  async function run({ experiment: id, profileName, arm: armId, seed, root }: RunRequest): Promise<void> {
    try {
      const experiment = findExperiment(id);
      const summary = await runArm({
        experiment,
        profileName,
        profile: experiment.profiles[profileName],
        arm: experiment.arms.find(({ id }) => id === armId)!,
        seed,
        data: await dataOf(id),
        root,
        signal: controller.signal,
        onStep: ({ step, loss, pairsPerSecond }) => tell({ kind: 'step', step, loss, pairsPerSecond }),
      });
      tell({ kind: 'finished', summary });
    } catch (error) {
      const { name, message } = error as Error;
      tell({ kind: 'failed', name, message });
    }
  }

  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  process.on('disconnect', () => process.exit());
  process.on('message', (order: WorkerOrder) => {
    if (order.kind === 'stop') controller.abort();
    else void run(order.request);
  });
  void startEngine().then(() => tell({ kind: 'ready' }));
}

if (require.main === module) serve((message) => process.send!(message, () => {})); // a parent that is gone needs no answer
