import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/data/projectRoot';
import type { Share } from '../../src/distributed';
import { hasMpi } from './mpirun';
import { temporarySlurm, until } from './slurm';

const LAUNCH = join(projectRoot(), 'setup', 'launch.mjs');

/** Prints what a process is told, and makes of it. */
const SCRIPT = `
  const { shareOfWork } = require('./src/distributed/index.ts');
  const told = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(SLURM|PMI|OMP)/.test(name)));
  console.log(JSON.stringify({ share: shareOfWork(), told }));`;
const NODE = [process.execPath, LAUNCH, '--require', 'tsx/cjs', '-e', SCRIPT];

interface Answer {
  share: Share;
  told: Record<string, string | undefined>;
}

/** Slurm itself, on two nodes that are this machine: what it tells processes, and how its signals reach them. */
describe('Slurm', function () {
  this.timeout(180_000);
  const { folder, slurm } = temporarySlurm();

  const answersOf = (text: string): Answer[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Answer)
      .sort((a, b) => a.share.part - b.share.part);
  const sharesOf = (answers: Answer[]) => answers.map(({ share: { part, of } }) => `${part}/${of}`);
  const toldOf = (answers: Answer[], name: string) => answers.map(({ told }) => told[name]);

  /** Runs a batch script, or an array of it, to its end, and gives what it printed. */
  async function batch(name: string, lines: string, ...options: string[]): Promise<string> {
    const id = await submit(name, lines, ...options);
    for (const state of await slurm().waitForJob(id)) assert.equal(state, 'COMPLETED', outputOf(name));
    return outputOf(name);
  }
  async function submit(name: string, lines: string, ...options: string[]): Promise<string> {
    const [script, output] = [join(folder, `${name}.sh`), join(folder, `${name}.log`)];
    writeFileSync(script, `#!/bin/sh\n${lines}\n`);
    const always = ['--parsable', '--output', output, '--open-mode=append'];
    return slurm().run('sbatch', [...always, ...options, script]);
  }
  const outputOf = (name: string) => {
    const path = join(folder, `${name}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const quoted = NODE.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');

  it('tells each task of srun its share and its cores, over two nodes', async () => {
    const answers = answersOf(
      await slurm().run('srun', ['--nodes=2', '--ntasks=3', '--cpus-per-task=1', ...NODE]),
    );
    assert.deepEqual(sharesOf(answers), ['0/3', '1/3', '2/3']);
    assert.deepEqual(toldOf(answers, 'SLURM_STEP_NUM_TASKS'), ['3', '3', '3']);
    assert.deepEqual(toldOf(answers, 'SLURM_STEP_TASKS_PER_NODE'), ['2,1', '2,1', '2,1']);
    assert.deepEqual(toldOf(answers, 'SLURM_NODEID'), ['0', '0', '1']);
    assert.deepEqual(toldOf(answers, 'SLURM_LOCALID'), ['0', '1', '0']);
    for (const name of ['SLURM_CPUS_PER_TASK', 'OMP_NUM_THREADS'])
      assert.deepEqual(toldOf(answers, name), ['1', '1', '1'], name);
    const [alone] = answersOf(await slurm().run('srun', ['--ntasks=1', '--cpus-per-task=2', ...NODE]));
    assert.equal(alone.told.OMP_NUM_THREADS, String(Math.min(2, availableParallelism())));
  });

  it('gives a batch script all of the work, and shares it out among the steps in it', async () => {
    const said = await batch('script', `${quoted}; srun -n 2 ${quoted}; srun -n 1 ${quoted}`, '--ntasks=2');
    assert.deepEqual(sharesOf(answersOf(said)), ['0/1', '0/2', '0/1', '1/2']);
    const [script] = answersOf(said.split('\n')[0]);
    assert.deepEqual([script.told.SLURM_NTASKS, script.told.SLURM_PROCID], ['2', '0']);
    for (const name of ['SLURM_STEP_NUM_TASKS', 'SLURM_STEP_ID', 'SLURM_CPUS_PER_TASK', 'OMP_NUM_THREADS'])
      assert.equal(script.told[name], undefined, name);
  });

  it('gives each task of a job array all of it, as most arrays share nothing out', async () => {
    const answers = answersOf(await batch('array', quoted, '--array=1-3'));
    assert.deepEqual(sharesOf(answers), ['0/1', '0/1', '0/1']);
    assert.deepEqual(toldOf(answers, 'SLURM_ARRAY_TASK_ID').sort(), ['1', '2', '3']);
  });

  it('tells ranks theirs through PMIx and PMI2, and mpirun does in an allocation', async () => {
    const list = await slurm().run('sh', ['-c', 'srun --mpi=list 2>&1']);
    for (const [kind, rank] of [
      ['pmix', 'PMIX_RANK'],
      ['pmi2', 'PMI_RANK'],
    ]) {
      if (!new RegExp(`\\b${kind}\\b`).test(list)) continue;
      const answers = answersOf(await slurm().run('srun', ['-N', '2', '-n', '3', `--mpi=${kind}`, ...NODE]));
      assert.deepEqual(sharesOf(answers), ['0/3', '1/3', '2/3'], kind);
      assert.deepEqual(toldOf(answers, rank), ['0', '1', '2']);
    }
    if (!hasMpi()) return;
    const answers = answersOf(await slurm().run('salloc', ['-N', '2', '-n', '3', 'mpirun', ...NODE]));
    assert.deepEqual(sharesOf(answers), ['0/3', '1/3', '2/3']);
    // Its daemons are a step of one task a node.
    assert.deepEqual(toldOf(answers, 'SLURM_STEP_NUM_TASKS'), ['2', '2', '2']);
  });

  it('hands signals to what a batch script became, or to the tasks of a step and not to their script', async () => {
    const waiting = `'${process.execPath}' -e '
      console.log("ready"); setInterval(() => {}, 1000);
      process.on("SIGTERM", () => { console.log("told"); setTimeout(() => process.exit(143), 1500); });'`;
    for (const [name, lines, whom, end] of [
      ['exec', `exec ${waiting}`, ['--batch'], 'FAILED'],
      ['step', `srun ${waiting}; echo "code $?"`, [], 'COMPLETED'],
    ] as const) {
      const id = await submit(name, lines);
      await until(
        () => outputOf(name).includes('ready'),
        30,
        () => 'the job to start',
      );
      await slurm().run('scancel', ['--signal=TERM', ...whom, id]);
      assert.deepEqual(await slurm().waitForJob(id), [end], outputOf(name));
      assert.match(outputOf(name), name === 'exec' ? /told/ : /told\n[\s\S]*code 143/);
    }
  });

  it('says of its jobs which lives of theirs have ended, for claims that they have left', async () => {
    const script = `
      const { hasEnded, ownJob } = require('./src/files/slurmJob.ts');
      const lives = [0, 1].map((restarts) => hasEnded({ ...ownJob(), id: process.env.ASKED, restarts }));
      console.log(JSON.stringify({ own: ownJob(), lives }));`;
    const asks = [process.execPath, LAUNCH, '--require', 'tsx/cjs', '-e', script];
    const livesOf = async (id: string) =>
      JSON.parse(await slurm().run('srun', ['--ntasks=1', `--export=ALL,ASKED=${id}`, ...asks]));
    const id = await submit('sleeping', 'sleep 600', '--requeue');
    const isRunning = async () =>
      (await slurm().run('squeue', ['--noheader', '--format=%T', '--jobs', id])) === 'RUNNING';
    await until(isRunning, 30, () => 'the job');
    const { own, lives } = await livesOf(id);
    assert.deepEqual([own.restarts, own.cluster !== '', lives], [0, true, [false, false]]);
    await slurm().run('scontrol', ['requeue', id]);
    const [first] = (await livesOf(id)).lives;
    assert.equal(first, true, 'it has another life to come');
    await slurm().run('scancel', [id]);
    await slurm().waitForJob(id);
    assert.deepEqual((await livesOf(id)).lives, [true, true]);
  });
});
