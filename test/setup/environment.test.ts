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
