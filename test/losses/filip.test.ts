import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { clipLoss, type FilipOptions, filipLoss, filipSimilarities } from '../../src/losses';
import { unitLength } from '../../src/nn';
import { assertClose, assertCloseInScale, golden } from '../golden/compare';

const answers = golden('filip.safetensors');
const VARIANTS: Record<string, FilipOptions> = {
  masked: {},
  kept: { padding: 'kept' },
  sum: { aggregate: 'sum' },
  count: { keep: { count: 3 } },
  official: { padding: 'kept', keep: { count: 3 } },
  share: { keep: { share: 0.4 } },
};

const numbers = (name: string) => answers.get(name)!.data as Float32Array;
const stored = <T extends tf.Tensor>(name: string) => tf.tensor(numbers(name), answers.get(name)!.shape) as T;

/** Patches, words, mask and scale of a golden case. */
function inputsOf(name: string): [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D, tf.Scalar] {
  return [
    stored(`${name}.patches`),
    stored(`${name}.words`),
    stored(`${name}.real`),
    tf.reshape(stored(`${name}.scale`), []),
  ];
}

/** Lists of tokens in the plane, by angles in degrees. */
function plane(angles: number[][]): tf.Tensor3D {
  const radians = (degrees: number) => (degrees / 180) * Math.PI;
  return tf.tensor3d(angles.map((item) => item.map((a) => [Math.cos(radians(a)), Math.sin(radians(a))])));
}

/** Unit rows drawn anew. */
function drawn(seed: number, shape: [number, number, number]): tf.Tensor3D {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.normal());
  return unitLength(tf.tensor3d(values, shape));
}

const TAU = 0.07;
const ones = (texts: number, words: number): tf.Tensor2D => tf.ones([texts, words]);

