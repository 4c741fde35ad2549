import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { alone, openCommunicator, openMpiVersion, ranksIn } from '../../src/distributed';
import { hasMpi, mpirun } from './mpirun';

describe('openCommunicator', () => {
  it('finds how many ranks were started, by mpirun, srun and nobody', () => {
    assert.equal(ranksIn({}), 1);
    assert.equal(ranksIn({ OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_RANK: '1' }), 4);
    assert.equal(ranksIn({ SLURM_NTASKS: '8', PMIX_RANK: '3' }), 8);
    assert.equal(ranksIn({ SLURM_NTASKS: '8', SLURM_PROCID: '3', PMI_SIZE: '8' }), 8);
    assert.equal(ranksIn({ SLURM_NTASKS: '8' }), 1, 'a batch script’s own process is one');
  });

  it('is alone where nobody else was started, and changes nothing', () => {
    assert.equal(openCommunicator({}), alone);
    const values = Float32Array.of(1, 2);
    alone.sumInPlace(values);
    assert.deepEqual([...alone.gather(values)], [1, 2]);
    assert.deepEqual(alone.broadcast({ a: 1 }), { a: 1 });
  });

  it('refuses to be one of several that nothing connects', () => {
    assert.throws(() => openCommunicator({ SLURM_STEP_NUM_TASKS: '4', SLURM_PROCID: '2' }), {
      message:
        /^Expected the 4 tasks of this step to be connected, .*"srun --mpi=pmix", or one with "srun -n 1"\.$/,
    });
    assert.equal(openCommunicator({ SLURM_STEP_NUM_TASKS: '2', OMPI_COMM_WORLD_SIZE: '1' }), alone);
    assert.equal(openCommunicator({ SLURM_STEP_NUM_TASKS: '1' }), alone);
  });
});

describe('openMpiVersion', () => {
  it('is the one that mpirun tells', function () {
    if (!hasMpi()) this.skip();
    const said = spawnSync('mpirun', ['--version'], { encoding: 'utf8' }).stdout;
    assert.equal(openMpiVersion(), /\d+\.\d+\S*/.exec(said)?.[0]);
  });
});

describe('calls among ranks', function () {
  this.timeout(60_000);
  before(function () {
    if (!hasMpi()) this.skip();
  });

  for (const ranks of process.env.CLIPBOOK_SLOW ? [2, 3, 4] : [3]) {
    it(`give what plain sums give, on ${ranks}`, async () => {
      const said = await mpirun(ranks, [
        '--require',
        'tsx/cjs',
        join(__dirname, 'collectives.ts'),
        String(ranks),
      ]);
      assert.deepEqual(
        said.trim().split('\n').sort(),
        Array.from({ length: ranks }, (_, rank) => `rank ${rank} agrees`),
      );
    });
  }
});
