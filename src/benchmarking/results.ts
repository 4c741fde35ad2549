import type { Benchmark } from '../benchmarks';
import type { FileIdentity } from './fileIdentity';
import type { ModelRecord } from './modelRecord';
import type { ProtocolId } from './protocols';

/** What `evaluate` finds: numbers, and all that decided them. */
export interface EvaluationResults {
  /** What made them. */
  clipbook: { version: string; commit?: string };
  /** ISO 8601. */
  date: string;
  /** See `machineKind`. */
  machine: string;
  /** What was asked for: ids, names of groups, paths. */
  asked: string[];
  models: ModelRecord[];
  benchmarks: BenchmarkRecord[];
  results: Result[];
  /** Class names and templates, by their hashes. */
  lists: Record<string, unknown>;
  /** Titles of sets that were asked for and were not there. */
  missing: string[];
}

export interface BenchmarkRecord {
  id: string;
  title: string;
  task: Benchmark['task'];
  /** What tables report. */
  metric: 'top1' | 'meanPerClass' | 'recall';
}

/** One model on one benchmark by one protocol. */
export interface Result {
  /** The model's label. */
  model: string;
  /** The benchmark's id. */
  benchmark: string;
  protocol: ProtocolId;
  split: string;
  /** Pictures judged. */
  count: number;
  metrics: Record<string, number>;
  /** See `Measurement.intervals`. */
  intervals?: Record<string, number>;
  /** In what the data are less than the published ones; absent where they are whole. */
  partial?: string;
  /** Every split that was looked at. */
  splits: SplitRecord[];
  /** Hashes of the lists; absent where no text took part. */
  classNames?: string;
  templates?: string;
  /** Whatever else decided the numbers. */
  settings: Record<string, unknown>;
  /** A file beside the results: int32 `[count, 2]`, a picture's class and the one predicted. */
  predictions?: string;
}

export interface SplitRecord {
  name: string;
  /** Pictures with an embedding. */
  pictures: number;
  /** The published number; null where nobody says. */
  expected: number | null;
  damaged: { key: string; error: string }[];
  absent: string[];
  /** Hash of the pictures' names in their order. */
  keys: string;
  files: FileIdentity[];
}
