import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the peers of embedding.ts are given, a file of JSON. */
export interface EmbeddingJob {
  /** open_clip's name of the model. */
  model: string;
  /** Its weights, safetensors. */
  weights: string;
  /** The same as ONNX, a folder as transformers.js loads it. */
  onnx: string;
  /** Files. */
  pictures: string[];
  /** The first `batch` pictures as the model wants them, float32 `[batch, side, side, 3]`, a file. */
  pixels: string;
  side: number;
  texts: string[];
  /** Pictures encoded at a time. */
  batch: number;
  /** Texts encoded at a time. */
  textBatch: number;
  threads: number;
}

/** Pictures from their files, the encoder alone on `pixels` again and again, or texts. */
export type EmbeddingTask = 'pictures' | 'encoder' | 'texts';

export interface EmbeddingRequest {
  task: EmbeddingTask;
  /** How many are to be embedded, whole batches. */
  count: number;
  /** Workers of torch's DataLoader; open_clip's only. */
  workers?: number;
  /** Asks for the embeddings, too. */
  show?: boolean;
}

export interface EmbeddingAnswer {
  seconds: number;
  /** Unit rows `[count][width]`. */
  rows?: number[][];
}

/** A peer in a process of its own. */
export interface EmbeddingPeer {
  ask(request: EmbeddingRequest): Promise<EmbeddingAnswer>;
  close(): void;
}

/**
 * Starts a peer and waits until it has loaded its model.
 *
 * @throws from `ask`, too, when the process ends without an answer; it says why on stderr
 */
export async function startPeer(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<EmbeddingPeer> {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = answersOf(child, [command, ...args].join(' '));
  await answers.next();
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return (await answers.next()).value as EmbeddingAnswer;
    },
    close: () => child.stdin.end(),
  };
}

/** Whatever else a library prints is passed over. */
async function* answersOf({ stdout }: ChildProcess, name: string): AsyncGenerator<unknown, never> {
  for await (const line of createInterface({ input: stdout! })) {
    if (line.startsWith('{')) yield JSON.parse(line);
  }
  throw new Error(`Expected an answer of "${name}", but it ended; see above for why.`);
}

/** How a peer makes unit rows, `[count][width]` or joined. */
export type Embed = (request: EmbeddingRequest) => Promise<number[][]>;

/** The peer's end, for those in TypeScript: loads by the job in the first argument, then answers until its input ends. */
export async function answerRequests(load: (job: EmbeddingJob) => Promise<Embed>): Promise<void> {
  const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  const embed = await load(JSON.parse(readFileSync(process.argv[2], 'utf8')));
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const request: EmbeddingRequest = JSON.parse(line);
    const began = performance.now();
    const rows = await embed(request);
    say({ seconds: (performance.now() - began) / 1000, ...(request.show && { rows }) });
  }
}

/** The values of `pixels`, joined. */
export function readPixels({ pixels }: EmbeddingJob): Float32Array {
  const { buffer, byteOffset, length } = readFileSync(pixels);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + length));
}

/** Rows out of joined values. */
export function rowsOf(values: Float32Array, width: number): number[][] {
  const rows = values.length / width;
  return Array.from({ length: rows }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

/** The places at which batches begin. */
export function batchStarts(count: number, batch: number): number[] {
  return Array.from({ length: Math.ceil(count / batch) }, (_, place) => place * batch);
}
