import type { Precision } from '../engine';
import { benchPrecisions } from './benchPrecisions';
import { type EmbeddingSizes, embeddingJob } from './embeddingJob';
import type { EmbeddingAnswer, EmbeddingRequest, EmbeddingTask } from './embeddingPeer';
import { type BenchModel, benchModels } from './models';
import { type Peer, startPeer } from './peer';
import {
  type BenchOptions,
  bothPeers,
  environment,
  ownCommand,
  type PeerStart,
  withPeers,
} from './processes';
import { type Measured, type SpeedRow, speedRows } from './results';
import { timeInTurn } from './rounds';

const SIZES: EmbeddingSizes = { pictures: 64, texts: 128, classes: 10, batch: 16, textBatch: 64 };
const QUICK_SIZES: EmbeddingSizes = { pictures: 16, texts: 16, classes: 2, batch: 8, textBatch: 16 };

/** Largest difference of an entry of two unit rows, or of two cosines, for the same pixels and texts. */
const TOLERANCE: Record<Precision, number> = { f32: 1e-4, bf16: 1e-2 };

/** What a task is called, and how much of it there is. */
interface Task {
  task: EmbeddingTask;
  precision: Precision;
  /** Pictures or texts. */
  count: number;
  classes: number;
}

/**
 * Pictures and texts to embeddings, here, in open_clip, and where it is asked for in transformers.js on onnxruntime-node, with
 * the same random weights: JPEG files from the disk, the image encoder alone, texts with their tokenizer.
 *
 * @throws when embeddings of the same pixels or texts differ
 */
export async function measureEmbedding(options: BenchOptions): Promise<Measured> {
  const sizes = options.quick ? QUICK_SIZES : SIZES;
  const precisions = await benchPrecisions(options.tell);
  const tasks = precisions.flatMap((precision): Task[] => [
    { task: 'pictures', precision, count: sizes.pictures, classes: 0 },
    { task: 'encoder', precision, count: sizes.pictures, classes: 0 },
    { task: 'texts', precision, count: sizes.texts, classes: 0 },
  ]);
  return {
    title: 'Embedding',
    unit: 'inputs',
    settings: { ...sizes, jpeg: '500 by 375' },
    ...(await measureTasks(tasks, sizes, options)),
    notes: [
      'pictures: from JPEG files; encoder: the image tower alone, on pixels that are ready; texts: descriptions of the ' +
        'embedded pictograms, 12 tokens at the median, with the tokenizer. open_clip reads files in two workers.',
    ],
  };
}

/**
 * A zero-shot evaluation: a classifier from classes in ImageNet's 80 templates, and pictures, ready as pixels, judged by it.
 *
 * @throws when cosines differ
 */
export async function measureZeroShot(options: BenchOptions): Promise<Measured> {
  const sizes = options.quick ? QUICK_SIZES : SIZES;
  const task: Task = { task: 'zero-shot', precision: 'f32', count: sizes.pictures, classes: sizes.classes };
  return {
    title: 'Zero-shot evaluation',
    settings: { classes: sizes.classes, templates: 80, pictures: sizes.pictures },
    ...(await measureTasks([task], sizes, options)),
    notes: [
      `${sizes.classes} classes in 80 templates and ${sizes.pictures} pictures; time grows with either. A published set has ` +
        '100 to 1,000 classes.',
    ],
  };
}

async function measureTasks(
  tasks: readonly Task[],
  sizes: EmbeddingSizes,
  options: BenchOptions,
): Promise<Pick<Measured, 'rows' | 'agreement'>> {
  const rows: SpeedRow[] = [];
  const agreement: Record<string, number> = {};
  for (const model of benchModels(options.models, options.quick, ['ViT-B-32'])) {
    const precisions = [...new Set(tasks.map(({ precision }) => precision))];
    const job = await embeddingJob(model, sizes, precisions, options);
    await withPeers(startsOf(job, options), async (peers) => {
      for (const task of tasks) {
        const name = nameOf(task, model);
        const those = [...peers].filter(([by]) => by !== TRANSFORMERS || isForTransformers(task));
        Object.assign(agreement, await compare(name, oneBatch(task, sizes), those));
        const ways = those.map(([by, peer]) => ({
          task: name,
          by,
          run: async () => (await peer.ask(requestOf(task))).seconds,
        }));
        rows.push(...speedRows(await timeInTurn(ways, options.rounds, options.tell), amountOf(task)));
      }
    });
  }
  return { rows, ...(options.python && { agreement }) };
}

const TRANSFORMERS = 'transformers.js';
const isForTransformers = ({ task, precision }: Task) => precision === 'f32' && task !== 'zero-shot';
const requestOf = (task: Task): EmbeddingRequest => ({ ...task });
const nameOf = ({ task, precision }: Task, { name }: BenchModel) => `${name}, ${precision}, ${task}`;
const amountOf = ({ task, count }: Task) => (task === 'zero-shot' ? {} : { amount: count });

/** As much of a task as shows what it answers. */
function oneBatch(task: Task, { batch, textBatch }: EmbeddingSizes): Task {
  const count = Math.min(task.count, task.task === 'texts' ? textBatch : batch);
  return { ...task, count, classes: Math.min(task.classes, 1) };
}

/** clipbook first, as tables have it. */
function startsOf(job: string, options: BenchOptions): PeerStart[] {
  const both = [...bothPeers('embedding.py', 'embeddingOwn.ts', job, options)].reverse();
  if (!options.transformers) return both;
  const command = ownCommand('embeddingTransformers.ts', job, options.transformers);
  return [...both, [TRANSFORMERS, () => startPeer(command, environment(options.threads, 'peer'))]];
}

/**
 * The largest difference from clipbook's rows by task and peer; warms everyone up, too. From files they may differ by more than
 * from the same pixels, as decoders and scaling differ.
 */
async function compare(
  name: string,
  task: Task,
  peers: readonly (readonly [string, Peer])[],
): Promise<Record<string, number>> {
  const differences: Record<string, number> = {};
  let expected: number[][] | undefined;
  for (const [by, peer] of peers) {
    const { rows = [] } = await peer.ask<EmbeddingAnswer>({ ...requestOf(task), show: true });
    if (expected) differences[`${name}, ${by}`] = Number(largestDifference(expected, rows).toExponential(1));
    else expected = rows;
  }
  const odd = Object.entries(differences).find(
    ([, difference]) => !(difference <= TOLERANCE[task.precision]),
  );
  if (!odd || task.task === 'pictures') return differences;
  throw new Error(
    `Expected the same numbers within ${TOLERANCE[task.precision]}, but ${odd[0]}, differs by ${odd[1]}; nothing was timed.`,
  );
}

/** The largest difference of two entries; infinite where there are not as many rows. */
export function largestDifference(expected: readonly number[][], rows: readonly number[][]): number {
  if (rows.length !== expected.length) return Number.POSITIVE_INFINITY;
  const differences = rows.map((row, place) =>
    Math.max(...row.map((value, column) => Math.abs(value - expected[place][column]))),
  );
  return Math.max(...differences);
}
