/**
 * One training run in a process of its own, for tests that kill it: `trainedRun.ts CONFIG ROOT [KILLED_AT]`.
 *
 * It resumes what is there. With KILLED_AT it dies by SIGKILL in place of its so manieth operation on files below ROOT; a
 * write is then half done. It says `step N` after each step and at the end `operations N`, how many there were.
 */
import fs, { readFileSync } from 'node:fs';
import { startEngine } from '../../src/engine';
import { toTrainingConfig, trainPictures } from '../../src/training';

const [config, root, killedAt] = process.argv.slice(2);
const OPERATIONS = [
  'openSync',
  'writeSync',
  'fsyncSync',
  'renameSync',
  'linkSync',
  'rmSync',
  'mkdirSync',
] as const;
let operations = 0;

for (const name of OPERATIONS) {
  const original = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      if (concernsRun(args[0]) && ++operations === Number(killedAt)) {
        if (name === 'writeSync') halfOf(original, args);
        process.kill(process.pid, 'SIGKILL');
      }
      return original(...args);
    },
  });
}

/** Paths below the run's root, and files that are open: nothing else is written. */
function concernsRun(target: unknown): boolean {
  return typeof target === 'number' ? target > 2 : String(target).startsWith(root);
}

function halfOf(write: (...args: unknown[]) => unknown, [descriptor, bytes, offset = 0]: unknown[]): void {
  const { length } = bytes as Uint8Array;
  write(descriptor, bytes, offset, Math.floor((length - Number(offset)) / 2));
}

async function train(): Promise<void> {
  await startEngine();
  await trainPictures(toTrainingConfig(JSON.parse(readFileSync(config, 'utf8'))), {
    root,
    resume: true,
    onStep: ({ step }) => process.stdout.write(`step ${step}\n`),
  });
  process.stdout.write(`operations ${operations}\n`);
}

train().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
