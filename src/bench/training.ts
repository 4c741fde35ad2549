import type { Precision } from '../engine';
import { benchPrecisions } from './benchPrecisions';
import { type BenchModel, benchModels } from './models';
import { type BenchOptions, bothPeers, withPeers } from './processes';
import { type Measured, type SpeedRow, speedRows } from './results';
import { timeInTurn } from './rounds';
import { prepareTraining, RECIPE, type TrainingCase } from './trainingJob';
import type { StepAnswer } from './trainingPeer';

/** How far losses of two peers may be apart, relative. */
const TOLERANCE: Record<Precision, number> = { f32: 1e-4, bf16: 2e-2 };
/** Steps before any is timed, compared with each other: the first of a shape are slow. */
const WARM_UP = 2;

/**
 * A training step, here and in open_clip: forward, loss, backward, clipping to norm 1, AdamW, from the same weights, with the
 * same pixels and token ids. Before anything is timed, the losses of the first steps must agree. Each case has processes of its
 * own, whose peak memory is theirs alone.
 *
 * @throws when losses differ by more than 1e-4 (float32) or 2e-2 (bfloat16)
 */
export async function measureTraining(options: BenchOptions): Promise<Measured> {
  const models = benchModels(options.models, options.quick);
  const rows: SpeedRow[] = [];
  const agreement: Record<string, number> = {};
  for (const one of casesOf(models, await benchPrecisions(options.tell))) {
    const found = await measureCase(one, options);
    rows.push(...found.rows);
    if (found.difference !== undefined) agreement[taskOf(one)] = Number(found.difference.toExponential(1));
  }
  return {
    title: 'Training step',
    unit: 'pairs',
    settings: { batches: Object.fromEntries(models.map(({ name, batch }) => [name, batch])), ...RECIPE },
    rows,
    agreement,
    notes: [
      'Real captions are descriptions of the embedded pictograms, 12 tokens at the median; full ones fill the context. ' +
        'Memory is the largest resident set of the process.',
    ],
  };
}

function casesOf(models: readonly BenchModel[], precisions: readonly Precision[]): TrainingCase[] {
  return models.flatMap((model) =>
    precisions.flatMap((precision) =>
      (['real', 'full'] as const).map((texts) => ({ model, precision, texts })),
    ),
  );
}

const taskOf = ({ model, precision, texts }: TrainingCase) =>
  `${model.name}, ${precision}, ${texts} captions`;

async function measureCase(
  one: TrainingCase,
  options: BenchOptions,
): Promise<{ rows: SpeedRow[]; difference?: number }> {
  const { python } = options;
  const job = await prepareTraining(one, options);
  return withPeers(bothPeers('training.py', 'trainingOwn.ts', job, options), async (started) => {
    const losses = new Map([...started.keys()].map((by) => [by, [] as number[]]));
    const peakMib: Record<string, number | null> = {};
    const step = async (by: string) => {
      const answer = await started.get(by)!.ask<StepAnswer>({});
      losses.get(by)!.push(answer.loss);
      peakMib[by] = answer.peakMib;
      return answer.seconds;
    };
    for (const by of started.keys()) for (let i = 0; i < WARM_UP; i++) await step(by);
    checkLosses(one, losses);
    const { steps, batch } = one.model;
    const round = async (by: string) => {
      let seconds = 0;
      for (let i = 0; i < steps; i++) seconds += await step(by);
      return seconds;
    };
    const ways = [...started.keys()].map((by) => ({ task: taskOf(one), by, run: () => round(by) }));
    const timed = await timeInTurn(ways.reverse(), options.rounds, options.tell);
    const rows = speedRows(timed, { amount: batch * steps, peakMib });
    return { rows, difference: python ? lossDifference(losses) : undefined };
  });
}

function checkLosses(one: TrainingCase, losses: ReadonlyMap<string, number[]>): void {
  const difference = lossDifference(losses);
  if (difference <= TOLERANCE[one.precision]) return;
  const told = [...losses].map(
    ([by, values]) => `${by} ${values.map((value) => value.toFixed(5)).join(', ')}`,
  );
  throw new Error(
    `Expected the same losses within ${TOLERANCE[one.precision]} of ${taskOf(one)}, but they differ by ` +
      `${difference.toExponential(1)} (${told.join('; ')}); nothing was timed.`,
  );
}

/** The largest relative difference between two peers' losses of a step; 0 of a single peer. */
export function lossDifference(losses: ReadonlyMap<string, readonly number[]>): number {
  const [first, ...others] = [...losses.values()];
  const differences = others.flatMap((other) =>
    other.map((loss, step) => Math.abs(loss - first[step]) / Math.abs(first[step])),
  );
  return differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...differences);
}
