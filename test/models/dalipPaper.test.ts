import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { type DalipOptions, dalipLoss } from '../../src/losses';
import {
  type Clip,
  type ClipConfig,
  createClip,
  encodeImages,
  encodeTexts,
  logitScale,
  type TokenBatch,
} from '../../src/models';
import { disposeParameters, trainable } from '../../src/nn';
import { assertClose, assertCloseInScale, golden } from '../golden/compare';
import { assertGradients, parameter } from '../golden/formula';

const PAPER: ClipConfig = {
  embedDim: 32,
  vision: { imageSize: 32, patchSize: 8, width: 48, layers: 2, heads: 2 },
  text: { contextLength: 16, vocabSize: 512, width: 32, layers: 3, heads: 4 },
  secondOrder: { variant: 'paper', heads: 4, dropout: 0 },
};
const ALPHA = 0.3;

/**
 * The figure's equations in PyTorch, in double precision and without any of this project's or the official code's
 * steps. Differences are measured against the largest entry of each tensor. The equations themselves, in single
 * precision, are off by up to 5e-6 in gradients.
 */
describe('a whole DALIP of the variant "paper", against the equations of the figure', () => {
  const file = golden('dalipPaper.safetensors');
  const towers = golden('clip-small.safetensors');
  const io = golden('clip-small-io.safetensors');
  const stored = (name: string) => file.get(name)!.data;
  const texts: TokenBatch = {
    ids: io.get('ids')!.data as Int32Array,
    lengths: Int32Array.of(3, 7, 11, 16),
  };
  const training = { training: true, random: createRandom(0) } as const;
  let images: tf.Tensor4D;

  before(async () => {
    await startEngine();
    images = tf.tidy(() =>
      tf.transpose(tf.tensor4d(io.get('images')!.data as Float32Array, [4, 3, 32, 32]), [0, 2, 3, 1]),
    );
  });
  after(() => images.dispose());

  /** The recorded towers with the formula's heads. */
  function load(scales: 'shared' | 'separate'): Clip {
    const model = createClip({ ...PAPER, secondOrder: { ...PAPER.secondOrder!, logitScale: scales } }, 0);
    for (const [name, variable] of model.parameters) {
      const second = name === 'logit_scale_second' ? [Math.log(4)] : parameter(name, variable.shape);
      const values = towers.get(name)?.data ?? second;
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    }
    return model;
  }

  function lossOf(model: Clip, sum: DalipOptions['sum']): tf.Scalar {
    const scales = { first: logitScale(model, 'first'), second: logitScale(model, 'second') };
    const encoded = [encodeImages(model, images, training), encodeTexts(model, texts, training)] as const;
    return dalipLoss(...encoded, scales, { alpha: ALPHA, sum });
  }

  it('gives the same embeddings of both orders', () => {
    const model = load('shared');
    tf.tidy(() => {
      for (const [modality, encoded] of Object.entries({
        image: encodeImages(model, images),
        text: encodeTexts(model, texts),
      })) {
        assertCloseInScale(encoded.first, stored(`${modality}.first`), 1e-5, `${modality}, first`);
        assertCloseInScale(encoded.second!, stored(`${modality}.second`), 1e-5, `${modality}, second`);
        // The figure's root has nothing inside but the distance; the 1e-5 moves unit vectors by this much.
        assertClose(encoded.second!, stored(`${modality}.plain`), 5e-4, `${modality}, without epsilon`);
      }
    });
    disposeParameters(model.parameters);
  });

  for (const scales of ['shared', 'separate'] as const) {
    it(`gives the same losses on summed similarities and as summed losses, logit scales ${scales}`, () => {
      const model = load(scales);
      for (const sum of ['similarities', 'losses'] as const) {
        tf.tidy(() => assertClose(lossOf(model, sum), stored(`${sum}.${scales}.loss`), 1e-5, sum));
      }
      disposeParameters(model.parameters);
    });
  }

  it('gives the same gradient of every parameter, both logit scales included', () => {
    const model = load('separate');
    const parameters = trainable(model.parameters);
    const { value, grads } = tf.variableGrads(() => lossOf(model, 'similarities'), [...parameters.values()]);
    const gradients = [...parameters].map(([name, { name: id }]) => [name, grads[id]] as const);
    assertGradients(new Map(gradients), file, 'similarities.separate');
    tf.dispose([value, grads]);
    disposeParameters(model.parameters);
  });
});
