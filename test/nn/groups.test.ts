import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  chainLayout,
  disposeParameters,
  gridLayout,
  groupTokens,
  growLinks,
  initialiseGrouping,
  initialiser,
  linksOfScores,
  type Parameters,
  scopeOf,
  type TokenLayout,
} from '../../src/nn';
import { assertClose } from '../golden/compare';

/** C of given links. */
function gateOf(layout: TokenLayout, links: readonly tf.Tensor[]): tf.Tensor3D {
  return tf.exp(tf.neg(layout.distances(links.map((link) => tf.neg(tf.log(tf.add(link, 1e-9)))))));
}

const chain = (...links: number[]) => [tf.tensor2d([links])];

describe('links', () => {
  before(() => startEngine());

  it('are the geometric mean of what neighbours give each other', () => {
    tf.tidy(() => {
      const scores = tf.tensor3d([[[0, 1, 0], [2, 0, 1], [0, 3, 0]]]); // biome-ignore format: matrix
      const [found] = linksOfScores(scores, chainLayout(Int32Array.of(3), 3));
      assertClose(found, [0.85502, 0.518596], 1e-6);
    });
  });

  it('only grow', () => {
    tf.tidy(() => {
      const [grown] = growLinks(chain(0.5, 0.5, 0.5), chain(0.9, 0.2, 0.8));
      assertClose(grown, [0.95, 0.6, 0.9], 1e-6);
      const gate = gateOf(chainLayout(Int32Array.of(4), 4), [grown]).arraySync();
      assert.ok(Math.abs(gate[0][0][3] - 0.513) < 1e-6);
    });
  });

  it('do not see padding: what stands there changes no token of the text', () => {
    tf.tidy(() => {
      const parameters: Parameters = new Map();
      initialiseGrouping(initialiser(parameters, createRandom(1)), 'g', 4, { links: 'learned' });
      const layout = chainLayout(Int32Array.of(3, 5), 5);
      const group = (x: tf.Tensor3D) =>
        groupTokens(x, scopeOf(parameters, 'g.'), { config: { links: 'learned' }, layout }, 0);
      const x = tf.randomNormal([2, 5, 4], 0, 1, 'float32', 5) as tf.Tensor3D;
      const behind = tf.tensor3d([0, 0, 0, 7, -9, 0, 0, 0, 0, 0], [2, 5, 1]);
      const [before, after] = [x, tf.add(x, tf.mul(behind, tf.range(1, 5))) as tf.Tensor3D].map(group);
      const real = ({ gate }: { gate: tf.Tensor3D }) => tf.slice(gate, [0, 0, 0], [1, 3, 3]).dataSync();
      assertClose(real(after), real(before), 1e-7);
      const [links] = before.links!;
      assertClose(tf.slice(links, [0, 2], [1, 2]), [1e-9 ** 0.5, 1e-9 ** 0.5], 1e-9);
      disposeParameters(parameters);
    });
  });
});