describe('filipLoss', () => {
  before(() => startEngine());

  for (const name of ['wide', 'long', 'single']) {
    for (const [variant, options] of Object.entries(VARIANTS)) {
      it(`equals PyTorch, gradients included: ${name}, ${variant}`, () => {
        tf.tidy(() => {
          const [patches, words, real, scale] = inputsOf(name);
          const lossOf = (p: tf.Tensor, w: tf.Tensor, s: tf.Tensor) =>
            filipLoss(p as tf.Tensor3D, w as tf.Tensor3D, real, s as tf.Scalar, options);
          const { value, grads } = tf.valueAndGrads(lossOf)([patches, words, scale]);
          const at = (key: string) => numbers(`${name}.${variant}.${key}`);
          assertClose(value, at('loss'), 1e-5, 'loss');
          const { ofImages, ofTexts } = filipSimilarities(patches, words, real, options);
          assertClose(ofImages, at('ofImages'), 1e-5, 's^I');
          assertClose(ofTexts, at('ofTexts'), 1e-5, 's^T');
          ['patches', 'words', 'scale'].forEach((input, i) => {
            assertClose(grads[i], at(`grad.${input}`), 1e-5, `gradient of the ${input}`);
          });
        });
      });
    }
  }

  it('equals the loss of CLIP where each side has one token', () => {
    tf.tidy(() => {
      const [patches, words, real, scale] = inputsOf('single');
      const rows = (tokens: tf.Tensor3D): tf.Tensor2D => tf.squeeze(tokens, [1]);
      const clip = clipLoss(rows(patches), rows(words), scale);
      assertClose(clip, numbers('single.clip'));
      assertClose(filipLoss(patches, words, real, scale), clip.dataSync(), 1e-6);
    });
  });

  it('is ln(batch) where nothing tells the pairs apart', () => {
    tf.tidy(() => {
      const same = plane([[0], [0], [0]]);
      assertClose(filipLoss(same, same, ones(3, 1), tf.scalar(20)), [Math.log(3)]);
    });
  });

  it('has the known value in the plane', () => {
    tf.tidy(() => {
      const [images, texts] = [plane([[0, 90], [45, 135]]), plane([[10, 80], [60, 150]])]; // biome-ignore format: pairs
      const { ofImages, ofTexts } = filipSimilarities(images, texts, ones(2, 2));
      assertClose(ofImages, [0.984808, 0.683013, 0.696364, 0.965926], 1e-6);
      assertClose(ofTexts, [0.984808, 0.683013, 0.819152, 0.965926], 1e-6);
      assertClose(filipLoss(images, texts, ones(2, 2), tf.scalar(1 / TAU)), [0.035361], 1e-6);
    });
  });

  it('keeps nothing out where as many tokens are kept as there are', () => {
    tf.tidy(() => {
      const [patches, words, real] = [drawn(1, [4, 16, 8]), drawn(2, [4, 16, 8]), ones(4, 16)];
      const loss = (keep?: FilipOptions['keep']) => filipLoss(patches, words, real, tf.scalar(9), { keep });
      const whole = loss().dataSync();
      for (const keep of [{ count: 16 }, { count: 99 }, { share: 1 }]) assertClose(loss(keep), whole, 1e-6);
      assert.ok(Math.abs(loss({ count: 4 }).dataSync()[0] - whole[0]) > 1e-3);
    });
  });

  it('gives its gradient to the winner of each maximum alone', () => {
    tf.tidy(() => {
      const [images, texts] = [plane([[0, 50]]), plane([[10, 20, 170]])];
      const wordsAlone = (words: tf.Tensor) =>
        tf.sum(filipSimilarities(images, words as tf.Tensor3D, ones(1, 3)).ofImages) as tf.Scalar;
      const [first, second, third] = (tf.grad(wordsAlone)(texts).arraySync() as number[][][])[0];
      assertClose(
        [...first, ...second],
        [0.5, 0, Math.cos(50 * (Math.PI / 180)) / 2, Math.sin(50 * (Math.PI / 180)) / 2],
      );
      assert.deepEqual(third, [0, 0]);
    });
  });

  it('gives padding no gradient', () => {
    tf.tidy(() => {
      const [patches, words, real, scale] = inputsOf('wide');
      const lossOf = (w: tf.Tensor) => filipLoss(patches, w as tf.Tensor3D, real, scale) as tf.Scalar;
      const gradient = tf.mul(tf.grad(lossOf)(words), tf.expandDims(tf.sub(1, real), 2));
      assert.equal(tf.max(tf.abs(gradient)).dataSync()[0], 0);
    });
  });

  it('stays finite at the largest temperature of the re-implementation', () => {
    tf.tidy(() => {
      const [patches, words, real] = inputsOf('long');
      const { value, grads } = tf.valueAndGrads((p, w) =>
        filipLoss(p as tf.Tensor3D, w as tf.Tensor3D, real, tf.scalar(Math.exp(6))),
      )([patches, words]);
      for (const tensor of [value, ...grads]) {
        assert.ok(tensor.dataSync().every((x) => Number.isFinite(x)));
      }
    });
  });

  it('leaks no tensors', () => {
    tf.tidy(() => {
      const [patches, words, real, scale] = inputsOf('wide');
      for (const options of Object.values(VARIANTS)) {
        const before = tf.memory().numTensors;
        tf.tidy(() => {
          const lossOf = (p: tf.Tensor) =>
            filipLoss(p as tf.Tensor3D, words, real, scale, options) as tf.Scalar;
          tf.valueAndGrad(lossOf)(patches);
        });
        assert.equal(tf.memory().numTensors, before);
      }
    });
  });

  it('refuses what does not fit', () => {
    tf.tidy(() => {
      const [patches, words, real, scale] = inputsOf('wide');
      const loss = (p: tf.Tensor3D, w: tf.Tensor3D, r: tf.Tensor2D, options?: FilipOptions) => () =>
        filipLoss(p, w, r, scale, options);
      const three = tf.slice(patches, [0, 0, 0], [3, -1, -1]);
      assert.throws(loss(three, words, real), /one text for each of 3 pictures, got 4/);
      assert.throws(loss(tf.ones([4, 9, 7]), words, real), /one width, got 7 and 8/);
      assert.throws(loss(patches, words, tf.ones([4, 5])), /each of 4×6 words, got 4×5/);
      assert.throws(loss(patches, words, tf.zeros([4, 6])), /real word in every text, text 0 has none/);
      for (const count of [0, 1.5]) {
        assert.throws(
          loss(patches, words, real, { keep: { count } }),
          /whole number of kept tokens above zero/,
        );
      }
      for (const share of [0, 1.1, Number.NaN]) {
        assert.throws(loss(patches, words, real, { keep: { share } }), /share of kept tokens above 0/);
      }
    });
  });
});

