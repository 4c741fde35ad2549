import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { assertClose } from '../golden/compare';

interface Trained {
  backend: string;
  /** Objective → loss and gradient norm, step after step. */
  losses: Record<string, number[]>;
}

/** Trains the tiny models of `tinyTraining.ts` in a process of its own. */
async function trainOn(backend: string): Promise<Trained> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', 'tsx/cjs', join(__dirname, 'tinyTraining.ts')],
    { cwd: join(__dirname, '../..'), env: { ...process.env, CLIPBOOK_BACKEND: backend } },
  );
  return JSON.parse(stdout.trim().split('\n').pop()!);
}

describe('startEngine', () => {
  it('says which backend runs, and gives the same answer ever after', async () => {
    const info = await startEngine();
    assert.equal(tf.getBackend(), info.backend === 'wasm' ? 'wasm' : 'tensorflow');
    if (info.backend === 'wasm') assert.equal(info.tensorflow, null);
    else assert.match(info.tensorflow!, /^2\.\d+/);
    assert.equal(await startEngine('wasm'), info);
  });

  it('trains on wasm as on TensorFlow: CLIP, ALIP and DALIP, losses and gradients', async function () {
    if ((await startEngine()).backend === 'wasm') this.skip();
    const [native, wasm] = [await trainOn('tensorflow'), await trainOn('wasm')];
    assert.deepEqual([native.backend, wasm.backend], ['tensorflow', 'wasm']);
    assert.deepEqual(Object.keys(wasm.losses), ['CLIP', 'ALIP', 'DALIP']);
    for (const [objective, losses] of Object.entries(native.losses)) {
      assertClose(wasm.losses[objective], losses, 1e-4, objective);
    }
  });

  it('names the backends there are where another one is asked for', async () => {
    await assert.rejects(trainOn('nonsense'), ({ stderr }: { stderr: string }) =>
      /"nonsense" is not a backend; use tensorflow, tensorflow-gpu or wasm\./.test(stderr),
    );
  });
});
