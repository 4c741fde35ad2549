import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, type Reader, readJson, ValueError } from '../files/checkedJson';
import { readIntegerNpy } from '../files/npy';
import type { EvaluationResults, Result } from './results';

/** An evaluation on the disk, see `writeEvaluation`. */
export interface StoredEvaluation {
  results: EvaluationResults;
  /** Each judged picture's class and the one predicted; undefined where they were not stored. */
  predictions(result: Result): { labels: Int32Array; predicted: Int32Array } | undefined;
}

/**
 * @param path the folder, or its `results.json`
 * @throws where there is no such file, or something else in it
 */
export function readEvaluation(path: string): StoredEvaluation {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  const file = isFolder ? join(path, 'results.json') : path;
  return {
    results: readJson(file, evaluationResults),
    predictions({ predictions }) {
      const found = predictions && join(dirname(file), predictions);
      if (!found || !existsSync(found)) return undefined;
      const { data } = readIntegerNpy(found);
      const column = (place: number) =>
        Int32Array.from({ length: data.length / 2 }, (_, i) => data[2 * i + place]);
      return { labels: column(0), predicted: column(1) };
    },
  };
}

const LISTS = ['models', 'benchmarks', 'results'];

/** Looks whether it is one; what is in it is trusted. */
const evaluationResults: Reader<EvaluationResults> = (value) => {
  if (isObject(value) && LISTS.every((name) => Array.isArray(value[name])) && isObject(value.lists)) {
    return value as unknown as EvaluationResults;
  }
  throw new ValueError(
    '',
    'expected what "clipbook evaluate" writes: models, benchmarks, results and lists.',
  );
};
