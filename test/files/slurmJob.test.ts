import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasEnded, ownJob, type SlurmJob } from '../../src/files/slurmJob';
import { temporaryFolder } from '../data/fixtures';

const JOB: SlurmJob = { cluster: 'c', id: '5', restarts: 1 };

describe('ownJob', () => {
  it('is told by the environment', () => {
    assert.equal(ownJob({}), undefined);
    assert.deepEqual(ownJob({ SLURM_JOB_ID: '5' }), { cluster: '', id: '5', restarts: 0 });
    assert.deepEqual(ownJob({ SLURM_JOB_ID: '5', SLURM_CLUSTER_NAME: 'c', SLURM_RESTART_COUNT: '1' }), JOB);
  });
});

describe('hasEnded', () => {
  const folder = temporaryFolder();
  const { PATH } = process.env;
  let ids = 100;

  afterEach(() => {
    process.env.PATH = PATH;
  });

  /** Puts a `squeue` before all others that says so of every job, and counts how often it is asked. */
  function squeue(script: string): () => number {
    const calls = join(folder, `calls-${ids}`);
    writeFileSync(calls, '');
    writeFileSync(join(folder, 'squeue'), `#!/bin/sh\necho "$@" >> '${calls}'\n${script}\n`);
    chmodSync(join(folder, 'squeue'), 0o755);
    process.env.PATH = `${folder}:${PATH}`;
    return () => readFileSync(calls, 'utf8').split('\n').length - 1;
  }

  it('says of the own job that its former lives have ended, and this one has not', () => {
    const asked = squeue('echo RUNNING 0');
    assert.deepEqual(
      [0, 1, 2].map((restarts) => hasEnded(JOB, { ...JOB, restarts })),
      [false, false, true],
    );
    assert.equal(asked(), 0, 'nobody has to be asked');
  });

  for (const [what, script, expected] of [
    ['runs', 'echo "RUNNING   1"', false],
    ['is being ended', 'echo "COMPLETING   1"', false],
    ['waits, as it was queued again', 'echo "PENDING   2"', true],
    ['runs once more', 'echo "RUNNING   2"', true],
    ['is over', '', true],
    ['is forgotten', 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1', true],
    ['cannot be asked for', 'echo "Unable to contact slurm controller" >&2; exit 1', false],
  ] as const) {
    it(`asks Slurm of another job, once a minute: it ${what}`, () => {
      const id = String(ids++);
      const asked = squeue(script);
      for (const own of [undefined, { ...JOB, id: '1' }])
        assert.equal(hasEnded({ ...JOB, id }, own), expected);
      assert.equal(asked(), 1);
    });
  }

  it('knows nothing of other clusters, and nothing where there is no Slurm', () => {
    const asked = squeue('');
    assert.equal(hasEnded({ ...JOB, id: String(ids++) }, { ...JOB, cluster: 'd' }), false);
    assert.equal(asked(), 0);
    process.env.PATH = join(folder, 'none');
    assert.equal(hasEnded({ ...JOB, id: String(ids++) }, undefined), false);
  });
});
