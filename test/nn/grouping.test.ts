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
  initialiser,
  initialiseTransformer,
  type Links,
  linearLayer,
  type Parameters,
  residualBlock,
  type Scope,
  scopeOf,
  selfAttention,
  type TokenLayout,
  transformer,
  withRecomputation,
} from '../../src/nn';
import { assertClose, golden } from '../golden/compare';
import { attentionWeights } from './attentionWeights';

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
        residualBlock(
          x as tf.Tensor3D,
          scopeOf(state),
          { heads: 2, activation: gelu },
          { gate: gate as tf.Tensor3D },
        );
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

/** Gated attention with its last bias. `[batch, tokens, width]` */
function attend(x: tf.Tensor3D, scope: Scope, heads: number, gate?: tf.Tensor3D): tf.Tensor3D {
  const [, tokens, width] = x.shape;
  const mixed = selfAttention(
    tf.reshape(x, [-1, width]),
    attentionWeights(scope),
    { tokens, heads },
    { gate },
  );
  return tf.reshape(linearLayer(mixed, scope, 'out_proj'), x.shape);
}

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
      const plain = attend(x, scope, 2).dataSync();
      assertClose(attend(x, scope, 2, gate), plain, 1e-6);
    });
  });

  it('sees nothing but the token itself where all are 0, by its share', () => {
    tf.tidy(() => {
      const x = tf.randomNormal([1, 3, 4], 0, 1, 'float32', 1) as tf.Tensor3D;
      const gate = gateOf(chainLayout(Int32Array.of(3), 3), [tf.zeros([1, 2])]);
      assertClose(gate, tf.eye(3).dataSync(), 1e-9);
      const other = tf.add(x, tf.tensor3d([0, 0.5, 0], [1, 3, 1])) as tf.Tensor3D;
      const value = (x: tf.Tensor3D) => tf.slice(attend(x, scopeOf(parameters), 1, gate), [0, 0, 0], [1, 1, 4]); // biome-ignore format: one line
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
    return transformer(x, scopeOf(parameters).at('transformer'), shape, gelu, { grouping });
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
