import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { temporaryFolder } from '../data/fixtures';
import { hasMpi, processesLeft, startMpirun } from './mpirun';
import type { RanksJob } from './trainedByRanks';

const RANKS = 3;

/** What remains of a run on several ranks when one of them dies. */
describe('a rank that dies', function () {
  this.timeout(120_000);
  before(function () {
    if (!hasMpi()) this.skip();
  });
  const folder = temporaryFolder();

  /** Trains without end until all ranks are at work, kills, and gives what mpirun said and how it ended. */
  async function killWhile(pick: (processes: [own: number, parent: number]) => number) {
    const output = join(folder, 'endless.json');
    const job: RanksJob = { system: 'clip', steps: 1e9, batchSize: 6, output };
    const files = Array.from({ length: RANKS }, (_, rank) => `${output}.${rank}`);
    for (const file of files) rmSync(file, { force: true });
    const args = ['--require', 'tsx/cjs', join(__dirname, 'trainedByRanks.ts'), JSON.stringify(job)];
    const run = startMpirun(RANKS, args);
    let said = '';
    run.stderr!.on('data', (text) => {
      said += text;
    });
    while (!files.every(existsSync)) {
      assert.equal(run.exitCode, null, said);
      await setTimeout(50);
    }
    await setTimeout(1000);
    const processes = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as [number, number]);
    const began = performance.now();
    process.kill(pick(processes[1]), 'SIGKILL');
    const [code] = await once(run, 'exit');
    return { code, said, seconds: (performance.now() - began) / 1000, processes: processes.flat() };
  }

  for (const [which, pick] of [
    ['itself', ([own]) => own],
    ['its launcher', ([, parent]) => parent],
  ] as [string, (processes: [number, number]) => number][]) {
    it(`ends the others within seconds, with a message and no process left: ${which} killed`, async () => {
      const { code, said, seconds, processes } = await killWhile(pick);
      assert.notEqual(code, 0);
      assert.match(said, /mpirun (noticed|detected)|Primary job/);
      assert.ok(seconds < 20, `it took ${seconds} s`);
      await setTimeout(2000);
      assert.deepEqual(processesLeft(processes), []);
    });
  }
});
