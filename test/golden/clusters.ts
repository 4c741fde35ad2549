import type { Embeddings } from '../../src/evaluation/embeddings';
import type { ProbeExamples } from '../../src/evaluation/linearProbe';
import { hashes, uniform } from './formula';

/** Embeddings of classes of unequal size, computed, not stored: the numbers of clusters.py, bit for bit. */

export interface ClusterSizes {
  width: number;
  classes: number;
  /** A power of two; default 4. */
  noise?: number;
}

/** Rows and labels of a split. */
export function clusters(split: string, count: number, sizes: ClusterSizes): ProbeExamples {
  const labels = labelsOf(split, count, sizes.classes);
  return { features: rowsOf(split, labels, sizes), labels };
}

/** Low classes are common, high ones rare. */
export function labelsOf(split: string, count: number, classes: number): number[] {
  return Array.from(hashes(`${split} labels`, count), (hash) => {
    const v = (hash >>> 8) * 2 ** -24;
    return Math.floor(classes * v * v);
  });
}

/** One row for each label; the centres are the same in every split. */
export function rowsOf(
  split: string,
  labels: readonly number[],
  { width, classes, noise = 4 }: ClusterSizes,
): Embeddings {
  const centres = uniform('centres', classes * width);
  const values = uniform(split, labels.length * width, noise);
  values.forEach((spread, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const scale = 2 ** -Math.floor((4 * column) / width);
    values[i] = scale * (centres[labels[row] * width + column] + spread);
  });
  return { values, rows: labels.length, width };
}
