import { createRandom } from '../engine/random';
import { checkExamples, selectExamples } from './examples';
import {
  type FitOptions,
  fitLinearProbe,
  type ProbeExamples,
  type ProbeScore,
  scoreProbe,
} from './linearProbe';
import { searchStrength } from './probeSweep';
import { type Interval, studentInterval } from './statistics';

/** The usual numbers of examples of each class (CLIP, figure 6; CoOp). */
export const SHOTS: readonly number[] = [1, 2, 4, 8, 16];

export interface FewShotInput extends FitOptions {
  /** Where examples are drawn from. */
  train: ProbeExamples;
  test: ProbeExamples;
  /** How many classes there are. */
  classes: number;
  /** Default `SHOTS`. */
  shots?: readonly number[];
  /** One draw for each; default 1, 2 and 3. An interval needs two. */
  seeds?: readonly number[];
  /**
   * The weight of the L2 penalty, or examples that decide on it anew for each draw by `searchStrength`, 15 fits; they never
   * join the drawn ones, so that a probe sees as many examples as it is said to (as in CLIP_benchmark).
   */
  strength: number | { validation: ProbeExamples };
}

/** One draw: a point of the curve for one seed. */
export interface FewShotDraw extends Pick<ProbeScore, 'top1' | 'top5' | 'meanPerClass'> {
  seed: number;
  strength: number;
}

export interface FewShotResult {
  /** Examples of each class. */
  shots: number;
  /** The mean over seeds with Student's 95 % interval. */
  top1: Interval;
  meanPerClass: Interval;
  draws: FewShotDraw[];
}

/**
 * Linear probes of a few examples of each class, drawn by seed. A seed's draws are nested: its 2 examples of a class are
 * among its 4, so that a curve rises by what is added. The interval is about draws; nothing of it is due to the test set.
 *
 * @returns for each number of shots, in the order asked for
 * @throws before anything is fitted, where a class has too few examples, and names each such class
 */
export function fewShotAccuracy(input: FewShotInput): FewShotResult[] {
  const { train, classes, shots = SHOTS, seeds = [1, 2, 3] } = input;
  checkExamples(train, classes);
  const odd = shots.find((count) => !Number.isInteger(count) || count < 1);
  if (odd !== undefined) throw new Error(`Expected whole numbers of shots above zero, got ${odd}.`);
  if (seeds.length < 2) throw new Error(`Expected two seeds or more for an interval, got ${seeds.length}.`);
  checkSupply(placesOfClasses(train.labels, classes), Math.max(...shots));
  return shots.map((count) => {
    const draws = seeds.map((seed) => ({ seed, ...judge(input, drawShots(train, classes, count, seed)) }));
    return {
      shots: count,
      top1: studentInterval(draws.map((draw) => draw.top1)),
      meanPerClass: studentInterval(draws.map((draw) => draw.meanPerClass)),
      draws,
    };
  });
}

/**
 * The first `shots` examples of each class in an order fixed by the seed and the class.
 *
 * @throws where a class has too few examples
 */
export function drawShots(
  examples: ProbeExamples,
  classes: number,
  shots: number,
  seed: number,
): ProbeExamples {
  const places = placesOfClasses(examples.labels, classes);
  checkSupply(places, shots);
  const random = createRandom(seed);
  const drawn = places.flatMap((own, c) =>
    random
      .fork(`class ${c}`)
      .shuffle([...own])
      .slice(0, shots),
  );
  return selectExamples(examples, drawn);
}

function judge(input: FewShotInput, drawn: ProbeExamples): Omit<FewShotDraw, 'seed'> {
  const { test, classes, maxIterations, tolerance } = input;
  const strength =
    typeof input.strength === 'number'
      ? input.strength
      : searchStrength({ train: drawn, ...input.strength, classes, maxIterations }).strength;
  const probe = fitLinearProbe({ ...drawn, classes, maxIterations, tolerance, strength });
  const { top1, top5, meanPerClass } = scoreProbe(probe, test);
  return { strength, top1, top5, meanPerClass };
}

/** `[classes][examples of the class]` */
function placesOfClasses(labels: ArrayLike<number>, classes: number): number[][] {
  const places: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) places[labels[i]].push(i);
  return places;
}

function checkSupply(places: readonly number[][], shots: number): void {
  const short = places.flatMap((own, c) => (own.length < shots ? [`class ${c} has ${own.length}`] : []));
  if (short.length > 0) {
    throw new Error(
      `Expected ${shots} examples of every class, but ${short.join(', ')}: ask for fewer shots, or leave such classes out.`,
    );
  }
}
