import { join } from 'node:path';
import { type Peer, startPeer } from './peer';

/** How a measurement is to be made. */
export interface BenchOptions {
  /** A Python with torch and open_clip_torch; absent: clipbook alone is measured. */
  python?: string;
  /** Small models and few rounds: minutes become seconds, and the numbers say little. */
  quick: boolean;
  /** Times that everything is timed. */
  rounds: number;
  threads: number;
  /** A folder for weights, pictures and jobs. */
  work: string;
  /** Which models, of those that are measured; absent: all. */
  models?: readonly string[];
  /** A folder where @huggingface/transformers is installed, for embeddings. */
  transformers?: string;
  /** A folder of pictures in the place of the embedded ones. */
  pictures?: string;
  /** Is told how it goes. */
  tell: (line: string) => void;
}

/** How a peer is started, by whom it is. */
export type PeerStart = readonly [by: string, start: () => Promise<Peer>];

/** open_clip, where it is there, and clipbook behind it, which may read what that made; with the same job. */
export function bothPeers(python: string, own: string, job: string, options: BenchOptions): PeerStart[] {
  const clipbook: PeerStart = [
    'clipbook',
    () => startPeer(ownCommand(own, job), environment(options.threads)),
  ];
  if (options.python === undefined) return [clipbook];
  const command = pythonCommand(options.python, python, job);
  return [['open_clip', () => startPeer(command, environment(options.threads, 'peer'))], clipbook];
}

/** The command of a script of this folder, run as this process is. */
export function ownCommand(script: string, ...args: string[]): string[] {
  const loader = ['--require', join(__dirname, '../../setup/quiet.cjs'), '--require', 'tsx/cjs'];
  return [process.execPath, ...loader, join(__dirname, script), ...args];
}

/** The command of a script of `python/`. */
export function pythonCommand(python: string, script: string, ...args: string[]): string[] {
  return [python, '-W', 'ignore', join(__dirname, 'python', script), ...args];
}

/** As many threads for everyone, and of what `setup/launch.mjs` gives clipbook only what does not slow others. */
export function environment(threads: number, by: 'clipbook' | 'peer' = 'clipbook'): NodeJS.ProcessEnv {
  const number = String(threads);
  const names = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'TF_NUM_INTRAOP_THREADS', 'VIPS_CONCURRENCY'];
  const { OMP_WAIT_POLICY, ...current } = process.env;
  const waiting = by === 'clipbook' && OMP_WAIT_POLICY ? { OMP_WAIT_POLICY } : {};
  return { ...current, ...waiting, ...Object.fromEntries(names.map((name) => [name, number])) };
}

/** Starts peers one after the other, and closes them in the end, whatever happens. */
export async function withPeers<Result>(
  starts: readonly PeerStart[],
  work: (peers: ReadonlyMap<string, Peer>) => Promise<Result>,
): Promise<Result> {
  const peers = new Map<string, Peer>();
  try {
    for (const [by, start] of starts) peers.set(by, await start());
    return await work(peers);
  } finally {
    await Promise.all([...peers.values()].map((peer) => peer.close()));
  }
}
