import type { Benchmark } from '../benchmarks';
import type { SplitPictures } from './embedSplit';

/** How many pictures a sentence names. */
const NAMED = 3;

/**
 * In what the pictures at hand differ from the split that was published: `9,998 of 10,000 pictures; 1 damaged (a.jpg)`.
 * Undefined where nothing is amiss.
 */
export function describeFlaws(
  benchmark: Benchmark,
  split: string,
  { targets, damaged, absent }: SplitPictures,
): string | undefined {
  const expected = benchmark.splits[split] ?? targets.length + damaged.length + absent.length;
  const captions = targets.flat().length;
  const allCaptions =
    benchmark.task === 'retrieval' && split === benchmark.tested ? benchmark.captions : undefined;
  const flaws = [
    targets.length !== expected && `${counted(targets.length)} of ${counted(expected)} pictures`,
    allCaptions !== undefined &&
      captions !== allCaptions &&
      `${counted(captions)} of ${counted(allCaptions)} captions`,
    damaged.length > 0 && `${damaged.length} damaged (${named(damaged.map(({ key }) => key))})`,
    absent.length > 0 && `${absent.length} absent (${named(absent)})`,
  ].filter(Boolean);
  return flaws.length > 0 ? flaws.join('; ') : undefined;
}

function named(keys: readonly string[]): string {
  return keys.slice(0, NAMED).join(', ') + (keys.length > NAMED ? ', …' : '');
}

const counted = (count: number) => count.toLocaleString('en-GB');
