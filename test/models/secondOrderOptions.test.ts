import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { type DalipOptions, dalipLoss } from '../../src/losses';
import {
  type Clip,
  type ClipConfig,
  createClip,
  encodeImages,
  encodeTexts,
  LOGIT_SCALE_START,
  logitScale,
  type Mode,
  resolveSecondOrder,
  type SecondOrderConfig,
  type TokenBatch,
} from '../../src/models';
import { disposeParameters, trainable } from '../../src/nn';
import { TINY } from '../tiny';

const HEADS: SecondOrderConfig = { heads: 2, reduced: 4, dropout: 0 };
const EVALUATION: Mode = { training: false };
const training = (): Mode => ({ training: true, random: createRandom(3) });

const FIRSTS = ['image.first', 'text.first'];
const SECONDS = ['image.second', 'text.second'];

const texts: TokenBatch = {
  ids: Int32Array.of(
    ...[510, 5, 6, 511, 0, 0, 0, 0, 0, 0, 0, 0],
    ...[510, 7, 511, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...[510, 8, 9, 10, 11, 12, 511, 0, 0, 0, 0, 0],
  ),
  lengths: Int32Array.of(4, 3, 7),
};
const drawPixels = () => tf.randomNormal([3, 16, 16, 3], 0, 1, 'float32', 5) as tf.Tensor4D;

describe('resolveSecondOrder', () => {
  it('follows the official code, the figure, or neither', () => {
    const neither = {
      ...{ statistic: 'distance', projected: true, tokenWeighting: true, padding: 'masked' },
      ...{ textDropout: 'channels', perToken: true, mixed: true, logitScale: 'shared' },
    };
    const sizes = { heads: 4, reduced: 46, dropout: 0.5 };
    const official = { padding: 'kept', textDropout: 'tokens' };
    const paper = { projected: false, tokenWeighting: false, perToken: false, mixed: false };
    assert.deepEqual(resolveSecondOrder(sizes), { ...sizes, ...neither });
    assert.deepEqual(resolveSecondOrder({ ...sizes, variant: 'official' }), {
      ...sizes,
      ...neither,
      ...official,
    });
    assert.deepEqual(resolveSecondOrder({ ...sizes, variant: 'paper' }), { ...sizes, ...neither, ...paper });
  });

  it('lets a single option go before its variant', () => {
    assert.equal(resolveSecondOrder({ ...HEADS, variant: 'official', padding: 'masked' }).padding, 'masked');
    assert.equal(resolveSecondOrder({ ...HEADS, variant: 'paper', projected: true }).projected, true);
  });
});

describe('an option of the second order', () => {
  before(() => startEngine());

  function outputs(config: ClipConfig, mode: () => Mode): Record<string, Float32Array> {
    const model = createClip(config, 1);
    const found = tf.tidy(() => {
      const encoded = {
        image: encodeImages(model, drawPixels(), mode()),
        text: encodeTexts(model, texts, mode()),
      };
      return Object.fromEntries(
        Object.entries(encoded).flatMap(([modality, orders]) =>
          Object.entries(orders).map(([order, x]) => [`${modality}.${order}`, x.dataSync() as Float32Array]),
        ),
      );
    });
    disposeParameters(model.parameters);
    return found;
  }

  /** Which of the four embeddings a change of the configuration changes. */
  function changed(
    own: Partial<SecondOrderConfig>,
    mode: () => Mode,
    base = HEADS,
    pooling?: 'mean',
  ): string[] {
    const before = outputs({ ...TINY, secondOrder: base }, mode);
    const after = outputs({ ...TINY, pooling, secondOrder: { ...base, ...own } }, mode);
    return Object.keys(before).filter((name) =>
      before[name].some((value, i) => Math.abs(value - after[name][i]) > 1e-5),
    );
  }

  const REACH: [Partial<SecondOrderConfig>, string[]][] = [
    [{ projected: false }, SECONDS],
    [{ tokenWeighting: false }, SECONDS],
    [{ padding: 'kept' }, ['text.second']],
    [{ textDropout: 'tokens' }, []],
    [{ perToken: false }, SECONDS],
    [{ mixed: false }, SECONDS],
    [{ logitScale: 'separate' }, []],
    [{ reduced: undefined }, SECONDS],
    [{ statistic: 'covariance' }, SECONDS],
    [{ statistic: 'rootCovariance' }, SECONDS],
    [{ statistic: 'bilinear' }, SECONDS],
    [{ statistic: 'mean' }, SECONDS],
    [{ variant: 'official' }, ['text.second']],
    [{ variant: 'paper' }, SECONDS],
  ];
  for (const [own, expected] of REACH) {
    const said = JSON.stringify(own, (_, value) => value ?? null);
    it(`${said} changes ${expected.join(' and ') || 'no embedding'}, in training as in evaluation`, () => {
      assert.deepEqual(
        changed(own, () => EVALUATION),
        expected,
      );
      assert.deepEqual(changed(own, training), expected);
    });
  }

  it('textDropout changes the text’s second order, in training and where something is dropped', () => {
    const dropping = { ...HEADS, dropout: 0.5 };
    assert.deepEqual(changed({ textDropout: 'tokens' }, training, dropping), ['text.second']);
    assert.deepEqual(
      changed({ textDropout: 'tokens' }, () => EVALUATION, dropping),
      [],
    );
    assert.deepEqual(changed({ dropout: 0.5 }, training), SECONDS);
    assert.deepEqual(
      changed({ dropout: 0.5 }, () => EVALUATION),
      [],
    );
  });

  it('pooling changes the first order alone', () => {
    assert.deepEqual(
      changed({}, () => EVALUATION, HEADS, 'mean'),
      FIRSTS,
    );
  });

  it('logitScale "separate" gives the second order a scale of its own, which starts where the other does', () => {
    const model = createClip({ ...TINY, secondOrder: { ...HEADS, logitScale: 'separate' } }, 1);
    tf.tidy(() => {
      model.parameters.get('logit_scale')!.assign(tf.scalar(0));
      assert.equal(logitScale(model).dataSync()[0], 1);
      const own = logitScale(model, 'second').dataSync()[0];
      assert.ok(Math.abs(own - Math.exp(LOGIT_SCALE_START)) < 1e-4, `${own}`);
    });
    disposeParameters(model.parameters);
  });
});

describe('what the second order learns', () => {
  before(() => startEngine());

  const isSecondOrder = (name: string) => /(^|\.)(vbdc|tbdc|fc1|fc2)\.|logit_scale_second/.test(name);

  /** The largest absolute gradient of every parameter under DALIP's loss. */
  function largestGradients(heads: SecondOrderConfig, options: DalipOptions): Map<string, number> {
    const model = createClip({ ...TINY, secondOrder: heads }, 1);
    const parameters = trainable(model.parameters);
    const pixels = drawPixels();
    const { value, grads } = tf.variableGrads(() => lossOf(model, pixels, options), [...parameters.values()]);
    const largest = new Map(
      [...parameters].map(([name, { name: id }]) => [name, Math.max(...grads[id].dataSync().map(Math.abs))]),
    );
    tf.dispose([pixels, value, grads]);
    disposeParameters(model.parameters);
    return largest;
  }

  function lossOf(model: Clip, pixels: tf.Tensor4D, options: DalipOptions): tf.Scalar {
    const encoded = [encodeImages(model, pixels, training()), encodeTexts(model, texts, training())] as const;
    const scales = { first: logitScale(model, 'first'), second: logitScale(model, 'second') };
    return dalipLoss(...encoded, scales, options);
  }

  const CASES: Record<string, [SecondOrderConfig, DalipOptions['sum']]> = {
    neither: [HEADS, 'losses'],
    official: [{ ...HEADS, variant: 'official' }, 'losses'],
    paper: [{ ...HEADS, variant: 'paper', reduced: undefined, logitScale: 'separate' }, 'similarities'],
    'the mean head': [{ ...HEADS, statistic: 'mean', logitScale: 'separate' }, 'losses'],
  };
  for (const [name, [heads, sum]] of Object.entries(CASES)) {
    it(`is nothing where alpha is 1, while both towers learn: ${name}`, () => {
      for (const [path, gradient] of largestGradients(heads, { alpha: 1, sum })) {
        if (isSecondOrder(path)) assert.equal(gradient, 0, path);
        else assert.ok(gradient > 0, path);
      }
    });

    it(`reaches every parameter of both towers where alpha is 0: ${name}`, () => {
      for (const [path, gradient] of largestGradients(heads, { alpha: 0, sum })) {
        const isUnused = path === 'logit_scale' && heads.logitScale === 'separate';
        if (!isUnused) assert.ok(gradient > 0, path);
      }
    });
  }
});
