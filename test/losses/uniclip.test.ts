import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import {
  clipLoss,
  denominatorShares,
  mpNce,
  mpNceTerms,
  type UniclipOptions,
  uniclipLogits,
  uniclipLoss,
  uniclipSets,
} from '../../src/losses';
import type { Domains } from '../../src/models';
import { assertClose } from '../golden/compare';
import golden from '../golden/uniclip.json';

interface Inputs {
  views: tf.Tensor2D[];
  texts: tf.Tensor2D;
  domains: Domains;
}

/** The embeddings of a known answer, with its scales and offsets or others. */
function inputsOf(
  { views, texts, scales, offsets }: (typeof golden.cases)[number],
  other: { scales?: number[]; offsets?: number[] } = {},
): Inputs {
  return {
    views: views.map((view) => tf.tensor2d(view)),
    texts: tf.tensor2d(texts),
    domains: { scales: tf.tensor1d(other.scales ?? scales), offsets: tf.tensor1d(other.offsets ?? offsets) },
  };
}

const lossOf = ({ views, texts, domains }: Inputs, options?: UniclipOptions) =>
  uniclipLoss(views, texts, domains, options);

const numberOf = (scalar: tf.Scalar) => scalar.dataSync()[0];

const [two, three] = golden.cases;

describe('uniclipLoss', () => {
  before(() => startEngine());

  for (const known of golden.cases) {
    for (const { options, loss, gradients } of known.found) {
      const { similarity, denominator, sameDomainNegatives } = options as Required<UniclipOptions>;
      const what = `${similarity} similarity, ${denominator}, ${sameDomainNegatives ? 'both domains’' : 'the other domain’s'} negatives`;
      it(`equals a loop over anchors and positives, gradients included: ${known.views.length} views, ${what}`, () => {
        tf.tidy(() => {
          const { views, texts, domains } = inputsOf(known);
          const lossOf = (...[x, t, scales, offsets]: tf.Tensor[]) =>
            uniclipLoss(
              tf.unstack(x) as tf.Tensor2D[],
              t as tf.Tensor2D,
              { scales: scales as tf.Tensor1D, offsets: offsets as tf.Tensor1D },
              options as UniclipOptions,
            );
          const inputs = [tf.stack(views), texts, domains.scales];
          const shared = similarity === 'shared';
          const found = tf.valueAndGrads((...given) =>
            lossOf(...given, ...(shared ? [domains.offsets] : [])),
          )(shared ? inputs : [...inputs, domains.offsets]);
          assertClose(found.value, [loss], 1e-5, 'loss');
          assertClose(found.grads[0], gradients.views.flat(2), 1e-5, 'gradient of the views');
          assertClose(found.grads[1], gradients.texts.flat(), 1e-5, 'gradient of the texts');
          assertClose(found.grads[2], gradients.scales, 1e-5, 'gradient of the scales');
          if (!shared) assertClose(found.grads[3], gradients.offsets, 1e-5, 'gradient of the offsets');
        });
      });
    }
  }

  it('is the mean over all positive pairs with two views, and not with three', () => {
    tf.tidy(() => {
      const plainMean = ({ views, texts, domains }: Inputs) =>
        numberOf(mpNce(uniclipLogits(views, texts, domains), uniclipSets(texts.shape[0], views.length)));
      assertClose(lossOf(inputsOf(two)), [plainMean(inputsOf(two))], 1e-6);
      const difference = numberOf(lossOf(inputsOf(three))) - plainMean(inputsOf(three));
      assert.ok(Math.abs(difference) > 1e-3, `${difference}`);
    });
  });

  it('is CLIP’s symmetric loss with one view and the other domain’s negatives alone', () => {
    tf.tidy(() => {
      const { views, texts, domains } = inputsOf(two, { offsets: [0, 0, 0] });
      const clip = numberOf(clipLoss(views[0], texts, tf.scalar(two.scales[1])));
      for (const denominator of ['onePositive', 'allPositives'] as const) {
        const loss = uniclipLoss([views[0]], texts, domains, { denominator, sameDomainNegatives: false });
        assertClose(loss, [clip], 1e-6, denominator);
      }
      assert.ok(numberOf(uniclipLoss([views[0]], texts, domains)) > clip, 'more negatives cost more');
    });
  });

  it('does not see one constant on all offsets where the scales are equal, but sees it on one', () => {
    tf.tidy(() => {
      const scales = [4, 4, 4];
      const loss = (offsets: number[]) => numberOf(lossOf(inputsOf(three, { scales, offsets })));
      const before = loss([0.5, -0.25, 0.125]);
      assertClose([loss([0.8, 0.05, 0.425])], [before], 1e-6);
      for (let domain = 0; domain < 3; domain++) {
        const offsets = [0.5, -0.25, 0.125].map((offset, i) => offset + (i === domain ? 0.3 : 0));
        assert.ok(Math.abs(loss(offsets) - before) > 1e-3, `domain ${domain}`);
      }
    });
  });

  it('does not depend on the order of the pairs; its terms follow them', () => {
    tf.tidy(() => {
      const order = [2, 0, 3, 1];
      const { views, texts, domains } = inputsOf(two);
      const permuted = (x: tf.Tensor2D) => tf.gather(x, order);
      const again = { views: views.map(permuted), texts: permuted(texts), domains };
      assertClose(lossOf(again), [numberOf(lossOf({ views, texts, domains }))], 1e-6);

      const terms = (inputs: Inputs) =>
        mpNceTerms(uniclipLogits(inputs.views, inputs.texts, domains), uniclipSets(4, 2));
      const places = [0, 4, 8].flatMap((start) => order.map((place) => start + place));
      const expected = tf.gather(tf.gather(terms({ views, texts, domains }), places), places, 1);
      assertClose(terms(again), expected.dataSync(), 1e-6);
    });
  });

  it('is 0 for a single pair', () => {
    tf.tidy(() => {
      const row = tf.tensor2d([[0.6, 0.8]]);
      const { domains } = inputsOf(two);
      assertClose(uniclipLoss([row, row], row, domains), [0], 0);
    });
  });

  it('leaves nothing behind but its value and gradients', () => {
    const { views, texts, domains } = inputsOf(two);
    const before = tf.memory().numTensors;
    const f = (x: tf.Tensor) => uniclipLoss([x as tf.Tensor2D, views[1]], texts, domains);
    const { value, grad } = tf.valueAndGrad(f)(views[0]);
    assert.equal(tf.memory().numTensors, before + 2);
    tf.dispose([value, grad, views, texts, domains.scales, domains.offsets]);
  });

  it('says what it needs of its arguments', () => {
    tf.tidy(() => {
      const { views, texts, domains } = inputsOf(two);
      assert.throws(() => uniclipLoss([], texts, domains), /at least one view/);
      const short = tf.slice(views[0], 0, 3);
      assert.throws(
        () => uniclipLoss([views[0], short], texts, domains),
        /like the texts, \[4,5\], got one of \[3,5\]/,
      );
    });
  });
});

