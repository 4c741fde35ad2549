import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { clipLoss, neighbourLoss } from '../../src/losses';
import { unitLength } from '../../src/nn';
import { createTextQueue, type StoredTextQueue } from '../../src/training';
import { assertClose } from '../golden/compare';
import { stored, tensor } from '../golden/selfSupervised';

const throughJson = (state: unknown): StoredTextQueue => JSON.parse(JSON.stringify(state));
const base64 = (rows: Float32Array) => Buffer.from(rows.slice().buffer).toString('base64');

describe('createTextQueue', () => {
  before(() => startEngine());

  for (const size of [4, 5]) {
    it(`does what the official queue of ${size} does with three batches of 2`, () => {
      const known = (name: string) => stored(`queue.${size}.${name}`);
      const queue = createTextQueue({ size, width: 4, seed: 0 });
      queue.setState({ pointer: 0, rows: base64(known('initial')) });
      for (let step = 0; step < 3; step++) {
        const part = (name: string, length: number) =>
          known(name).subarray(step * length, (step + 1) * length);
        tf.tidy(() => queue.push(tf.tensor2d(part('batches', 8), [2, 4])));
        const { pointer, rows } = queue.getState();
        assert.equal(pointer, known('pointers')[step]);
        assert.deepEqual(rows, part('rows', size * 4).slice());
        tf.tidy(() => {
          assertClose(queue.nearest(tensor(`queue.${size}.queries`)), part('nearest', 24), 0);
        });
      }
    });
  }

  it('begins with unit vectors that its seed decides', () => {
    const rowsOf = (seed: number) => createTextQueue({ size: 6, width: 3, seed }).getState().rows;
    assert.deepEqual(rowsOf(1), rowsOf(1));
    assert.notDeepEqual(rowsOf(1), rowsOf(2));
    tf.tidy(() => assertClose(tf.norm(tf.tensor2d(rowsOf(1), [6, 3]), 2, 1), new Array(6).fill(1)));
  });

  it('finds a stored vector by itself, and by direction whatever the lengths', () => {
    const queue = createTextQueue({ size: 3, width: 2, seed: 0 });
    tf.tidy(() => {
      queue.push(tf.tensor2d([[1, 0], [0.1, 0.1], [0, 30]])); // biome-ignore format: matrix
      assertClose(queue.nearest(tf.tensor2d([[5, 0.1], [2, 2.1], [0, 1]])), [1, 0, 0.1, 0.1, 0, 30]); // biome-ignore format: matrix
    });
  });

  it("gives the picture-to-text half of CLIP's loss where it holds just the batch, and no gradient to the texts", () => {
    tf.tidy(() => {
      const [images, texts] = [tensor<tf.Tensor2D>('simclr.a'), tensor<tf.Tensor2D>('simclr.b')];
      const queue = createTextQueue({ size: 6, width: 8, seed: 0 });
      queue.push(texts);
      const scale = tf.scalar(5);
      const lossOf = (images: tf.Tensor2D, texts: tf.Tensor2D) =>
        neighbourLoss(images, queue.nearest(unitLength(texts)), scale);
      const half = tf.sub(tf.mul(clipLoss(images, texts, scale), 2), neighbourLoss(texts, images, scale));
      assertClose(lossOf(images, texts), half.dataSync());
      const { grads } = tf.engine().gradients(() => lossOf(images, texts), [images, texts], undefined, true);
      assert.ok(grads[0] && !grads[1]);
    });
  });

  it('hands the rows back where it holds none, as constants', () => {
    const queue = createTextQueue({ size: 0, width: 2, seed: 0 });
    tf.tidy(() => {
      const x = tf.tensor2d([[1, 2], [3, 4]]); // biome-ignore format: matrix
      queue.push(x);
      const gradient = tf.grad((x) => tf.sum(tf.mul(x, queue.nearest(x as tf.Tensor2D))))(x);
      assertClose(gradient, [1, 2, 3, 4]);
    });
    assert.deepEqual(throughJson(queue.getState()), { pointer: 0, rows: '' });
  });

  it('goes back to an earlier state, from memory and from JSON, and to the beginning', () => {
    const queue = createTextQueue({ size: 5, width: 2, seed: 3 });
    const push = (value: number) => tf.tidy(() => queue.push(tf.fill([2, 2], value)));
    const fresh = throughJson(queue.getState());
    push(1);
    const state = queue.getState();
    const saved = throughJson(state);
    push(2);
    const later = throughJson(queue.getState());
    assert.notDeepEqual(later, saved);
    for (const earlier of [state, saved, state]) {
      queue.setState(earlier);
      assert.deepEqual(throughJson(queue.getState()), saved);
      push(2);
      assert.deepEqual(throughJson(queue.getState()), later);
    }
    queue.setState(null);
    assert.deepEqual(throughJson(queue.getState()), fresh);
  });

  it('finds what a search of all rows finds, whatever has changed since the last one', () => {
    const [size, width, batch] = [700, 6, 90]; // several blocks, the last one cut short; batches that cross them
    const queue = createTextQueue({ size, width, seed: 1 });
    const random = createRandom('batches');
    const draw = () =>
      tf.tensor2d(Float32Array.from({ length: batch * width }, random.normal), [batch, width]);
    const searched = (queries: tf.Tensor2D, rows: Float32Array) => {
      const stored = tf.tensor2d(rows, [size, width]);
      return tf.gather(stored, tf.argMax(tf.matMul(queries, unitLength(stored), false, true), 1));
    };
    const states = [queue.getState()];
    for (let step = 0; step < 20; step++) {
      tf.tidy(() => {
        const queries = draw();
        if (step % 7 === 6) queue.setState(states[step - 3]);
        assertClose(queue.nearest(queries), searched(queries, queue.getState().rows).dataSync(), 0);
        queue.push(draw());
        if (step % 3 === 0) queue.push(draw());
      });
      states.push(queue.getState());
    }
    queue.dispose();
  });

  it('refuses what does not fit', () => {
    const queue = createTextQueue({ size: 5, width: 2, seed: 0 });
    const other = createTextQueue({ size: 4, width: 2, seed: 0 });
    const message = /rows of 2 numbers for the text queue, got 3/;
    tf.tidy(() => assert.throws(() => queue.push(tf.ones([2, 3])), message));
    tf.tidy(() => assert.throws(() => queue.nearest(tf.ones([2, 3])), message));
    assert.throws(() => queue.setState(other.getState()), /a text queue of 10 numbers, got 8/);
  });

  it('leaves no tensors behind', () => {
    const queue = createTextQueue({ size: 5, width: 2, seed: 0 });
    const rows = tf.ones([2, 2]) as tf.Tensor2D;
    const before = tf.memory().numTensors;
    queue.push(rows);
    queue.nearest(rows).dispose();
    queue.setState(queue.getState());
    queue.nearest(rows).dispose();
    assert.equal(tf.memory().numTensors, before + 1, 'one for the rows in the engine');
    queue.dispose();
    assert.equal(tf.memory().numTensors, before);
    tf.tidy(() =>
      assertClose(
        queue.nearest(rows),
        tf.tidy(() => queue.nearest(rows).dataSync()),
      ),
    );
    queue.dispose();
    rows.dispose();
  });
});