describe('groups', () => {
  before(() => startEngine());

  it('multiply the links between two tokens', () => {
    tf.tidy(() => {
      const gate = gateOf(chainLayout(Int32Array.of(4), 4), chain(0.9, 0.2, 0.8));
      const rows = [[1, 0.9, 0.18, 0.144], [0.9, 1, 0.2, 0.16], [0.18, 0.2, 1, 0.8], [0.144, 0.16, 0.8, 1]]; // biome-ignore format: matrix
      assertClose(gate, rows.flat(), 1e-6);
    });
  });

  it('are symmetric, within (0, 1], and weaker the farther apart', () => {
    tf.tidy(() => {
      const links = tf.randomUniform([1, 11], 0.01, 1, 'float32', 3);
      const [gate] = gateOf(chainLayout(Int32Array.of(12), 12), [links]).arraySync();
      const direct = links.arraySync() as number[][];
      gate.forEach((row, i) => {
        row.forEach((value, j) => {
          assert.ok(value > 0 && value <= 1);
          assert.ok(Math.abs(value - gate[j][i]) < 1e-7);
          if (j > i && j < 11) assert.ok(row[j + 1] <= value);
          const between = direct[0].slice(Math.min(i, j), Math.max(i, j));
          const product = between.reduce((all, link) => all * link, 1);
          assert.ok(Math.abs(value - product) < 1e-6, 'sums of logarithms and the product agree');
        });
      });
    });
  });

  it('of a picture turn over with it', () => {
    tf.tidy(() => {
      const across = tf.randomUniform([2, 4, 3], 0.1, 1, 'float32', 1);
      const down = tf.randomUniform([2, 3, 4], 0.1, 1, 'float32', 2);
      const layout = gridLayout(4);
      const turned = [down, across].map((links) => tf.transpose(links, [0, 2, 1]));
      const cells = tf.reshape(gateOf(layout, turned), [2, 4, 4, 4, 4]);
      assertClose(tf.transpose(cells, [0, 2, 1, 4, 3]), gateOf(layout, [across, down]).dataSync(), 1e-6);
    });
  });

  it('of a row of a picture are those of a text, where ways through other rows are closed', () => {
    tf.tidy(() => {
      const along = [0.9, 0.2, 0.8];
      const across = tf.tensor3d([[along, along, along, along]]);
      const layout = gridLayout(4);
      const gate = gateOf(layout, [across, tf.fill([1, 3, 4], 1e-6)]);
      const row = tf.slice(gate, [0, 4, 4], [1, 4, 4]);
      assertClose(row, gateOf(chainLayout(Int32Array.of(4), 4), chain(...along)).dataSync(), 1e-6);
    });
  });

  it('of a picture take the better of two ways, and no third', () => {
    tf.tidy(() => {
      const links = [tf.tensor3d([[[0.5], [0.3]]]), tf.tensor3d([[[0.2, 0.9]]])]; // biome-ignore format: a grid of two by two
      const gate = gateOf(gridLayout(2), links).arraySync()[0];
      assert.ok(Math.abs(gate[0][3] - 0.45) < 1e-6, 'right, then down');
      assert.ok(Math.abs(gate[3][0] - 0.45) < 1e-6, 'and back');
      assert.ok(Math.abs(gate[1][2] - 0.27) < 1e-6, 'down, then left');
    });
  });

  it('of the control fall off with the steps between two tokens', () => {
    tf.tidy(() => {
      const parameters: Parameters = new Map([['log_kappa', tf.variable(tf.scalar(Math.log(2)))]]);
      const group = (layout: TokenLayout) =>
        groupTokens(tf.zeros([1, 5, 4]), scopeOf(parameters), { config: { links: 'distance' }, layout }, 0);
      const text = group(chainLayout(Int32Array.of(5), 5));
      assert.equal(text.links, undefined);
      assertClose(tf.slice(text.gate, [0, 0, 0], [1, 1, 5]), [0, 1, 2, 3, 4].map((d) => Math.exp(-d / 2)), 1e-6); // biome-ignore format: one line
      const picture = group(gridLayout(2)).gate;
      const own = [0, 1, 1, 2].map((d) => Math.exp(-d / 2));
      assertClose(tf.slice(picture, [0, 1, 0], [1, 1, 5]), [1, ...own], 1e-6);
      assertClose(tf.slice(picture, [0, 0, 0], [1, 1, 5]), [1, 1, 1, 1, 1], 1e-6, 'class token');
      const grad = tf.variableGrads(() => tf.sum(group(gridLayout(2)).gate)).grads;
      assert.ok(Object.values(grad)[0].dataSync()[0] > 0);
      disposeParameters(parameters);
    });
  });

  it('leave gradients finite where links are next to 0 or 1', () => {
    tf.tidy(() => {
      for (const sharpness of [0, 1e3, 1e5]) {
        const loss = (scores: tf.Tensor) => {
          const lower = linksOfScores(tf.mul(scores, sharpness) as tf.Tensor3D, layout);
          const links = growLinks(lower, lower);
          return tf.sum(layout.distances(links.map((link) => tf.neg(tf.log(tf.add(link, 1e-9))))));
        };
        const layout = gridLayout(3);
        const grad = tf.grad(loss)(tf.randomNormal([1, 9, 9], 0, 1, 'float32', 2));
        assert.ok(grad.dataSync().every(Number.isFinite), `scores times ${sharpness}`);
      }
    });
  });

  it('leave a text of one token alone', () => {
    tf.tidy(() => assertClose(gateOf(chainLayout(Int32Array.of(1), 1), [tf.zeros([1, 0])]), [1]));
  });
});
