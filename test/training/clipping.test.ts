import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { clipByGlobalNorm } from '../../src/training/clipping';
import golden from '../golden/optimization.json';

const shapes = golden.adamw.shapes as Record<string, number[]>;

function toTensors(values: Record<string, number[]>): Map<string, tf.Tensor> {
  return new Map(Object.entries(values).map(([name, data]) => [name, tf.tensor(data, shapes[name])]));
}

function assertClose(actual: number, expected: number): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-6 * Math.max(Math.abs(expected), 1e-3),
    `${actual}, ${expected}`,
  );
}

describe('clipByGlobalNorm', () => {
  before(async () => {
    await startEngine();
  });

  for (const { maxNorm, gradients, norm, clipped } of golden.clipping) {
    it(`equals clip_grad_norm_ for a norm of ${norm.toPrecision(3)} and a limit of ${maxNorm}`, () => {
      const result = clipByGlobalNorm(toTensors(gradients), maxNorm);
      assertClose(result.norm, norm);
      for (const [name, expected] of Object.entries(clipped)) {
        const values = result.gradients.get(name)!.dataSync();
        expected.forEach((value, index) => {
          assertClose(values[index], value);
        });
      }
      tf.dispose([...result.gradients.values()]);
    });
  }

  it('takes the gradients over: only the returned ones are left', () => {
    const before = tf.memory().numTensors;
    for (const maxNorm of [1e-3, 1e3]) {
      const { gradients } = clipByGlobalNorm(toTensors(golden.clipping[0].gradients), maxNorm);
      assert.equal(tf.memory().numTensors - before, gradients.size);
      tf.dispose([...gradients.values()]);
    }
    assert.equal(tf.memory().numTensors, before);
  });

  it('hands gradients back unscaled when their norm is no number', () => {
    const broken = new Map([['a', tf.tensor([1, Number.NaN, 3])]]);
    const { gradients, norm } = clipByGlobalNorm(broken, 1);
    assert.ok(Number.isNaN(norm));
    assert.deepEqual([...gradients.get('a')!.dataSync()], [1, Number.NaN, 3]);
    gradients.get('a')!.dispose();
  });

  it('refuses a limit that is not above 0, and names a missing gradient', () => {
    assert.throws(() => clipByGlobalNorm(new Map(), 0), /above 0, not 0/);
    const missing = new Map([['a', undefined as unknown as tf.Tensor]]);
    assert.throws(() => clipByGlobalNorm(missing, 1), /"a" has no gradient/);
  });
});
