import { readFileSync } from 'node:fs';
import path from 'node:path';
import Papa from 'papaparse';
import {
  type AccuracyDifference,
  accuracyDifference,
  meanDifference,
} from '../evaluation/accuracyDifference';
import { GENERAL_COLUMNS, PLANT_COLUMNS } from './dalipTable';
import type { PublishedRow } from './published';

/** How many images a column of a published table was measured on. */
export interface TestSetSize {
  images: number;
  /** Which set that is, and where its size is from. */
  source: string;
  /** What is not sure about it; empty where nothing is open. */
  uncertain: string;
}

/** One column of DALIP's published table, in per cent and points. */
export interface PublishedDifference extends AccuracyDifference {
  column: string;
  group: 'General' | 'Plant' | 'All';
  /** As printed. */
  baseline: number;
  ours: number;
  /** Absent for means of columns. */
  images?: number;
}

/** Column → size, from `data/published/test-set-sizes.csv`. @throws when a row has no source or no whole number. */
export function loadTestSetSizes(): Record<string, TestSetSize> {
  const file = path.join(__dirname, '..', '..', 'data', 'published', 'test-set-sizes.csv');
  const { data } = Papa.parse<Record<string, string>>(readFileSync(file, 'utf8'), {
    header: true,
    skipEmptyLines: true,
  });
  return Object.fromEntries(
    data.map(({ set, images, source, uncertain }) => {
      const count = Number(images);
      if (!source || !Number.isInteger(count) || count < 1) {
        throw new Error(
          `Expected a source and a number of images for ${set} in test-set-sizes.csv, got "${images}": add them.`,
        );
      }
      return [set, { images: count, source, uncertain }];
    }),
  );
}

/**
 * DALIP − OpenCLIP for every column and mean of the published table, with the standard error that the size of the test
 * sets leaves. Differences are those of the printed numbers, for the means too.
 *
 * @throws when a method or a size is missing.
 */
export function publishedDifferences(
  rows: readonly PublishedRow[],
  sizes: Readonly<Record<string, TestSetSize>>,
): PublishedDifference[] {
  const [baseline, ours] = ['OpenCLIP', 'DALIP'].map((method) => valuesOf(rows, method));
  const printed = (column: string) => ({
    baseline: baseline[column]!,
    ours: ours[column]!,
    difference: Number((ours[column]! - baseline[column]!).toFixed(6)),
  });
  const single = (column: string, group: 'General' | 'Plant'): PublishedDifference => {
    if (!sizes[column])
      throw new Error(`Expected the size of ${column}, test-set-sizes.csv has none: add a row.`);
    const { images } = sizes[column];
    const shares = accuracyDifference(ours[column]! / 100, baseline[column]! / 100, images);
    return { column, group, images, ...inPoints(shares), ...printed(column) };
  };
  const averaged = (
    column: 'General' | 'Plant' | 'Mean',
    parts: readonly AccuracyDifference[],
  ): PublishedDifference => ({
    column,
    group: column === 'Mean' ? 'All' : column,
    ...meanDifference(parts),
    ...printed(column),
  });
  const general = GENERAL_COLUMNS.map((column) => single(column, 'General'));
  const plant = PLANT_COLUMNS.map((column) => single(column, 'Plant'));
  return [
    ...general,
    averaged('General', general),
    ...plant,
    averaged('Plant', plant),
    averaged('Mean', [...general, ...plant]),
  ];
}

/** The difference in standard errors, signed. */
export function inStandardErrors({ difference, independent }: AccuracyDifference): number {
  return difference / independent;
}

/** How many whole standard errors a difference exceeds, at most two. */
export function exceeds(difference: AccuracyDifference): 0 | 1 | 2 {
  const size = Math.abs(inStandardErrors(difference));
  return size > 2 ? 2 : size > 1 ? 1 : 0;
}

/** How a mean of columns is called where the columns themselves stand beside it. */
export function nameOf({ column, group, images }: PublishedDifference): string {
  if (images !== undefined) return column;
  return group === 'All' ? 'Mean of both' : `${column} mean`;
}

function valuesOf(rows: readonly PublishedRow[], method: string): PublishedRow['values'] {
  const row = rows.find((candidate) => candidate.method === method);
  if (!row) throw new Error(`Expected a row of ${method} in dalip-table.csv, found none: add it.`);
  return row.values;
}

function inPoints({ difference, independent, lowest, highest }: AccuracyDifference): AccuracyDifference {
  return {
    difference: 100 * difference,
    independent: 100 * independent,
    lowest: 100 * lowest,
    highest: 100 * highest,
  };
}
