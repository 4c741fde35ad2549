import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { benchTokens, fullTokens } from '../../src/bench/benchTexts';
import { matrixPeak } from '../../src/bench/matrixPeak';
import { openClipSizes } from '../../src/bench/models';
import { slopeBetween } from '../../src/bench/scaling';
import { SCALINGS } from '../../src/bench/scalings';
import { stepProducts } from '../../src/bench/stepProducts';
import { startEngine } from '../../src/engine';
import { traceOperations } from '../../src/engine/trace';
import { MINI_MODEL, VIT_B_32 } from '../../src/models';
import { openClipConfig } from '../../src/models/openClipConfig';
import { createTokenizer } from '../../src/text';

describe('what is measured', () => {
  before(() => startEngine());

  it('has the sizes that open_clip reads', () => {
    for (const config of [VIT_B_32, MINI_MODEL]) {
      assert.deepEqual(openClipConfig(openClipSizes(config), 'sizes'), config);
    }
  });

  it('are texts without padding, or real ones, always the same', async () => {
    const { ids, lengths } = fullTokens(3, createTokenizer(MINI_MODEL.text));
    assert.deepEqual([...lengths], [32, 32, 32]);
    assert.equal(ids.filter((id) => id === 8191).length, 3, 'one end in each row');
    assert.ok(ids.every((id) => id > 0));
    const real = await benchTokens('real', 32, VIT_B_32.text);
    assert.deepEqual(real, await benchTokens('real', 32, VIT_B_32.text));
    const sorted = [...real.lengths].sort((a, b) => a - b);
    assert.ok(sorted[16] >= 8 && sorted[16] <= 16, `the median text has ${sorted[16]} tokens`);
  });

  it('counts the products of linear layers as open_clip’s sizes give them', () => {
    // ViT-B/32: 85.05 million weights a token in the image's 12 blocks, 37.75 million in the text's; forward and backward. Of the
    // last block's twelve squares of the width, ten are for one token of a picture, and nine for one of a text.
    const image = 2 * 3 * 768 ** 2 * (50 * (11 * 12 + 2) + 10);
    const text = (tokens: number) => 2 * 3 * 512 ** 2 * (tokens * (11 * 12 + 3) + 9);
    const patches = 2 * 2 * 49 * 3 * 32 ** 2 * 768;
    assert.equal(stepProducts(VIT_B_32, [77]), image + text(77) + patches);
    assert.equal(stepProducts(VIT_B_32, [5, 77]), 2 * (image + patches) + text(5) + text(77));
  });

  it('notes each operation, and leaves the backend as it was', () => {
    const before = (tf.backend() as unknown as { binding: object }).binding;
    const { result, operations } = traceOperations(() =>
      tf.tidy(() => tf.softmax(tf.matMul(tf.ones([4, 4]), tf.ones([4, 4]))).dataSync()[0]),
    );
    assert.ok(Math.abs(result - 0.25) < 1e-6);
    assert.equal(operations.get('Softmax')?.calls, 1);
    assert.equal((tf.backend() as unknown as { binding: object }).binding, before);
    assert.throws(() =>
      traceOperations(() => {
        throw new Error('stopped');
      }),
    );
    assert.equal((tf.backend() as unknown as { binding: object }).binding, before);
  });

  it('grows by a size at a time, and leaves nothing in memory', async () => {
    for (const { sizes, prepare } of SCALINGS) {
      const { numTensors } = tf.memory();
      const { work, dispose } = await prepare(sizes[0] / 2);
      work();
      dispose();
      assert.equal(tf.memory().numTensors, numTensors);
    }
    const at = (size: number, ...seconds: number[]) => ({ size, seconds, mib: 1 });
    assert.equal(slopeBetween(at(2, 1, 3, 5), at(4, 12)), 2, 'twice the size, four times the time');
  });

  it('finds the peak of matrix products without keeping memory', () => {
    const { numTensors } = tf.memory();
    const peak = matrixPeak('f32', 512);
    assert.ok(peak > 1e9 && peak < 1e13, `${peak}`);
    assert.equal(tf.memory().numTensors, numTensors);
  });
});