describe('filipSimilarities', () => {
  before(() => startEngine());

  const similarities = (
    patches: tf.Tensor3D,
    words: tf.Tensor3D,
    real = ones(words.shape[0], words.shape[1]),
  ) => {
    const { ofImages, ofTexts } = filipSimilarities(patches, words, real);
    return { ofImages: ofImages.dataSync(), ofTexts: ofTexts.dataSync() };
  };

  it('has the known values in the plane, with and without the third word', () => {
    tf.tidy(() => {
      const [image, text] = [plane([[0, 90]]), plane([[0, 45, 180]])];
      const all = similarities(image, text);
      assertClose(all.ofImages, [0.853553], 1e-6);
      assertClose(all.ofTexts, [0.569036], 1e-6);
      const masked = similarities(image, text, tf.tensor2d([[1, 1, 0]]));
      assertClose(masked.ofImages, [0.853553], 1e-6);
      assertClose(masked.ofTexts, [0.853553], 1e-6);
    });
  });

  it('is the same in any order of tokens, and with all tokens of a side twice', () => {
    tf.tidy(() => {
      const [patches, words] = [drawn(3, [3, 5, 6]), drawn(4, [4, 7, 6])];
      const plain = similarities(patches, words);
      const others = [
        similarities(tf.reverse(patches, 1), tf.reverse(words, 1)),
        similarities(tf.concat([patches, patches], 1), words),
        similarities(patches, tf.concat([words, words], 1)),
      ];
      for (const { ofImages, ofTexts } of others) {
        assertClose(ofImages, plain.ofImages, 1e-6);
        assertClose(ofTexts, plain.ofTexts, 1e-6);
      }
    });
  });

  it('does not see what stands in padding', () => {
    tf.tidy(() => {
      const [patches, words, real] = inputsOf('wide');
      const other = tf.where(
        tf.cast(tf.expandDims(real, 2), 'bool'),
        words,
        tf.neg(tf.add(words, 3)),
      ) as tf.Tensor3D;
      assert.deepEqual(similarities(patches, other, real), similarities(patches, words, real));
    });
  });

  it('is 1 where every patch has a word like it, and never more', () => {
    tf.tidy(() => {
      const patches = drawn(5, [3, 4, 6]);
      const words = tf.concat([patches, drawn(6, [3, 2, 6])], 1);
      const { ofImages } = similarities(patches, words);
      assertClose([ofImages[0], ofImages[4], ofImages[8]], [1, 1, 1], 1e-6);
      assert.ok(ofImages.every((similarity) => similarity <= 1 + 1e-6));
    });
  });

  it('compares any number of pictures with any number of texts, as pairs of the same would', () => {
    tf.tidy(() => {
      const [patches, words] = [drawn(7, [2, 3, 4]), drawn(8, [3, 5, 4])];
      const all = similarities(patches, words);
      assertClose(similarities(tf.slice(patches, 1), tf.slice(words, 2)).ofTexts, [all.ofTexts[5]], 1e-6);
    });
  });

  it('keeps the tokens that agree most with their own partner, not those of the highest cosine', () => {
    tf.tidy(() => {
      // cosines of the words with both patches, summed: 10° → 1.16, 45° → 1.41, 90° → 1, though 90° has the highest
      const options: FilipOptions = { keep: { count: 1 } };
      const { ofImages } = filipSimilarities(plane([[0, 90]]), plane([[10, 45, 90]]), ones(1, 3), options);
      assertClose(ofImages, [Math.SQRT1_2], 1e-6);
    });
  });

  it('hands the whole gradient to every winner of a tie', () => {
    tf.tidy(() => {
      const words = plane([[0, 0]]);
      const similarity = (w: tf.Tensor) =>
        tf.sum(filipSimilarities(plane([[0]]), w as tf.Tensor3D, ones(1, 2)).ofImages) as tf.Scalar;
      assertCloseInScale(tf.grad(similarity)(words), [1, 0, 1, 0]);
    });
  });
});
