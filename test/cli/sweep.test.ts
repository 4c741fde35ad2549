import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createProgram } from '../../src/cli/main';
import { projectRoot } from '../../src/data/projectRoot';
import { toSweep } from '../../src/experiments/sweep';
import { listCheckpoints } from '../../src/training';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { hasMpi, mpirun } from '../distributed/mpirun';
import { TINY } from '../tiny';
import { written } from './written';

const CLIPBOOK = join(projectRoot(), 'bin', 'clipbook.js');

describe('clipbook sweep', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const pictures = join(folder, 'pictures');

  before(async () => {
    for (const shade of ['dark', 'light']) {
      mkdirSync(join(pictures, shade), { recursive: true });
      for (let i = 0; i < 6; i++) {
        const bytes = await plainPicture((shade === 'dark' ? 10 : 150) + 10 * i);
        writeFileSync(join(pictures, shade, `${i}.png`), bytes);
        writeFileSync(join(pictures, shade, `${i}.txt`), `a ${shade} picture, number ${i}`);
      }
    }
  });

  const describeSweep = (name: string, more: Record<string, unknown> = {}): string => {
    const path = join(folder, `${name}.json`);
    const recipe = { steps: 6, batchSize: 4 };
    const sweep = {
      name,
      base: { data: { folder: pictures }, model: TINY, recipe, logEvery: 1, checkpointEvery: 2 },
      grid: { 'recipe.learningRate': [1e-3, 1e-2] },
      seeds: [0, 1],
      ...more,
    };
    writeFileSync(path, JSON.stringify(sweep));
    return path;
  };

  const rootOf = (name: string) => join(folder, name);
  const inSweep = (root: string, name: string, file: string) => join(rootOf(root), 'sweeps', name, file);
  const read = (...place: [string, string, string]) => readFileSync(inSweep(...place), 'utf8');

  /** What the command prints, run in this process. */
  async function sweep(root: string, ...args: string[]): Promise<string> {
    let text = '';
    await written('stderr', async () => {
      const line = ['node', 'clipbook', 'sweep', ...args, '-o', rootOf(root)];
      text = await written('stdout', () => createProgram().parseAsync(line));
    });
    return text;
  }

  const start = (root: string, path: string): ChildProcess =>
    spawn(process.execPath, [CLIPBOOK, 'sweep', path, '-o', rootOf(root)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  /** Runs the job script as a task of an array; in place of Slurm's commands are two that write down what they are told. */
  function startJob(...args: string[]): ChildProcess {
    const commands = join(folder, 'slurm');
    const write = (name: string, ...lines: string[]) =>
      writeFileSync(join(commands, name), ['#!/bin/bash', ...lines].join('\n'), { mode: 0o755 });
    mkdirSync(commands, { recursive: true });
    write('srun', `echo $$ > ${join(folder, 'task')}`, 'while [[ $1 == --* ]]; do shift; done', 'exec "$@"');
    write('scontrol', `echo "$@" >> ${join(folder, 'queued')}`);
    const slurm = { SLURM_JOB_ID: '17', SLURM_ARRAY_TASK_ID: '2', SLURM_CPUS_PER_TASK: '1' };
    return spawn('bash', ['src/distributed/slurm/sweep.sbatch', ...args], {
      cwd: projectRoot(),
      env: { ...process.env, ...slurm, PATH: `${commands}:${process.env.PATH}` },
      stdio: 'ignore',
    });
  }

  /** Starts and ends of each run, from its metrics: a run that was trained twice would begin twice. */
  const stepsOf = (root: string) =>
    readdirSync(join(rootOf(root), 'train', 'runs')).map((run) =>
      readFileSync(join(rootOf(root), 'train', 'runs', run, 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).step as number),
    );

  /** What a sweep found, without what depends on the clock and the place. */
  const foundIn = (root: string, name: string) =>
    JSON.parse(read(root, name, 'results.json')).runs.map(
      ({
        name,
        state,
        result,
      }: {
        name: string;
        state: string;
        result?: { loss: number; scores: unknown };
      }) => [name, state, result?.loss, result?.scores],
    );

  it('prints an example that is a valid sweep of data that are there', async () => {
    const { runs, evaluate } = toSweep(JSON.parse(await sweep('none', '--example')), () => null);
    assert.equal(runs.length, 8);
    assert.ok(existsSync(evaluate!.benchmarks[0]), evaluate!.benchmarks[0]);
    await assert.rejects(sweep('none'), /Expected the path of a sweep’s JSON file/);
  });

  it('lists the runs without writing anything', async () => {
    const listed = await sweep('listed', describeSweep('listed'), '--dry-run');
    assert.deepEqual(listed.split('\n'), [
      ...['0.001, seed 0', '0.001, seed 1', '0.01, seed 0', '0.01, seed 1'].map(
        (settings) => `learningRate ${settings}: new`,
      ),
      ...['4 runs.', ''],
    ]);
    assert.ok(!existsSync(rootOf('listed')));
  });

  it('trains and judges every run once, writes one table, and finds it finished then', async () => {
    const evaluate = { benchmarks: [pictures], task: 'classification', protocols: ['zero-shot'] };
    const path = describeSweep('whole', { evaluate });
    const said = await sweep('whole', path);
    assert.match(said, /Sweep “whole”.+4 of 4 runs are finished.+learningRate.+Seeds.+Loss.+pictures/s);
    const [header, ...lines] = read('whole', 'whole', 'runs.csv').trim().split('\n');
    assert.equal(header, 'run,learningRate,seed,loss,pictures top-1,pairs,seconds,folder');
    assert.deepEqual(
      lines.map((line) => line.split(',').slice(0, 3)),
      [
        ['whole-learningRate=0.001-seed=0', '0.001', '0'],
        ['whole-learningRate=0.001-seed=1', '0.001', '1'],
        ['whole-learningRate=0.01-seed=0', '0.01', '0'],
        ['whole-learningRate=0.01-seed=1', '0.01', '1'],
      ],
    );
    assert.match(read('whole', 'whole', 'table.md'), /\| learningRate \| Seeds \| Loss \| pictures top-1 \|/);
    assert.match(read('whole', 'whole', 'table.tex'), /\\begin\{tabular\}/);
    assert.match(read('whole', 'whole', 'table.html'), /<table><caption>Sweep “whole”/);
    const metrics = stepsOf('whole');
    const before = read('whole', 'whole', 'runs.csv');
    await sweep('whole', path);
    assert.deepEqual([stepsOf('whole'), read('whole', 'whole', 'runs.csv')], [metrics, before]);
    const more = describeSweep('whole', { evaluate, seeds: [0, 1, 2] });
    assert.match(await sweep('whole', more, '--dry-run'), /seed 1: finished\n.*seed 2: new/);
    const elsewhere = describeSweep('whole', { evaluate, base: { data: { folder: pictures }, model: TINY } });
    await assert.rejects(
      sweep('whole', elsewhere),
      /base\.json" belongs to a run with another configuration \(recipe: .*absent here\)/,
    );
  });

  it('refuses a label whose settings have changed since its run was trained', async () => {
    const labelled = (steps: number) =>
      describeSweep('labelled', { grid: {}, list: [{ label: 'a', 'recipe.steps': steps }], seeds: [0] });
    await sweep('labelled', labelled(2));
    assert.match(await sweep('labelled', labelled(2), '--dry-run'), /^variant a, seed 0: finished$/m);
    for (const flags of [['--dry-run'], []]) {
      await assert.rejects(
        sweep('labelled', labelled(3), ...flags),
        /config\.json" belongs to a run with another configuration \(recipe\.steps: 2 there, 3 here\)/,
      );
    }
  });

  it('is shared out among processes that know nothing of each other', async () => {
    const path = describeSweep('shared', { seeds: [0, 1, 2] });
    const processes = [start('shared', path), start('shared', path)];
    const ends = await Promise.all(processes.map((child) => once(child, 'close')));
    assert.deepEqual(ends, [
      [0, null],
      [0, null],
    ]);
    assert.match(read('shared', 'shared', 'table.md'), /6 of 6 runs are finished/);
    for (const steps of stepsOf('shared')) assert.deepEqual(steps, [1, 2, 3, 4, 5, 6]);
  });

  it('goes on with what a killed process had begun, to the table of an undisturbed one', async () => {
    const recipe = { steps: 60, batchSize: 4 };
    const base = { data: { folder: pictures }, model: TINY, recipe, logEvery: 1, checkpointEvery: 2 };
    const path = describeSweep('killed', { base, grid: {} });
    const checkpoints = join(rootOf('killed'), 'train', 'runs', 'killed-seed=0', 'checkpoints');
    const killed = start('killed', path);
    while (listCheckpoints(checkpoints).length === 0) {
      assert.equal(killed.exitCode, null, 'it ended by itself');
      await setTimeout(5);
    }
    killed.kill('SIGKILL');
    await once(killed, 'close');
    assert.match(await sweep('killed', path, '--dry-run'), /^seed 0: stopped on the way\nseed 1: new\n/);
    await sweep('killed', path);
    await sweep('undisturbed', path);
    assert.deepEqual(foundIn('killed', 'killed'), foundIn('undisturbed', 'killed'));
  });

  it('stops at SIGTERM with a checkpoint, whereupon its job script queues it again', async () => {
    const recipe = { steps: 120, batchSize: 4 };
    const base = { data: { folder: pictures }, model: TINY, recipe, logEvery: 1, checkpointEvery: 500 };
    const path = describeSweep('stopped', { base, grid: {}, seeds: [0] });
    const run = join(rootOf('stopped'), 'train', 'runs', 'stopped-seed=0');
    const job = () => startJob(path, '-o', rootOf('stopped'));
    const first = job();
    while (!existsSync(join(run, 'metrics.jsonl'))) {
      assert.equal(first.exitCode, null, 'it ended by itself');
      await setTimeout(5);
    }
    process.kill(Number(readFileSync(join(folder, 'task'), 'utf8')), 'SIGTERM');
    assert.deepEqual(await once(first, 'close'), [143, null]);
    assert.equal(readFileSync(join(folder, 'queued'), 'utf8'), 'requeue 17\n');
    assert.equal(listCheckpoints(join(run, 'checkpoints')).length, 1);
    assert.match(await sweep('stopped', path, '--dry-run'), /^seed 0: stopped on the way$/m);
    assert.deepEqual(await once(job(), 'close'), [0, null]);
    assert.equal(readFileSync(join(folder, 'queued'), 'utf8'), 'requeue 17\n', 'once');
    assert.match(read('stopped', 'stopped', 'table.md'), /1 of 1 runs are finished/);
  });

  it('lets other runs go on where one fails, and tries it again only where asked to', async () => {
    const { exitCode } = process;
    try {
      const path = describeSweep('failed', { grid: { 'recipe.learningRate': [1e-3, 1e30] }, seeds: [0] });
      const said = await sweep('failed', path);
      assert.equal(process.exitCode, 1);
      assert.match(
        said,
        /1 of 2 runs are finished.+Failed: failed-learningRate=1e\+30-seed=0: The loss\s+stopped/s,
      );
      const failure = inSweep('failed', 'failed', 'runs/failed-learningRate=1e+30-seed=0/failure.json');
      writeFileSync(failure, JSON.stringify({ reason: 'kept' }));
      assert.match(await sweep('failed', path), /: kept/);
      assert.match(await sweep('failed', path, '--retry'), /: The loss\s+stopped/);
    } finally {
      process.exitCode = exitCode;
    }
  });

  it('finds that a set to judge on is missing before anything is trained', async () => {
    const path = describeSweep('unjudged', { evaluate: { benchmarks: [join(folder, 'none')] } });
    await assert.rejects(sweep('unjudged', path), /There is no benchmark ".*none"/);
    const protocols = { evaluate: { benchmarks: [pictures], protocols: ['zeroshot'] } };
    await assert.rejects(
      sweep('unjudged', describeSweep('unjudged', protocols)),
      /There is no protocol "zeroshot"/,
    );
    assert.ok(!existsSync(rootOf('unjudged')));
  });

  it('runs under mpirun, each process on runs of its own', async function () {
    if (!hasMpi()) this.skip();
    const said = await mpirun(2, [CLIPBOOK, 'sweep', describeSweep('mpi'), '-o', rootOf('mpi')]);
    assert.match(said, /4 of 4 runs are finished/);
    for (const steps of stepsOf('mpi')) assert.deepEqual(steps, [1, 2, 3, 4, 5, 6]);
  });
});
