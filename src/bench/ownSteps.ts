import { type Answer, type Peer, startPeer } from './peer';
import { type BenchOptions, environment, ownCommand, withPeers } from './processes';
import { type Range, rangeOf, timeInTurn } from './rounds';
import { prepareTraining, type TrainingCase } from './trainingJob';
import type { StepAnswer } from './trainingPeer';

/** A training step of clipbook that is held against others of its own. */
export interface OwnStep extends TrainingCase {
  /** As tables call it. */
  name: string;
  /** Without the fused kernels: tfjs's operations one by one; float32 only. Default false. */
  plain?: boolean;
}

/** What a step took. */
export interface OwnStepCost {
  name: string;
  /** Processor time of a step, all threads together: what other programs do on the machine hardly changes it. */
  cpuSeconds: Range;
  /** How many times the first step's is of it, of each round. */
  ratio: Range;
  /** Largest resident memory of the process, MiB; null where the system does not tell. */
  peakMib: number | null;
  /** Before the first step. */
  loss: number;
}

/** Steps before any is timed: the first of a shape are slow. */
const WARM_UP = 2;

/**
 * Times training steps in turn, each in a process of its own, whose peak memory is its own too and where the kernels are loaded or
 * not.
 *
 * @returns a cost for each, in their order
 */
export async function timeOwnSteps(
  steps: readonly OwnStep[],
  options: Pick<BenchOptions, 'rounds' | 'threads' | 'work' | 'tell'>,
): Promise<OwnStepCost[]> {
  const starts = steps.map((step) => [step.name, () => started(step, options)] as const);
  return withPeers(starts, async (peers) => {
    const answers = new Map(steps.map(({ name }) => [name, [] as (StepAnswer & Answer)[]]));
    const take = async (name: string) => {
      const answer = await peers.get(name)!.ask<StepAnswer>({});
      answers.get(name)!.push(answer);
      return answer.cpuSeconds!;
    };
    for (const { name } of steps) for (let i = 0; i < WARM_UP; i++) await take(name);
    const round = async ({ name, model }: OwnStep) => {
      let seconds = 0;
      for (let i = 0; i < model.steps; i++) seconds += await take(name);
      return seconds / model.steps;
    };
    const ways = steps.map((step) => ({ task: step.name, by: 'clipbook', run: () => round(step) }));
    const timed = await timeInTurn(ways, options.rounds, options.tell);
    return timed.map(({ task, seconds }) => ({
      name: task,
      cpuSeconds: rangeOf(seconds),
      ratio: rangeOf(seconds.map((one, i) => timed[0].seconds[i] / one)),
      peakMib: answers.get(task)!.at(-1)!.peakMib,
      loss: answers.get(task)![0].loss,
    }));
  });
}

async function started(step: OwnStep, options: Pick<BenchOptions, 'threads' | 'work'>): Promise<Peer> {
  const job = await prepareTraining(step, options);
  const env = { ...environment(options.threads), ...(step.plain && { CLIPBOOK_KERNELS: '0' }) };
  return startPeer(ownCommand('trainingOwn.ts', job), env);
}
