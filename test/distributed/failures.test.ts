import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { projectRoot } from '../../src/data/projectRoot';
import { temporaryFolder } from '../data/fixtures';
import type { FailingAnswer, FailingJob } from './failingRank';
import { hasMpi, processesLeft, startMpirun } from './mpirun';

const RANKS = 3;

describe('ranks that cannot be connected', function () {
  this.timeout(30_000);
  const folder = temporaryFolder();

  /** What a process that believes to be one of two says, started by nobody who could connect them. */
  function open(environment: NodeJS.ProcessEnv = {}) {
    const script = `try { require('./src/distributed').openCommunicator(); console.error('connected'); }
      catch (error) { console.error(error.message); process.exitCode = 1; }`;
    const env = { ...process.env, OMPI_COMM_WORLD_SIZE: '2', ...environment };
    return spawnSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
      ...{ cwd: projectRoot(), env, encoding: 'utf8', timeout: 20_000 },
    });
  }

  it('say that OpenMPI cannot be loaded, and how to install it', function () {
    if (process.platform !== 'linux') this.skip();
    writeFileSync(join(folder, 'libmpi.so.40'), 'no library'); // it is found before any other
    const { status, stderr } = open({ LD_LIBRARY_PATH: folder });
    assert.match(
      stderr,
      /^Expected OpenMPI's libmpi\.so\.40, as this is one of 2 processes, but it cannot be loaded \(.*\); install OpenMPI, .*\.\n$/,
    );
    assert.equal(status, 1);
  });

  it('say that OpenMPI knows of one alone, and what to start them with, where no launcher of MPI did', function () {
    if (!hasMpi()) this.skip();
    const { status, stderr } = open();
    assert.match(
      stderr,
      /^Expected 2 ranks, .* but OpenMPI knows of 1; .*"srun --mpi=pmix" or with mpirun\.\n$/,
    );
    assert.equal(status, 1);
  });
});

describe('a rank that fails', function () {
  this.timeout(60_000);
  before(function () {
    if (!hasMpi()) this.skip();
  });
  const folder = temporaryFolder();

  /** How ranks ended, and what they and mpirun said. */
  async function run(way: FailingJob['way']) {
    const job: FailingJob = { way, output: join(folder, way) };
    const args = ['--require', 'tsx/cjs', join(__dirname, 'failingRank.ts'), JSON.stringify(job)];
    const run = startMpirun(RANKS, args);
    let said = '';
    for (const stream of [run.stdout!, run.stderr!]) stream.on('data', (text) => (said += text));
    const began = performance.now();
    const [code] = await once(run, 'close');
    const seconds = (performance.now() - began) / 1000;
    const answers = Array.from(
      { length: RANKS },
      (_, rank): FailingAnswer => JSON.parse(readFileSync(`${job.output}.${rank}`, 'utf8')),
    );
    return { code, said, seconds, answers };
  }

  for (const [way, what] of [
    ['throws', 'an exception'],
    ['rejects', 'a promise'],
  ] as const) {
    it(`shows where, and ends the others within seconds: ${what} that nobody catches`, async () => {
      const { code, said, seconds, answers } = await run(way);
      assert.notEqual(code, 0);
      assert.match(
        said,
        /Rank 1 of 3 stops: Error: a rank has lost its way\n +at (Timeout\.)?loseTheWay \(.*failingRank\.ts:\d+/,
      );
      assert.ok(seconds < 20, `it took ${seconds} s`);
      assert.deepEqual(
        answers.map(({ code }) => code),
        [undefined, undefined, undefined],
        'a rank went on',
      );
      await setTimeout(1000);
      assert.deepEqual(processesLeft(answers.flatMap(({ processes }) => processes)), []);
    });
  }

  it('tells the others why where it is the first that decides; all end by themselves, with an error', async () => {
    const { code, said, answers } = await run('decides');
    assert.equal(code, 1, said);
    assert.doesNotMatch(said, /MPI_ABORT/);
    const message = 'Expected an empty folder, got a full one; empty it.';
    for (const answer of answers) {
      assert.deepEqual([answer.error, answer.code], [{ name: 'RangeError', message, shared: true }, 1]);
    }
  });
});
