import { machineKind } from '../engine/machine';
import { hashOf } from './hashes';
import type { ModelRecord } from './modelRecord';
import type { Measurement, ProtocolId } from './protocols';
import type { BenchmarkRecord, EvaluationResults, Result, SplitRecord } from './results';
import type { Subject, UsedSplit } from './subject';
import { clipbookVersion } from './version';

/** Results and what goes into files beside them. */
export interface Evaluation {
  results: EvaluationResults;
  /** By the file's name: int32 `[count, 2]`, see `Result.predictions`. */
  predictions: Map<string, Int32Array>;
}

/** Collects what an evaluation finds. */
export interface Recorder {
  model(record: ModelRecord): void;
  /** @param used the splits that the protocol looked at, by name */
  result(
    subject: Subject,
    protocol: ProtocolId,
    used: ReadonlyMap<string, UsedSplit>,
    measurement: Measurement,
  ): void;
  /** A set that was asked for and is not here. */
  missing(title: string): void;
  finish(): Evaluation;
}

export function createRecorder(asked: readonly string[]): Recorder {
  const models: ModelRecord[] = [];
  const benchmarks = new Map<string, BenchmarkRecord>();
  const results: Result[] = [];
  const lists: Record<string, unknown> = {};
  const missing = new Set<string>();
  const predictions = new Map<string, Int32Array>();
  const listed = (list: unknown): string => {
    const hash = hashOf(list);
    lists[hash] = list;
    return hash;
  };
  return {
    model: (record) => models.push(record),
    missing: (title) => missing.add(title),
    result(subject, protocol, used, { metrics, intervals, settings, prompts, predictions: found }) {
      const { model, benchmark, split } = subject;
      const name = `${slug(model.label)}-${slug(benchmark.id)}-${protocol}.npy`;
      if (found) predictions.set(name, pairs(found.labels, found.predicted));
      benchmarks.set(benchmark.id, recordBenchmark(subject));
      results.push({
        model: model.label,
        benchmark: benchmark.id,
        protocol,
        split,
        count: used.get(split)!.embeddings.rows,
        metrics,
        ...(intervals && { intervals }),
        ...partialOf(used),
        splits: [...used].map(([name, one]) => recordSplit(subject, name, one)),
        ...(prompts && { classNames: listed(prompts.classes), templates: listed(prompts.templates) }),
        settings,
        ...(found && { predictions: `predictions/${name}` }),
      });
    },
    finish() {
      if (results.length === 0) {
        throw new Error(
          'Nothing could be judged: no set is here that the protocols are for; "clipbook data list benchmarks" says what is.',
        );
      }
      return {
        results: {
          clipbook: clipbookVersion(),
          date: new Date().toISOString(),
          machine: machineKind(),
          asked: [...asked],
          models,
          benchmarks: [...benchmarks.values()],
          results,
          lists,
          missing: [...missing],
        },
        predictions,
      };
    },
  };
}

function recordBenchmark({ benchmark }: Subject): BenchmarkRecord {
  const { id, title, task } = benchmark;
  return { id, title, task, metric: task === 'retrieval' ? 'recall' : benchmark.metric };
}

function recordSplit({ benchmark }: Subject, name: string, split: UsedSplit): SplitRecord {
  const { embeddings, damaged, absent, keys, files } = split;
  return {
    name,
    pictures: embeddings.rows,
    expected: benchmark.splits[name] ?? null,
    damaged,
    absent,
    keys,
    files,
  };
}

function partialOf(used: ReadonlyMap<string, UsedSplit>): Pick<Result, 'partial'> {
  const flaws = [...used].flatMap(([name, split]) => (split.flaws ? `${name}: ${split.flaws}` : []));
  return flaws.length > 0 ? { partial: flaws.join('; ') } : {};
}

/** `[count, 2]` */
function pairs(labels: ArrayLike<number>, predicted: Int32Array): Int32Array {
  const both = new Int32Array(2 * predicted.length);
  predicted.forEach((prediction, row) => {
    both[2 * row] = labels[row];
    both[2 * row + 1] = prediction;
  });
  return both;
}

/** A text as part of a file's name. */
export function slug(text: string): string {
  return text.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '');
}
