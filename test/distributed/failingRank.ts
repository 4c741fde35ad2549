import { writeFileSync } from 'node:fs';
import { openCommunicator } from '../../src/distributed';
import { byFirstRank, isShared } from '../../src/training/together';

/**
 * What each rank of failures.test.ts is: one fails as it is told while the others wait for it. Each writes to `<output>.<rank>`
 * who it is, and over that how it ended, if it is left to end by itself.
 */
export interface FailingJob {
  way: 'throws' | 'rejects' | 'decides';
  output: string;
}

export interface FailingAnswer {
  /** Its own and its parent's. */
  processes: [own: number, parent: number];
  /** What the others were told. */
  error?: { name: string; message: string; shared: boolean };
  code?: number;
}

const { way, output }: FailingJob = JSON.parse(process.argv[2]);
const communicator = openCommunicator();
const answer: FailingAnswer = { processes: [process.pid, process.ppid] };
const write = () => writeFileSync(`${output}.${communicator.rank}`, JSON.stringify(answer));
write();
communicator.barrier();

function loseTheWay(): never {
  throw new Error('a rank has lost its way');
}

if (way === 'decides') {
  try {
    byFirstRank(communicator, () => {
      throw new RangeError('Expected an empty folder, got a full one; empty it.');
    });
  } catch (error) {
    const { name, message } = error as Error;
    answer.error = { name, message, shared: isShared(error) };
    process.exitCode = 1;
  }
  process.once('exit', (code) => {
    answer.code = code;
    write();
    communicator.close();
  });
} else if (communicator.rank !== 1) {
  communicator.barrier();
} else if (way === 'throws') {
  setTimeout(loseTheWay);
} else {
  void Promise.resolve().then(loseTheWay);
}