describe('uniclipSets', () => {
  before(() => startEngine());

  for (const sameDomainNegatives of [true, false]) {
    it(`are disjoint and never hold the anchor, with ${sameDomainNegatives ? 'both domains’' : 'the other domain’s'} negatives`, () => {
      tf.tidy(() => {
        const [batch, views] = [3, 2];
        const sets = uniclipSets(batch, views, sameDomainNegatives);
        const [positives, negatives] = [sets.positives.arraySync(), sets.negatives.arraySync()];
        const isText = (k: number) => k >= batch * views;
        for (let k = 0; k < batch * (views + 1); k++) {
          for (let other = 0; other < batch * (views + 1); other++) {
            const samePair = k % batch === other % batch;
            const counts = sameDomainNegatives || isText(k) !== isText(other);
            assert.equal(positives[k][other], samePair && k !== other ? 1 : 0);
            assert.equal(negatives[k][other], !samePair && counts ? 1 : 0);
          }
        }
      });
    });
  }
});

describe('denominatorShares', () => {
  before(() => startEngine());

  it('says how much of the negatives’ mass each domain has, as a loop does', () => {
    const tensors = tf.memory().numTensors;
    for (const known of golden.cases) {
      const { views, texts, domains } = inputsOf(known);
      for (const { options, shares } of known.found) {
        const found = denominatorShares(views, texts, domains, options as UniclipOptions);
        for (const [name, share] of Object.entries(shares)) {
          assertClose([found[name as keyof typeof found]], [share], 1e-5, name);
        }
      }
      tf.dispose([views, texts, domains.scales, domains.offsets]);
    }
    assert.equal(tf.memory().numTensors, tensors);
  });

  it('counts heads where all cosines are equal, and is 0 where there are no negatives', () => {
    tf.tidy(() => {
      const { domains } = inputsOf(two, { scales: [5, 5, 5], offsets: [0, 0, 0] });
      const same = (rows: number) => tf.fill([rows, 4], 0.5) as tf.Tensor2D;
      const { imageImage, textText } = denominatorShares([same(3), same(3)], same(3), domains);
      assertClose([imageImage, textText], [2 / 3, 1 / 3], 1e-6);
      assert.deepEqual(denominatorShares([same(1)], same(1), domains), {
        imageImage: 0,
        imageText: 0,
        textImage: 0,
        textText: 0,
      });
    });
  });
});
