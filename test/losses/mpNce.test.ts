import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { type Denominator, mpNce, mpNceTerms, type PairSets } from '../../src/losses';
import { assertClose } from '../golden/compare';
import golden from '../golden/uniclip.json';

const DENOMINATORS = ['onePositive', 'allPositives'] as const satisfies readonly Denominator[];

/** The candidates of each anchor that these lists name. */
function mask(lists: readonly number[][], candidates: number): tf.Tensor2D {
  const rows = lists.map((list) => Array.from({ length: candidates }, (_, i) => list.includes(i)));
  return tf.tensor2d(rows, [lists.length, candidates], 'bool');
}

const setsOf = (positives: number[][], negatives: number[][], candidates: number): PairSets => ({
  positives: mask(positives, candidates),
  negatives: mask(negatives, candidates),
});

/** One anchor's cosines with two positives and two negatives, temperature 0.5. */
const cosines = (first: number, second = 0.2) =>
  tf.div(tf.tensor2d([[first, second, 0.1, -0.3]]), 0.5) as tf.Tensor2D;
const twoAndTwo = () => setsOf([[0, 1]], [[2, 3]], 4);

describe('mpNce', () => {
  before(() => startEngine());

  const KNOWN = {
    onePositive: { terms: [0.256667, 0.782352], mean: 0.51951 },
    allPositives: { terms: [0.43127, 1.83127], mean: 1.13127 },
  };
  for (const denominator of DENOMINATORS) {
    it(`has these terms for two positives and two negatives: ${denominator}`, () => {
      tf.tidy(() => {
        const { terms, mean } = KNOWN[denominator];
        assertClose(mpNceTerms(cosines(0.9), twoAndTwo(), denominator), [...terms, 0, 0], 1e-6);
        assertClose(mpNce(cosines(0.9), twoAndTwo(), denominator), [mean], 1e-6);
      });
    });

    it(`equals a loop over anchors and positives, gradient included: ${denominator}`, () => {
      tf.tidy(() => {
        const { logits, positives, negatives, [denominator]: expected } = golden.sets;
        const sets = setsOf(positives, negatives, 7);
        const terms = mpNceTerms(tf.tensor2d(logits), sets, denominator).arraySync();
        const places = Array.from({ length: 5 }, () => Array<number>(7).fill(0));
        for (const [anchor, candidate, term] of expected.terms) places[anchor][candidate] = term;
        assertClose(terms.flat(), places.flat(), 1e-5, 'terms');
        const lossOf = (x: tf.Tensor) => mpNce(x as tf.Tensor2D, sets, denominator);
        const { value, grad } = tf.valueAndGrad(lossOf)(tf.tensor2d(logits));
        assertClose(value, [expected.mean], 1e-5, 'mean');
        assertClose(grad, expected.gradient.flat(), 1e-5, 'gradient');
      });
    });

    it(`is InfoNCE where an anchor has one positive: ${denominator}`, () => {
      tf.tidy(() => {
        const logits = tf.slice(tf.tensor2d(golden.sets.logits), [0, 0], [5, 5]);
        const own = tf.eye(5, 5, undefined, 'bool');
        const loss = mpNce(logits, { positives: own, negatives: tf.logicalNot(own) }, denominator);
        const softmax = tf.mul(tf.logSoftmax(logits), tf.eye(5));
        assertClose(loss, [-tf.sum(softmax).dataSync()[0] / 5], 1e-6);
      });
    });

    it(`stays finite for the largest logits, right or wrong: ${denominator}`, () => {
      tf.tidy(() => {
        for (const [positive, expected] of [
          [1000, 0],
          [-1000, 2000 + Math.log(2)],
        ]) {
          const logits = tf.tensor2d([[positive, -positive, -positive]]);
          const lossOf = (x: tf.Tensor) => mpNce(x as tf.Tensor2D, setsOf([[0]], [[1, 2]], 3), denominator);
          const { value, grad } = tf.valueAndGrad(lossOf)(logits);
          assertClose(value, [expected], 1e-6);
          assertClose(grad, expected ? [-1, 0.5, 0.5] : [0, 0, 0], 1e-6);
        }
      });
    });

    it(`costs nothing without negatives, where the positive is the only one: ${denominator}`, () => {
      tf.tidy(() => {
        const lossOf = (x: tf.Tensor) => mpNce(x as tf.Tensor2D, setsOf([[0]], [[]], 2), denominator);
        const { value, grad } = tf.valueAndGrad(lossOf)(tf.tensor2d([[-3, 2]]));
        assertClose([...value.dataSync(), ...grad.dataSync()], [0, 0, 0], 0);
      });
    });
  }

  it('lets no positive compete with another; with all positives in the denominator they do', () => {
    tf.tidy(() => {
      const second = (denominator: Denominator, first: number) =>
        mpNceTerms(cosines(first), twoAndTwo(), denominator).dataSync()[1];
      assert.equal(second('onePositive', 0.95), second('onePositive', 0.3));
      assert.ok(second('allPositives', 0.95) > second('allPositives', 0.3));
    });
  });
});
