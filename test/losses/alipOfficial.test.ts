import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import {
  type AlipVariant,
  alipGates,
  alipLoss,
  alipRankLoss,
  type GateHistory,
  type GateOptions,
  type GateWeights,
} from '../../src/losses';
import { assertClose, assertCloseInScale, golden } from '../golden/compare';

const answers = golden('alipOfficial.safetensors');
const PARTS = ['images', 'texts', 'captions'] as const;
const GATES = ['sample', 'imageText', 'imageCaption'] as const;
const [STEPS, BATCH] = answers.get('images')!.shape;

/** The numbers of one step. */
function at(name: string, step: number): Float32Array {
  const { data, shape } = answers.get(name)!;
  const size = data.length / shape[0];
  return Float32Array.from(data.subarray(step * size, (step + 1) * size) as Float32Array);
}

/** Pictures, raw texts, captions and ρ of one step. */
function inputsOf(step: number): tf.Tensor[] {
  const rows = PARTS.map((part) => tf.tensor2d(at(part, step), [BATCH, 8]));
  return [...rows, tf.scalar(at('rho', step)[0])];
}

const historyOf = (value: number): GateHistory => ({
  textCaption: value,
  imageText: value,
  imageCaption: value,
});

/** Gates and loss of one step, with the gradients of the embeddings and of ρ. */
function take(step: number, before: GateHistory, variant?: AlipVariant, options?: GateOptions) {
  let opened!: { weights: GateWeights; history: GateHistory };
  const lossOf = (...inputs: tf.Tensor[]) => {
    const [images, texts, captions] = inputs as tf.Tensor2D[];
    opened = alipGates(images, texts, captions, before, options);
    const values = Object.fromEntries(GATES.map((gate) => [gate, opened.weights[gate].dataSync()]));
    weights = values as typeof weights;
    return alipLoss(images, texts, captions, tf.exp(inputs[3]) as tf.Scalar, opened.weights, { variant });
  };
  let weights!: Record<keyof GateWeights, Float32Array>;
  const { value, grads } = tf.valueAndGrads(lossOf)(inputsOf(step));
  return { loss: value, gradients: grads, weights, history: opened.history };
}

const RUNS: [run: string, title: string, start: number, variant: AlipVariant][] = [
  ['one', 'the official code from its own start, 1', 1, 'official'],
  ['half', 'the official code from a history of 0.5', 0.5, 'official'],
  ['paper', 'the paper’s equations from a history of 0.5', 0.5, 'paper'],
];

describe(`ALIP over ${STEPS} consecutive steps`, () => {
  before(() => startEngine());

  for (const [run, title, start, variant] of RUNS) {
    it(`equals ${title}: weights, histories, losses, gradients`, () => {
      let history = historyOf(start);
      for (let step = 0; step < STEPS; step++) {
        tf.tidy(() => {
          const found = take(step, history, variant);
          const expected = (name: string) => at(`${run}.${name}`, step);
          const { textCaption, imageText, imageCaption } = found.history;
          assertClose([textCaption, imageText, imageCaption], expected('history'), 1e-6, `history ${step}`);
          for (const gate of GATES) {
            assertClose(found.weights[gate], expected(gate), 1e-5, `${gate} ${step}`);
          }
          const loss = expected('lossText')[0] + expected('lossCaption')[0];
          assertCloseInScale(found.loss, [loss], 1e-5, `loss ${step}`);
          [...PARTS, 'rho'].forEach((part, i) => {
            assertCloseInScale(
              found.gradients[i],
              expected(`gradient.${part}`),
              1e-5,
              `gradient of ${part} ${step}`,
            );
          });
          history = found.history;
        });
      }
    });
  }
});

describe('ALIP on several ranks, as the official code shares it', () => {
  before(() => startEngine());

  for (const world of [2, 4]) {
    it(`equals it on ${world} ranks: every rank has the whole loss and gradients of its own rows`, () => {
      let history = historyOf(0.5);
      const rows = BATCH / world;
      for (const step of [0, 1]) {
        tf.tidy(() => {
          const inputs = inputsOf(step);
          const opened = alipGates(
            ...(inputs.slice(0, 3) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]),
            history,
          );
          history = opened.history;
          const expected = (name: string) => at(`ranks${world}.${name}`, step);
          for (let rank = 0; rank < world; rank++) {
            const lossOf = (...[images, texts, captions, rho]: tf.Tensor[]) =>
              alipRankLoss(
                images as tf.Tensor2D,
                texts as tf.Tensor2D,
                captions as tf.Tensor2D,
                tf.exp(rho) as tf.Scalar,
                opened.weights,
                { rank, world },
              );
            const { value, grads } = tf.valueAndGrads(lossOf)(inputs);
            assertClose(value, [expected('loss')[rank]], 1e-5, `loss of rank ${rank}`);
            assertClose(grads[3], [expected('gradient.rho')[rank]], 1e-5, `gradient of ρ on rank ${rank}`);
            PARTS.forEach((part, i) => {
              const whole = Array.from(expected(`gradient.${part}`));
              const [begin, end] = [rank * rows * 8, (rank + 1) * rows * 8];
              const own = whole.map((value, place) => (place >= begin && place < end ? value : 0));
              assertCloseInScale(grads[i], own, 1e-5, `gradient of ${part} on rank ${rank}`);
            });
          }
        });
      }
    });
  }
});
