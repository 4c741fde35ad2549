import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, gelu, startEngine } from '../../src/engine';
import {
  chainLayout,
  checkGrouping,
  disposeParameters,
  type Grouping,
  type GroupingConfig,
  gridLayout,
  groupTokens,
  growLinks,
  initialiseGrouping,
  initialiser,
  initialiseTransformer,
  type Links,
  linksOfScores,
  type Parameters,
  residualBlock,
  scopeOf,
  selfAttention,
  type TokenLayout,
  transformer,
  withRecomputation,
} from '../../src/nn';
import { assertClose, golden } from '../golden/compare';

const file = golden('grouping.safetensors');
const valuesOf = (name: string) => file.get(name)!.data;
const tensorOf = (name: string) => {
  const { data, shape } = file.get(name)!;
  return tf.tensor<tf.Rank>(data, shape) as tf.Tensor3D;
};

/** The parameters of a part of the known answers, as variables. */
function stateOf(part: string): Parameters {
  const prefix = `${part}.state.`;
  const names = [...file.keys()].filter((name) => name.startsWith(prefix));
  return new Map(names.map((name) => [name.slice(prefix.length), tf.variable(tensorOf(name))]));
}

/** C of given links. */
function gateOf(layout: TokenLayout, links: readonly tf.Tensor[]): tf.Tensor3D {
  return tf.exp(tf.neg(layout.distances(links.map((link) => tf.neg(tf.log(tf.add(link, 1e-9)))))));
}

const chain = (...links: number[]) => [tf.tensor2d([links])];

describe('grouping, against known answers', () => {
  const cases: { part: string; scale?: number; layout: () => TokenLayout; links: string[] }[] = [
    {
      part: 'text',
      scale: 1 / 16,
      layout: () => chainLayout(valuesOf('text.lengths') as Int32Array, 6),
      links: ['links'],
    },
    { part: 'image', layout: () => gridLayout(3), links: ['horizontal', 'vertical'] },
  ];
  before(() => startEngine());

  for (const { part, scale, layout, links } of cases) {
    /** Both layers of grouping over the same tokens. */
    function groupTwice(x: tf.Tensor3D, states: Parameters[], config: Partial<GroupingConfig> = {}) {
      const grouping: Grouping = { config: { links: 'learned', scale, ...config }, layout: layout() };
      const lower = groupTokens(x, scopeOf(states[0]), grouping, 0);
      return [lower, groupTokens(x, scopeOf(states[1]), grouping, 1, lower.links)];
    }

    it(`gives the links and groups of ${part}s`, () => {
      tf.tidy(() => {
        const x = tensorOf(`${part}.x`);
        const states = [0, 1].map((layer) => stateOf(`${part}.${layer}`));
        groupTwice(x, states).forEach(({ gate, links: found }, layer) => {
          assertClose(gate, valuesOf(`${part}.${layer}.gate`), 1e-5, `gate of layer ${layer}`);
          links.forEach((name, i) => {
            assertClose(found![i], valuesOf(`${part}.${layer}.${name}`), 1e-5, `${name} of layer ${layer}`);
          });
        });
        groupTwice(x, states, { selfWeight: 'tiny' }).forEach(({ gate }, layer) => {
          assertClose(gate, valuesOf(`${part}.${layer}.tiny`), 1e-5, `tiny diagonal of layer ${layer}`);
        });
        for (const state of states) disposeParameters(state);
      });
    });

    it(`gives the gradients of ${part}s, through both layers`, () => {
      tf.tidy(() => {
        const states = [0, 1].map((layer) => stateOf(`${part}.${layer}`));
        const x = tf.variable(tensorOf(`${part}.x`));
        const probes = tf.unstack(tensorOf(`${part}.probe`));
        const variables = [x, ...states.flatMap((state) => [...state.values()])];
        const { grads } = tf.variableGrads(() => {
          const gates = groupTwice(x as tf.Tensor3D, states).map(({ gate }) => gate);
          return tf.addN(gates.map((gate, i) => tf.sum(tf.mul(gate, probes[i])))) as tf.Scalar;
        }, variables);
        assertClose(grads[x.name], valuesOf(`${part}.grad.x`), 1e-5, 'gradient of x');
        states.forEach((state, layer) => {
          for (const [name, variable] of state) {
            assertClose(grads[variable.name], valuesOf(`${part}.${layer}.grad.${name}`), 1e-5, name);
          }
          disposeParameters(state);
        });
        x.dispose();
      });
    });
  }

  it('gates a residual block, gradients included', () => {
    tf.tidy(() => {
      const state = stateOf('block');
      const [x, gate] = ['image.x', 'image.1.gate'].map((name) => tf.variable(tensorOf(name)));
      const leaves = new Map([['x', x], ['gate', gate], ...state]); // biome-ignore format: one line
      const out = () =>
        residualBlock(x as tf.Tensor3D, scopeOf(state), 2, gelu, { gate: gate as tf.Tensor3D });
      assertClose(out(), valuesOf('block.out'), 1e-5, 'output');
      const loss = () => tf.sum(tf.mul(out(), tensorOf('block.probe'))) as tf.Scalar;
      const { grads } = tf.variableGrads(loss, [...leaves.values()]);
      for (const [name, variable] of leaves) {
        assertClose(grads[variable.name], valuesOf(`block.grad.${name}`), 1e-5, name);
      }
      disposeParameters(state);
      tf.dispose([x, gate]);
    });
  });
});

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

