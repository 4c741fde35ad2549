import { measureEmbedding, measureZeroShot } from './embedding';
import { measureLoading } from './loading';
import { measureMethods } from './methods';
import type { BenchOptions } from './processes';
import { measureRanks } from './ranks';
import type { Measured } from './results';
import { measureScaling } from './scaling';
import { measureStart } from './start';
import { measureTraining } from './training';

type Measurement = (options: BenchOptions) => Promise<Measured>;

/** What can be measured, by the name the command line takes. */
const MEASUREMENTS = {
  training: measureTraining,
  embedding: measureEmbedding,
  loading: measureLoading,
  'zero-shot': measureZeroShot,
  start: measureStart,
  methods: measureMethods,
  scaling: measureScaling,
  ranks: measureRanks,
} satisfies Record<string, Measurement>;

export type MeasurementName = keyof typeof MEASUREMENTS;

/** What is measured unless something is named. */
export const DEFAULT_MEASUREMENTS: readonly MeasurementName[] = [
  'training',
  'embedding',
  'loading',
  'zero-shot',
];

/** The measurement of a name. Throws with those there are. */
export function measurementOf(name: string): Measurement {
  if (Object.hasOwn(MEASUREMENTS, name)) return MEASUREMENTS[name as MeasurementName];
  throw new Error(`Expected something to measure (${Object.keys(MEASUREMENTS).join(', ')}), got "${name}".`);
}
