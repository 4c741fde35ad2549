import { Worker } from 'node:worker_threads';

/** Watches over a loop from a thread of its own. */
export interface Watchdog {
  /** Tells that this round begins. */
  beat(round: number): void;
  stop(): Promise<number>;
}

const CODE = `
const { writeSync } = require('node:fs');
const { workerData: { name, beats, milliseconds } } = require('node:worker_threads');
for (;;) {
  const round = Atomics.load(beats, 0);
  if (Atomics.wait(beats, 0, round, milliseconds) !== 'timed-out') continue;
  writeSync(2, name + ': nothing came of input ' + round + ' within ' + milliseconds + ' ms.\\n');
  process.kill(process.pid, 'SIGKILL');
}`;

/** Ends the process where a round takes longer, and says which: an endless loop lets no timer of its own thread run. */
export function watchdog(name: string, milliseconds: number): Watchdog {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(CODE, { eval: true, execArgv: [], workerData: { name, beats, milliseconds } });
  worker.unref();
  return {
    beat(round) {
      Atomics.store(beats, 0, round);
      Atomics.notify(beats, 0);
    },
    stop: () => worker.terminate(),
  };
}
