import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const load = () => import('../../setup/environment.mjs');
const launch = join(__dirname, '../../setup/launch.mjs');

describe('environment', () => {
  it('quiets TensorFlow', async () => {
    const { environment } = await load();
    assert.equal(environment({}).TF_CPP_MIN_LOG_LEVEL, '2');
  });

  it('leaves what the user set', async () => {
    const { environment } = await load();
    const added = environment({ TF_CPP_MIN_LOG_LEVEL: '0' });
    assert.equal('TF_CPP_MIN_LOG_LEVEL' in added, false);
    assert.equal(added.CLIPBOOK_ENVIRONMENT, '1');
  });
});

describe('launch', () => {
  const node = (...args: string[]) =>
    spawnSync(process.execPath, [launch, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } });

  it('gives each of several ranks on a machine its part of the cores, unless the user has', async () => {
    const { environment } = await load();
    assert.equal(environment({}).OMP_NUM_THREADS, undefined);
    const ranks = { OMPI_COMM_WORLD_LOCAL_SIZE: String(availableParallelism()) };
    assert.equal(environment(ranks).OMP_NUM_THREADS, '1');
    assert.equal(environment(ranks).TF_NUM_INTRAOP_THREADS, '1');
    assert.equal(environment({ ...ranks, OMP_NUM_THREADS: '3' }).OMP_NUM_THREADS, undefined);
  });

  for (const [told, variables, part] of [
    ['its cores', { SLURM_CPUS_PER_TASK: '1' }, 1],
    ['more cores than there are', { SLURM_CPUS_PER_TASK: '100000' }, availableParallelism()],
    ['no part of two cores, as the third of four nodes', { SLURM_NODEID: '2', SLURM_CPUS_ON_NODE: '2' }, 1],
    ['no part of two cores, alone on the last node', { SLURM_NODEID: '3', SLURM_CPUS_ON_NODE: '2' }, 2],
    ['less than a core', { SLURM_NODEID: '0', SLURM_CPUS_ON_NODE: '1' }, 1],
  ] as [string, NodeJS.ProcessEnv, number][]) {
    it(`gives a task of srun its part of the cores: told ${told}`, async () => {
      const { environment } = await load();
      const step = { SLURM_STEP_TASKS_PER_NODE: '2(x3),1', ...variables };
      const expected = String(Math.min(part, availableParallelism()));
      assert.equal(environment(step).OMP_NUM_THREADS, expected);
      assert.equal(environment(step).TF_NUM_INTRAOP_THREADS, expected);
      const ofMpirun = { ...step, OMPI_COMM_WORLD_LOCAL_SIZE: '1' };
      assert.equal(
        environment(ofMpirun).OMP_NUM_THREADS,
        undefined,
        "mpirun's daemons are tasks of srun, too",
      );
      const { SLURM_STEP_TASKS_PER_NODE, ...batch } = step;
      assert.equal(environment(batch).OMP_NUM_THREADS, undefined, 'a batch script shares with nobody');
    });
  }

  it('runs a script in the environment, with the variables named before it', () => {
    const script = 'console.log(process.env.CLIPBOOK_ENVIRONMENT, process.env.CLIPBOOK_SLOW)';
    assert.equal(node('CLIPBOOK_SLOW=a=b', '-e', script).stdout, '1 a=b\n');
  });

  it("hands on the script's exit code, and 128 + the number of a signal that ended it", () => {
    assert.equal(node('-e', 'process.exit(7)').status, 7);
    assert.equal(node('-e', 'process.kill(process.pid, "SIGKILL")').status, 137);
  });

  it('keeps TensorFlow silent while its library loads', function () {
    const binding = '@tensorflow/tfjs-node/package.json';
    const script = `
      const { find } = require('@mapbox/node-pre-gyp');
      const file = find(require.resolve('${binding}'));
      if (!require('fs').existsSync(file)) process.exit(64);
      require(file); console.error('after');`;
    const { status, stderr } = node('-e', script);
    if (status === 64) this.skip();
    assert.equal(stderr, 'after\n');
  });
});
