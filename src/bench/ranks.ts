import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClipConfig } from '../models';
import { benchModels } from './models';
import { writeJob } from './peer';
import { type BenchOptions, environment, ownCommand } from './processes';
import type { Measured } from './results';
import { ringSeconds } from './ringModel';
import { rangeOf, timeInTurn } from './rounds';

/** What every rank is given, a file of JSON. */
export interface RanksJob {
  config: ClipConfig;
  /** Of all ranks together. */
  batch: number;
  warmUp: number;
  steps: number;
  output: string;
}

/** What rank 0 writes. */
export interface RanksAnswer {
  /** Of a step. */
  seconds: number;
  /** That a rank hands to the others in a step. */
  bytes: number;
  /** Of a step, in the sum of gradients, once all ranks are there: what sending behind the computation could save at most. */
  summing: number;
  parameters: number;
}

/** Of the predictions: what a rank's network passes on in a second, and how long a message takes to arrive. */
const NETWORKS = [
  { name: '10 Gbit/s', bytesPerSecond: 10e9 / 8, latency: 50e-6 },
  { name: '100 Gbit/s', bytesPerSecond: 100e9 / 8, latency: 5e-6 },
] as const;

/** What two threads of one process get out of the same cores says how much of the loss is not the ranks'. */
const WAYS = [
  { task: 'one rank, one thread', ranks: 1, threads: 1 },
  { task: 'two ranks, one thread each', ranks: 2, threads: 1 },
  { task: 'one rank, two threads', ranks: 1, threads: 2 },
] as const;

const PREDICTED_RANKS = [8, 16, 32, 64];

/**
 * A training step of plain CLIP on one rank and on two, each with one thread: the same batch, so that two ranks would take half
 * the time if they had nothing to tell each other and the cores nothing to share. Predictions for more ranks are on paper: a
 * rank's own time, and what sums and gathering cost in a ring.
 *
 * @throws where there is no mpirun
 */
export async function measureRanks({ quick, rounds, work, models, tell }: BenchOptions): Promise<Measured> {
  if (spawnSync('mpirun', ['--version']).status !== 0) {
    throw new Error(
      'Expected OpenMPI to measure ranks, but there is no mpirun; on Debian "apt install openmpi-bin".',
    );
  }
  const rows: Measured['rows'] = [];
  const notes: string[] = [];
  for (const { name, config, batch } of benchModels(models, quick, ['mini'])) {
    const output = join(work, `${name}-ranks-answer.json`);
    const job: RanksJob = { config, batch, warmUp: 2, steps: quick ? 2 : 6, output };
    const path = writeJob(join(work, `${name}-ranks.json`), job);
    const answers = new Map<number, RanksAnswer>();
    const run = async (ranks: number, threads: number) => {
      runRanks(ranks, threads, path);
      answers.set(ranks, JSON.parse(readFileSync(output, 'utf8')));
      return answers.get(ranks)!.seconds;
    };
    const ways = WAYS.map(({ ranks, threads, task }) => ({
      task: `${name}, ${task}`,
      by: 'clipbook',
      run: () => run(ranks, threads),
    }));
    const timed = await timeInTurn(ways, rounds, tell);
    const [alone] = timed;
    rows.push(
      ...timed.map(({ task, by, seconds }, i) => ({
        task,
        by,
        seconds: rangeOf(seconds),
        perSecond: rangeOf(seconds.map((step) => batch / step)),
        ...(i > 0 && { ratio: rangeOf(seconds.map((step, round) => alone.seconds[round] / (2 * step))) }),
      })),
    );
    notes.push(
      messages(name, batch, answers.get(2)!),
      ...predictions({ name, batch, seconds: rangeOf(alone.seconds).median, bytes: answers.get(2)!.bytes }),
    );
  }
  return {
    title: 'Training on several ranks',
    unit: 'pairs',
    ratio: 'efficiency: of twice the speed of one thread',
    settings: { warmUp: 2 },
    rows,
    notes,
  };
}

function runRanks(ranks: number, threads: number, job: string): void {
  const root = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  const launcher = ['-n', String(ranks), '--oversubscribe', '--bind-to', 'none'];
  execFileSync('mpirun', [...launcher, ...ownCommand('ranksOwn.ts', job)], {
    env: { ...environment(threads), ...root },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** What two ranks tell each other in a step. */
function messages(name: string, batch: number, { bytes, parameters, summing, seconds }: RanksAnswer): string {
  const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  return (
    `${name}: in a step of ${batch} pairs a rank hands over ${megabytes(bytes)}, ${megabytes(4 * parameters)} of them the gradients, ` +
    `whose sum takes ${((100 * summing) / seconds).toFixed(1)} % of the step.`
  );
}

/** How efficient more ranks would be that each take a batch as large as the one measured. */
function predictions({
  name,
  batch,
  seconds,
  bytes,
}: {
  name: string;
  batch: number;
  seconds: number;
  bytes: number;
}) {
  return NETWORKS.map((network) => {
    const shares = PREDICTED_RANKS.map((ranks) => {
      const share = seconds / (seconds + ringSeconds(bytes, ranks, network));
      return `${Math.round(100 * share)} % of ${ranks}`;
    });
    return (
      `On paper, ${name} with ${batch} pairs a rank at ${network.name}, nothing hidden behind the computation: ` +
      `the speed of ${shares.join(', ')} ranks.`
    );
  });
}
