import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../engine';
import { scalingFigure } from '../report';
import type { BenchOptions } from './processes';
import type { Measured, SpeedRow } from './results';
import { rangeOf } from './rounds';
import { SCALINGS, type Scaling } from './scalings';

/** A cost at one size. */
export interface ScalingPoint {
  size: number;
  /** Of each round. */
  seconds: number[];
  /** What tensors hold at most, above those before, MiB. */
  mib: number;
}

/**
 * Time and memory of clipbook against the size of a batch, of pictures, of texts, and the number of classes, all with the mini
 * model, in float32, and by a figure against the slope that arithmetic leads to expect.
 */
export async function measureScaling({ quick, rounds, tell }: BenchOptions): Promise<Measured> {
  await startEngine();
  const found: { scaling: Scaling; points: ScalingPoint[] }[] = [];
  for (const scaling of SCALINGS) {
    const sizes = quick ? scaling.sizes.slice(0, 2) : scaling.sizes;
    const points: ScalingPoint[] = [];
    for (const size of sizes) {
      const { work, dispose } = await scaling.prepare(size);
      const { seconds, mib } = await costOf(work, rounds);
      dispose();
      points.push({ size, seconds, mib });
      tell(`${scaling.title}, ${size}: ${rangeOf(seconds).median} s, ${mib.toFixed(0)} MiB`);
    }
    found.push({ scaling, points });
  }
  return {
    title: 'Scaling',
    ratio: 'slope since the size before',
    memory: 'MiB of tensors',
    settings: { model: 'mini', precision: 'f32' },
    rows: found.flatMap(({ scaling, points }) => rowsOf(scaling, points)),
    figure: figureOf(found),
    notes: [
      'Memory is what tensors hold at most while it runs, above the model. The slope is the power of the size that time grows with.',
    ],
  };
}

/** Seconds of each round, after one that is not timed, and what tensors hold at most while it runs, above those before. */
export async function costOf(
  work: () => void,
  rounds: number,
): Promise<Pick<ScalingPoint, 'seconds' | 'mib'>> {
  work(); // the first of a shape is slow
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(async () => {
    work();
    return [];
  });
  const seconds = Array.from({ length: rounds }, () => {
    const began = performance.now();
    work();
    return (performance.now() - began) / 1000;
  });
  return { seconds, mib: (peakBytes - before) / 2 ** 20 };
}

function rowsOf({ title }: Scaling, points: readonly ScalingPoint[]): SpeedRow[] {
  return points.map(({ size, seconds, mib }, i) => ({
    task: `${title}: ${size}`,
    by: 'clipbook',
    seconds: rangeOf(seconds),
    peakMib: Math.round(mib),
    ...(i > 0 && { ratio: rangeOf([slopeBetween(points[i - 1], points[i])]) }),
  }));
}

/** The power of the size that time grew with from one point to the next. */
export function slopeBetween(from: ScalingPoint, to: ScalingPoint): number {
  const [before, after] = [from, to].map(({ seconds }) => rangeOf(seconds).median);
  return Math.log(after / before) / Math.log(to.size / from.size);
}

function figureOf(found: readonly { scaling: Scaling; points: ScalingPoint[] }[]) {
  const times = found.map(({ scaling, points }) => ({
    title: scaling.title,
    unit: 'milliseconds',
    slope: scaling.slope.time,
    points: points.map(({ size, seconds }) => ({ size, cost: 1000 * rangeOf(seconds).median })),
  }));
  const memories = found.map(({ scaling, points }) => ({
    title: scaling.title,
    unit: 'MiB of tensors',
    slope: scaling.slope.memory,
    points: points.map(({ size, mib }) => ({ size, cost: mib })),
  }));
  const title = 'Time and memory of the mini model against sizes';
  return scalingFigure({ id: 'scaling', title, panels: [...times, ...memories], columns: found.length });
}
