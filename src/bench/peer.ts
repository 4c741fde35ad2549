import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a peer says of every request. */
export interface Answer {
  /** How long it took. */
  seconds: number;
  /** Largest resident memory of the process so far, in MiB; null where the system does not tell (only Linux does). */
  peakMib: number | null;
}

/** A program to be measured, in a process of its own. It answers when it is asked, one request at a time. */
export interface Peer {
  ask<Result extends object>(request: object): Promise<Result & Answer>;
  close(): Promise<void>;
}

/**
 * Starts a peer and waits until it is ready.
 *
 * @throws from `ask`, too, when the process ends without an answer; it says why on stderr
 */
export async function startPeer([command, ...args]: string[], env: NodeJS.ProcessEnv): Promise<Peer> {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  child.stdin.on('error', () => {}); // A peer that has ended is told of by its missing answer.
  const answers = answersOf(child, [command, ...args].join(' '));
  await answers.next();
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return (await answers.next()).value as never;
    },
    close() {
      child.stdin.end();
      return ended;
    },
  };
}

/** Whatever else a library prints is passed over. */
async function* answersOf({ stdout }: ChildProcess, name: string): AsyncGenerator<unknown, never> {
  for await (const line of createInterface({ input: stdout! })) {
    if (line.startsWith('{')) yield JSON.parse(line);
  }
  throw new Error(`Expected an answer of "${name}", but it ended; see above for why.`);
}

/** How a peer does what a request asks for; it may say itself how many `seconds` count. */
export type Answering<Request> = (request: Request) => Promise<object>;

/**
 * The peer's end, for those in TypeScript: loads by the job, a file of JSON in the first argument, then answers until its input
 * ends. Loading is not timed. `python/serve.py` is the same for Python.
 */
export async function serve<Job, Request>(load: (job: Job) => Promise<Answering<Request>>): Promise<void> {
  const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  const answering = await load(JSON.parse(readFileSync(process.argv[2], 'utf8')));
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const began = performance.now();
    const result = await answering(request);
    say({ seconds: (performance.now() - began) / 1000, peakMib: residentMib('VmHWM'), ...result });
  }
}

/** Resident memory of this process in MiB, the largest so far or what it is now; null where the system is not Linux. */
export function residentMib(field: 'VmHWM' | 'VmRSS'): number | null {
  if (process.platform !== 'linux') return null;
  const kib = new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}

/** Writes what a peer is to be started with; returns the file. */
export function writeJob(path: string, job: object): string {
  writeFileSync(path, JSON.stringify(job));
  return path;
}