describe('gated attention', () => {
  let parameters: Parameters;
  before(async () => {
    await startEngine();
    parameters = new Map();
    const init = initialiser(parameters, createRandom(4));
    init.normal('in_proj_weight', [12, 4], 0.7);
    init.normal('in_proj_bias', [12], 0.3);
    init.linear('out_proj', 4, 4);
  });
  after(() => disposeParameters(parameters));

  it('is ordinary attention where all links are 1', () => {
    tf.tidy(() => {
      const x = tf.randomNormal([2, 9, 4], 0, 1, 'float32', 1) as tf.Tensor3D;
      const gate = gateOf(gridLayout(3), [tf.ones([2, 3, 2]), tf.ones([2, 2, 3])]);
      const scope = scopeOf(parameters);
      const plain = selfAttention(x, scope, 2).dataSync();
      assertClose(selfAttention(x, scope, 2, undefined, gate), plain, 1e-6);
    });
  });

  it('sees nothing but the token itself where all are 0, by its share', () => {
    tf.tidy(() => {
      const x = tf.randomNormal([1, 3, 4], 0, 1, 'float32', 1) as tf.Tensor3D;
      const gate = gateOf(chainLayout(Int32Array.of(3), 3), [tf.zeros([1, 2])]);
      assertClose(gate, tf.eye(3).dataSync(), 1e-9);
      const other = tf.add(x, tf.tensor3d([0, 0.5, 0], [1, 3, 1])) as tf.Tensor3D;
      const value = (x: tf.Tensor3D) => tf.slice(selfAttention(x, scopeOf(parameters), 1, undefined, gate), [0, 0, 0], [1, 1, 4]); // biome-ignore format: one line
      const base = parameters.get('out_proj.bias')!.dataSync();
      const [a, b] = [x, other].map((x) => Array.from(value(x).dataSync(), (v, i) => v - base[i]));
      const ratio = a[0] / b[0]; // the other's embedding changes the share, not the direction
      assert.ok(Math.abs(ratio - 1) > 0.01);
      assertClose(a, b.map((v) => v * ratio)); // biome-ignore format: one line
    });
  });
});

describe('a stack of blocks with grouping', () => {
  const shape = { width: 8, layers: 3, heads: 2, grouping: { links: 'learned' } as GroupingConfig };
  let parameters: Parameters;
  before(async () => {
    await startEngine();
    parameters = new Map();
    initialiseTransformer(initialiser(parameters, createRandom(3)), 'transformer', shape);
  });
  after(() => disposeParameters(parameters));

  const run = (x: tf.Tensor3D, watch?: (links: Links) => void) => {
    const grouping = { config: shape.grouping, layout: gridLayout(3), watch };
    return transformer(x, scopeOf(parameters).at('transformer'), shape, gelu, undefined, grouping);
  };

  it('hands links from block to block: they never get weaker', () => {
    tf.tidy(() => {
      const seen: Links[] = [];
      run(tf.randomNormal([2, 10, 8], 0, 1, 'float32', 1), (links) => seen.push(links));
      assert.equal(seen.length, 3);
      for (const [lower, upper] of [seen.slice(0, 2), seen.slice(1)]) {
        lower.forEach((links, i) => {
          const growth = tf.sub(upper[i], links).dataSync();
          assert.ok(growth.every((value) => value >= 0) && growth.some((value) => value > 0.01));
        });
      }
    });
  });

  it('gives the same gradients when blocks are recomputed, and leaves nothing behind', () => {
    const before = tf.memory().numTensors;
    const passes = [false, true].map((enabled) => {
      const x = tf.randomNormal([2, 10, 8], 0, 1, 'float32', 1) as tf.Tensor3D;
      const loss = () => tf.mean(tf.square(tf.sub(run(x), 1))) as tf.Scalar;
      const { value, grads } = withRecomputation(enabled, () =>
        tf.variableGrads(loss, [...parameters.values()]),
      );
      const values = [...parameters.values()].map(({ name }) => grads[name].dataSync());
      tf.dispose([x, value, grads]);
      return values;
    });
    [...parameters.keys()].forEach((name, i) => {
      const [kept, again] = passes.map((values) => values[i]);
      assert.ok(kept.some((value) => Math.abs(value) > 1e-9) || name.endsWith('linear_key.bias'), name);
      assertClose(again, kept, 1e-6, name);
    });
    assert.equal(tf.memory().numTensors, before);
  });

  it('changes no other parameter by its own', () => {
    const plain: Parameters = new Map();
    const { grouping: _, ...rest } = shape;
    initialiseTransformer(initialiser(plain, createRandom(3)), 'transformer', rest);
    const added = [...parameters.keys()].filter((name) => !plain.has(name));
    assert.equal(added.length, 3 * 6);
    assert.ok(added.every((name) => /^transformer\.resblocks\.\d\.group_attn\./.test(name)));
    for (const [name, variable] of plain) {
      assert.deepEqual(variable.dataSync(), parameters.get(name)!.dataSync(), name);
    }
    disposeParameters(plain);
  });
});

describe('checkGrouping', () => {
  it('says what does not fit', () => {
    checkGrouping({ links: 'learned', scale: 1 / 256 });
    assert.throws(() => checkGrouping({ links: 'learned', scale: 0 }), /above zero, got 0/);
    assert.throws(() => checkGrouping({ links: 'distance', scale: 1 }), /no scale where links are distances/);
  });
});
