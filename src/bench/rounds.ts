import { setTimeout } from 'node:timers/promises';

/** One way to do a task: who does it, and how. */
export interface Way {
  /** What is done, the same of all who are compared: `ViT-B-32, f32, real captions`. */
  task: string;
  /** `clipbook`, `open_clip`, … */
  by: string;
  /** Does it once; returns seconds, as the peer measured them. */
  run(): Promise<number>;
}

/** A way with the seconds of each round. */
export interface TimedWay extends Way {
  seconds: number[];
}

/** Median of the rounds, and their range. */
export interface Range {
  median: number;
  low: number;
  high: number;
}

/** Threads that wait for work may go on spinning for so many milliseconds. */
const PAUSE = 300;

/**
 * Times ways in turn, in the other order every second round, so that a machine that slows down does so for all.
 *
 * @param tell is told of each time
 */
export async function timeInTurn(
  ways: readonly Way[],
  rounds: number,
  tell: (line: string) => void = () => {},
): Promise<TimedWay[]> {
  const timed = ways.map((way): TimedWay => ({ ...way, seconds: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const { task, by, run, seconds } of round % 2 ? [...timed].reverse() : timed) {
      await setTimeout(PAUSE);
      seconds.push(await run());
      tell(`${task}: ${by}, round ${round + 1} of ${rounds}: ${seconds.at(-1)!.toFixed(2)} s`);
    }
  }
  return timed;
}

/** Median, smallest and largest to so many significant digits. Throws where there is no value. */
export function rangeOf(values: readonly number[], digits = 4): Range {
  if (values.length === 0)
    throw new Error('Expected at least one value for a range; measure one round at least.');
  const sorted = [...values].sort((a, b) => a - b);
  const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  const rounded = (value: number) => Number(value.toPrecision(digits));
  return { median: rounded(median), low: rounded(sorted[0]), high: rounded(sorted.at(-1)!) };
}
