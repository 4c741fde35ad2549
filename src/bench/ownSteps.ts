import { type Peer, startPeer } from './peer';
import { type BenchOptions, environment, ownCommand, withPeers } from './processes';
import { type SpeedRow, speedRows } from './results';
import { rangeOf, timeInTurn } from './rounds';
import { prepareTraining, type TrainingCase } from './trainingJob';
import type { StepAnswer } from './trainingPeer';

/** A training step of clipbook that is held against others of its own. */
export interface OwnStep extends TrainingCase {
  /** As tables call it. */
  name: string;
  /** Without the fused kernels: tfjs's operations one by one; float32 only. Default false. */
  plain?: boolean;
}

export interface OwnStepTimes extends SpeedRow {
  /** Before the first step. */
  loss: number;
}

/** Steps before any is timed: the first of a shape are slow. */
const WARM_UP = 2;

/**
 * Times training steps in turn, each in a process of its own, whose peak memory is its own too and where the kernels are loaded or
 * not.
 *
 * @returns a row for each, in their order; its `ratio` is how many times as long the first one takes
 */
export async function timeOwnSteps(
  steps: readonly OwnStep[],
  options: Pick<BenchOptions, 'rounds' | 'threads' | 'work' | 'tell'>,
): Promise<OwnStepTimes[]> {
  const starts = steps.map((step) => [step.name, () => started(step, options)] as const);
  return withPeers(starts, async (peers) => {
    const peakMib: Record<string, number | null> = {};
    const losses: Record<string, number> = {};
    const take = async (name: string) => {
      const answer = await peers.get(name)!.ask<StepAnswer>({});
      peakMib[name] = answer.peakMib;
      losses[name] ??= answer.loss;
      return answer.seconds;
    };
    for (const { name } of steps) for (let i = 0; i < WARM_UP; i++) await take(name);
    const round = async ({ name, model }: OwnStep) => {
      let seconds = 0;
      for (let i = 0; i < model.steps; i++) seconds += await take(name);
      return seconds / model.steps;
    };
    const ways = steps.map((step) => ({ task: step.name, by: 'clipbook', run: () => round(step) }));
    const timed = await timeInTurn(ways, options.rounds, options.tell);
    const [first] = timed;
    const againstFirst = timed.map((way) => way.seconds.map((one, round) => first.seconds[round] / one));
    return timed.map((way, i) => {
      const [row] = speedRows([way], { amount: steps[i].model.batch });
      return {
        ...row,
        ratio: rangeOf(againstFirst[i]),
        peakMib: peakMib[way.task],
        loss: losses[way.task],
      };
    });
  });
}

async function started(step: OwnStep, options: Pick<BenchOptions, 'threads' | 'work'>): Promise<Peer> {
  const job = await prepareTraining(step, options);
  const env = { ...environment(options.threads), ...(step.plain && { CLIPBOOK_KERNELS: '0' }) };
  return startPeer(ownCommand('trainingOwn.ts', job), env);
}
