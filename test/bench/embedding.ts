import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { machineKind } from '../../src/engine/machine';
import { prepareJob } from './embeddingJob';
import { type EmbeddingPeer, type EmbeddingRequest, type EmbeddingTask, startPeer } from './embeddingPeer';

/**
 * How fast pictures and texts become embeddings, here, in open_clip and in transformers.js on onnxruntime-node, with the same
 * random weights in float32: JPEG files from the disk, the image encoder alone, texts with their tokenizer.
 *
 *     node setup/launch.mjs --require tsx/cjs test/bench/embedding.ts [--python PYTHON] [--transformers FOLDER] [--work FOLDER]
 *
 * PYTHON has torch and open_clip_torch, and for transformers.js onnx and onnxscript, too. That is left out unless a folder is
 * given where it was installed (`npm install --ignore-scripts @huggingface/transformers`). Weights and pictures are made in
 * the work folder, and used again where it is kept. Every peer is a process of its own and answers when it is asked, one at a
 * time, in the other order every second round; loading and each first batch are not timed. Before that, the embeddings are
 * compared. The figures mean something only where the machine has nothing else to do.
 */

const TASKS = ['pictures', 'encoder', 'texts'] as const;
/** Largest difference of an entry of two unit rows, for the same pixels and the same texts. */
const TOLERANCE = 1e-4;
/** Threads that wait for work may go on spinning for so many milliseconds. */
const PAUSE = 300;

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    transformers: { type: 'string' },
    pictures: { type: 'string' },
    work: { type: 'string' },
    out: { type: 'string', default: join(__dirname, '..', '..', 'results', 'bench', 'embedding.json') },
    model: { type: 'string', default: 'ViT-B-32' },
    count: { type: 'string', default: '64' },
    texts: { type: 'string', default: '256' },
    batch: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
  },
});
const [count, texts, batch, rounds, threads] = (
  ['count', 'texts', 'batch', 'rounds', 'threads'] as const
).map((name) => Number(options[name]));
const textBatch = Math.min(64, texts);

/** One way of one peer to do a task. */
interface Way {
  by: string;
  peer: EmbeddingPeer;
  request: EmbeddingRequest;
  /** Seconds of each round. */
  seconds: number[];
}

interface Speed {
  task: EmbeddingTask;
  by: string;
  workers?: number;
  /** Pictures or texts a second: median of the rounds, and their range. */
  perSecond: Range;
  /** clipbook's speed divided by this: of the rounds, each with its own. */
  clipbookRatio: Range;
}

interface Range {
  median: number;
  low: number;
  high: number;
}

async function main(): Promise<void> {
  const { python, model, pictures } = options;
  const folder = options.work ?? mkdtempSync(join(tmpdir(), 'clipbook-embedding-'));
  const work = join(folder, model);
  const sizes = { count, textCount: texts, batch, textBatch, threads };
  const peers = new Map<string, EmbeddingPeer>();
  try {
    const onnx = options.transformers !== undefined;
    const { path } = await prepareJob({ work, python, model, pictures, onnx, ...sizes });
    for (const [by, command] of commandsOf(path)) peers.set(by, await start(command));
    const agreement = await compare(peers);
    const ways = TASKS.flatMap((task) => [...peers].flatMap(([by, peer]) => waysOf(task, by, peer)));
    await time(ways);
    const speeds = ways.map((way) => speedOf(way, ways));
    report({ model, ...sizes, rounds, machine: machineKind() }, agreement, speeds);
  } finally {
    for (const peer of peers.values()) peer.close();
    if (!options.work) rmSync(folder, { recursive: true });
  }
}

function commandsOf(job: string): Map<string, string[]> {
  const typescript = (file: string) => [process.execPath, ...process.execArgv, join(__dirname, file), job];
  const commands = new Map([
    ['clipbook', typescript('embeddingOwn.ts')],
    ['open_clip', [options.python, '-W', 'ignore', join(__dirname, 'embedding_peer.py'), job]],
  ]);
  const folder = options.transformers;
  if (folder) commands.set('transformers.js', [...typescript('embeddingTransformers.ts'), folder]);
  return commands;
}

