import type { Benchmark, Prompts } from '../../benchmarks';
import type { Subject, Wanted } from '../subject';

/** Every way in which a model is judged on a benchmark. */
export const PROTOCOL_IDS = [
  'zero-shot',
  'linear-probe',
  'knn',
  'few-shot',
  'calibration',
  'robustness',
] as const;
export type ProtocolId = (typeof PROTOCOL_IDS)[number];

/** What a protocol finds. */
export interface Measurement {
  /** By name; shares in [0, 1] unless the protocol says otherwise. */
  metrics: Record<string, number>;
  /** Half the width of the 95 % interval over draws, of metrics that have one. */
  intervals?: Record<string, number>;
  /** What decided them beside the model and the pictures, as JSON. */
  settings: Record<string, unknown>;
  /** By which classes were told apart. */
  prompts?: Prompts;
  /** The class that was predicted for each picture; its own class beside it. */
  predictions?: { labels: ArrayLike<number>; predicted: Int32Array };
}

/** One way to judge, of one kind of benchmark. */
export interface Protocol<Task extends Benchmark['task'] = Benchmark['task']> {
  id: ProtocolId;
  task: Task;
  /** Does it need a training split? */
  learns?: boolean;
  /** Asks for all that `measure` will ask for, without a look at rows: processes that share the work embed it so. */
  prepare(subject: Wanted<Extract<Benchmark, { task: Task }>>): Promise<void>;
  measure(subject: Subject<Extract<Benchmark, { task: Task }>>): Promise<Measurement>;
}
