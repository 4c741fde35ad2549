import assert from 'node:assert/strict';
import { describeShare, parseShare, shareOf, shareOfWork, sizeOfShare, WHOLE } from '../../src/distributed';

describe('the share of a process in work', () => {
  const cases: [string, NodeJS.ProcessEnv, { part: number; of: number }][] = [
    ['alone', {}, WHOLE],
    ['mpirun', { OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '4' }, { part: 2, of: 4 }],
    ['mpirun of one', { OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '1' }, WHOLE],
    ['PMI', { PMI_RANK: '1', PMI_SIZE: '3' }, { part: 1, of: 3 }],
    ['srun --mpi=pmix', { PMIX_RANK: '1', SLURM_NTASKS: '2', SLURM_PROCID: '1' }, { part: 1, of: 2 }],
    ['srun', { SLURM_PROCID: '3', SLURM_STEP_NUM_TASKS: '4', SLURM_NTASKS: '4' }, { part: 3, of: 4 }],
    ['a batch script of a job with four tasks', { SLURM_PROCID: '0', SLURM_NTASKS: '4' }, WHOLE],
    ['a task of a job array', { SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_COUNT: '4' }, WHOLE],
    [
      'mpirun within srun',
      {
        ...{ OMPI_COMM_WORLD_RANK: '5', OMPI_COMM_WORLD_SIZE: '8' },
        ...{ SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2' },
      },
      { part: 5, of: 8 },
    ],
  ];
  for (const [launcher, environment, expected] of cases) {
    it(`is told by the environment: ${launcher}`, () => {
      assert.deepEqual(shareOfWork(undefined, environment), expected);
      assert.deepEqual(shareOfWork({ part: 0, of: 7 }, environment), { part: 0, of: 7 });
    });
  }

  it('is counted from one where it is written', () => {
    assert.deepEqual([parseShare('1/1'), parseShare('2/3')], [WHOLE, { part: 1, of: 3 }]);
    assert.equal(describeShare({ part: 1, of: 3 }), '2/3');
    for (const text of ['0/3', '4/3', '1', '1/0', 'a/b', '-1/2', '1/2/3', '']) {
      assert.throws(() => parseShare(text), {
        message: new RegExp(`^Expected a part such as 2/3.*"${text}"`),
      });
    }
  });

  it('deals blocks out so that each item has one owner, and knows how many that makes', async () => {
    for (const [total, of, block] of [
      [10, 3, 2],
      [12, 3, 2],
      [13, 3, 2],
      [1, 4, 8],
      [0, 2, 8],
      [100, 7, 9],
    ]) {
      const items = Array.from({ length: total }, (_, i) => i);
      const dealt: number[][] = [];
      for (let part = 0; part < of; part++) {
        dealt.push([]);
        for await (const item of shareOf(items, { part, of }, block)) dealt[part].push(item);
        assert.equal(dealt[part].length, sizeOfShare(total, { part, of }, block), `${total}, ${part}/${of}`);
      }
      assert.deepEqual(
        dealt.flat().sort((a, b) => a - b),
        items,
      );
    }
    const second: number[] = [];
    for await (const item of shareOf([0, 1, 2, 3, 4, 5, 6, 7], { part: 1, of: 2 }, 3)) second.push(item);
    assert.deepEqual(second, [3, 4, 5]);
  });
});
