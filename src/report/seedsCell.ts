import { studentInterval } from '../evaluation/statistics';
import type { Cell } from './table';

/** The mean over seeds with half of Student's 95 % interval; one seed has none, and no seed no value. */
export function seedsCell(values: readonly number[]): Cell {
  if (values.length < 2) return { value: values[0] ?? null };
  const { estimate, high } = studentInterval(values);
  return { value: estimate, interval: high - estimate };
}