function start([command, ...args]: string[]): Promise<EmbeddingPeer> {
  const number = String(threads);
  const env = { OMP_NUM_THREADS: number, TF_NUM_INTRAOP_THREADS: number, VIPS_CONCURRENCY: number };
  return startPeer(command, args, { ...process.env, ...env });
}

/**
 * Largest differences from open_clip's embeddings, and between its first two, which says what a difference is worth. From
 * files they may be larger than from the same pixels, as decoders and scaling differ.
 *
 * @throws where they are too large with the same pixels or texts
 */
async function compare(peers: Map<string, EmbeddingPeer>): Promise<Record<string, Record<string, number>>> {
  const differences: Record<string, Record<string, number>> = {};
  for (const task of TASKS) {
    const request = { task, count: task === 'texts' ? textBatch : batch, show: true };
    const { rows: expected } = await peers.get('open_clip')!.ask(request);
    const note = (by: string, difference: number) => {
      differences[by] = { ...differences[by], [task]: Number(difference.toExponential(1)) };
    };
    note('two inputs', largestDifference([expected![0]], [expected![1]]));
    for (const [by, peer] of peers) {
      if (by === 'open_clip') continue;
      const { rows } = await peer.ask(request);
      const difference = largestDifference(expected!, rows!);
      note(by, difference);
      if (task === 'pictures' || difference <= TOLERANCE) continue;
      throw new Error(
        `Expected ${task} as open_clip's within ${TOLERANCE}, but ${by} differs by ${difference}.`,
      );
    }
  }
  return differences;
}

function largestDifference(expected: number[][], rows: number[][]): number {
  if (rows.length !== expected.length) return Number.POSITIVE_INFINITY;
  const differences = rows.map((row, place) =>
    Math.max(...row.map((value, column) => Math.abs(value - expected[place][column]))),
  );
  return Math.max(...differences);
}

/** open_clip's DataLoader runs in the process itself, and with two workers; the faster counts. */
function waysOf(task: EmbeddingTask, by: string, peer: EmbeddingPeer): Way[] {
  const request = { task, count: task === 'texts' ? texts : count };
  const requests =
    by === 'open_clip' && task === 'pictures'
      ? [0, 2].map((workers) => ({ ...request, workers }))
      : [request];
  return requests.map((one) => ({ by, peer, request: one, seconds: [] }));
}

async function time(ways: readonly Way[]): Promise<void> {
  for (const { peer, request } of ways) {
    await peer.ask({ ...request, count: request.task === 'texts' ? textBatch : batch });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { by, peer, request, seconds } of round % 2 ? [...ways].reverse() : ways) {
      await setTimeout(PAUSE);
      seconds.push((await peer.ask(request)).seconds);
      console.log(`round ${round + 1}, ${by}, ${JSON.stringify(request)}: ${seconds.at(-1)!.toFixed(2)} s`);
    }
  }
}

function speedOf({ by, request, seconds }: Way, ways: readonly Way[]): Speed {
  const { task, workers, count: done } = request;
  const own = ways.find((way) => way.by === 'clipbook' && way.request.task === task)!;
  return {
    task,
    by,
    workers,
    perSecond: rangeOf(
      seconds.map((one) => done / one),
      1,
    ),
    clipbookRatio: rangeOf(
      seconds.map((one, round) => one / own.seconds[round]),
      3,
    ),
  };
}

function rangeOf(values: readonly number[], digits: number): Range {
  const sorted = [...values].sort((a, b) => a - b);
  const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  const rounded = (value: number) => Number(value.toFixed(digits));
  return { median: rounded(median), low: rounded(sorted[0]), high: rounded(sorted.at(-1)!) };
}

function report(
  settings: Record<string, unknown>,
  agreement: Record<string, Record<string, number>>,
  speeds: readonly Speed[],
): void {
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify({ settings, agreement, speeds }, null, 2)}\n`);
  console.log('largest differences from open_clip:', agreement);
  const textOf = ({ median, low, high }: Range) => `${median} (${low} to ${high})`;
  console.table(
    speeds.map(({ task, by, workers, perSecond, clipbookRatio }) => ({
      task,
      by: workers === undefined ? by : `${by}, ${workers} workers`,
      'per second': textOf(perSecond),
      "clipbook's speed / this": textOf(clipbookRatio),
    })),
  );
}

main();
