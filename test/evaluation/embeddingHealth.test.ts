import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  alignment,
  effectiveRank,
  embeddingHealth,
  spread,
  toEmbeddings,
  uniformity,
} from '../../src/evaluation';
import { assertClose } from '../golden/compare';
import golden from '../golden/embeddingHealth.json';

/** Normal draws. */
function drawn(rows: number, width: number) {
  const random = createRandom('embeddings');
  return toEmbeddings(
    Array.from({ length: rows * width }, () => random.normal()),
    width,
  );
}

describe('embeddingHealth', () => {
  before(() => startEngine());

  for (const known of golden) {
    it(`equals NumPy: ${known.name}`, () => {
      const tensors = tf.memory().numTensors;
      const embeddings = toEmbeddings(known.rows, known.width);
      const found = embeddingHealth(embeddings);
      for (const name of ['spread', 'uniformity', 'effectiveRank'] as const) {
        assertClose([found[name]], [known[name]], 1e-5, name);
      }
      const partners = toEmbeddings(known.partners, known.width);
      assertClose([alignment(embeddings, partners)], [known.alignment], 1e-5, 'alignment');
      assert.equal(tf.memory().numTensors, tensors);
    });
  }

  it('sees that all rows are the same, whatever their lengths', () => {
    const collapsed = toEmbeddings([3, -1, 2, 6, -2, 4, 0.75, -0.25, 0.5], 3);
    const found = embeddingHealth(collapsed);
    assertClose([found.spread, found.uniformity, found.effectiveRank], [0, 0, 1], 1e-6);
    assertClose([alignment(collapsed, collapsed)], [0], 1e-6);
  });

  it('sees that rows use few of the dimensions, where the spread alone does not', () => {
    const diagonal = toEmbeddings([1, 1, 1, 1, -1, -1, -1, -1], 4);
    assertClose([spread(diagonal), effectiveRank(diagonal)], [1, 1], 1e-6);
  });

  it('is at its best where rows point everywhere', () => {
    const width = 32;
    const { spread, uniformity, effectiveRank } = embeddingHealth(drawn(500, width));
    assert.ok(spread > 0.98 && spread <= 1, `${spread}`);
    assert.ok(Math.abs(uniformity - (-4 + 8 / width)) < 0.02, `${uniformity}`);
    assert.ok(effectiveRank > 0.98 * width && effectiveRank <= width, `${effectiveRank}`);
  });

  it('knows the axes: their full rank, their distance, partners at right angles and opposite', () => {
    const axes = toEmbeddings([1, 0, 0, 0, 1, 0, 0, 0, 1], 3);
    assertClose([effectiveRank(axes), uniformity(axes)], [3, -4], 1e-6);
    const turned = toEmbeddings([0, 1, 0, 0, 0, 1, 1, 0, 0], 3);
    const opposite = toEmbeddings([-1, 0, 0, 0, -1, 0, 0, 0, -1], 3);
    assertClose([alignment(axes, turned), alignment(axes, opposite)], [2, 4], 1e-6);
  });

  it('counts no dimension that rounding alone fills', () => {
    const width = 96;
    const { values } = drawn(300, width);
    const few = values.map((value, i) => (i % width < 40 ? value : 0));
    assert.ok(effectiveRank(toEmbeddings(few, width)) <= 40);
    assert.ok(effectiveRank(toEmbeddings(few, width)) > 38);
  });

  it('says what it needs of its arguments', () => {
    assert.throws(() => embeddingHealth(toEmbeddings([1, 2], 2)), /2 or more embeddings, got 1/);
    assert.throws(() => embeddingHealth(toEmbeddings([1, 2, 0, 0], 2)), /row 1 is all zeros/);
    assert.throws(() => alignment(toEmbeddings([], 2), toEmbeddings([], 2)), /1 or more embeddings, got 0/);
    assert.throws(() => alignment(drawn(2, 3), drawn(3, 2)), /of one shape/);
  });
});
