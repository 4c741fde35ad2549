import type { Figure } from '../report';
import { type Range, rangeOf, type TimedWay } from './rounds';

/** One line of a table: who did what, how fast. */
export interface SpeedRow {
  task: string;
  by: string;
  /** Of the task, `pairs` or `pictures` each second; absent where a task is done once. */
  perSecond?: Range;
  seconds: Range;
  /** What `Measured.ratio` says; of a peer how many times as fast clipbook was, of the rounds, each with its own. */
  ratio?: Range;
  /** Largest resident memory of the process, MiB; null where the system does not tell. */
  peakMib?: number | null;
}

/** What one measurement found. */
export interface Measured {
  /** What was measured, in words. */
  title: string;
  /** What is counted each second. */
  unit?: string;
  /** The heading of the rows' memory; default the process's peak. */
  memory?: string;
  /** The heading of the rows' ratios; default how many times as fast clipbook is. */
  ratio?: string;
  /** Sizes and whatever else decides the numbers. */
  settings: Record<string, unknown>;
  rows: SpeedRow[];
  /** Saved beside the numbers, as a picture. */
  figure?: Figure;
  /** Largest differences between the peers' results, by task; checked before anything was timed. */
  agreement?: Record<string, number>;
  /** Whatever a reader must know beside the table. */
  notes?: string[];
}

/**
 * Lines of a table from times taken in turn.
 *
 * @param ways of doing each task, with the seconds of every round
 * @param known `amount`: how many of the unit a round of the task is; absent where it is done once. `peakMib`: by who did it
 */
export function speedRows(
  ways: readonly TimedWay[],
  { amount, peakMib = {} }: { amount?: number; peakMib?: Record<string, number | null> } = {},
): SpeedRow[] {
  return ways.map(({ task, by, seconds }) => {
    const own = ways.find((way) => way.by === 'clipbook' && way.task === task);
    const isPeer = own !== undefined && by !== own.by;
    return {
      task,
      by,
      seconds: rangeOf(seconds),
      ...(amount !== undefined && { perSecond: rangeOf(seconds.map((one) => amount / one)) }),
      ...(isPeer && { ratio: rangeOf(seconds.map((one, round) => one / own.seconds[round])) }),
      ...(by in peakMib && { peakMib: peakMib[by] }),
    };
  });
}
