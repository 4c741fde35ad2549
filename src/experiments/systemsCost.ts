import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../data';

/** What test/bench/systemCost.ts measured, alone on a machine: `results/bench/system-cost.json`. */
export interface SystemCosts {
  machine: string;
  batch: number;
  rounds: number;
  /** Arm → its cost. */
  arms: Record<string, SystemCost>;
}

export interface SystemCost {
  /** Median of the training steps, batch included, in milliseconds. */
  milliseconds: number;
  /** The same over plain CLIP's, the median of the ratios of the rounds; and the smallest and largest of them. */
  time: { ratio: number; low: number; high: number };
  /** The most that tensors take during a step, above what they take before it, in MiB. */
  memory: number;
}

/** Null where nothing was measured. */
export function loadSystemCosts(
  file = join(projectRoot(), 'results', 'bench', 'system-cost.json'),
): SystemCosts | null {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}
