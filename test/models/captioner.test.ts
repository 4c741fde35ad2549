import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { captionDistillation, captionLoss } from '../../src/losses';
import {
  type Captioner,
  type CaptionerConfig,
  captionStates,
  channelGate,
  chooseRows,
  conceptEmbeddings,
  createCaptioner,
  gateGrid,
  LIGHTCAP,
  predictTokens,
  predictWithHead,
  prefixMask,
  readPrefix,
  readToken,
} from '../../src/models';
import { disposeParameters, scopeOf, trainable } from '../../src/nn';
import { assertClose, assertCloseInScale, golden } from '../golden/compare';
import { assertGradients, fillByFormula } from '../golden/formula';

const GOLDEN: CaptionerConfig = {
  gridWidth: 12,
  width: 16,
  layers: 2,
  heads: 4,
  vocabSize: 40,
  contextLength: 8,
  conceptTokens: true,
  gate: { hidden: 5 },
  predictionHeads: 3,
};
const ARMS = {
  grid: { conceptTokens: false, gate: undefined },
  concepts: { gate: undefined },
  gated: {},
} satisfies Record<string, Partial<CaptionerConfig>>;
type Arm = keyof typeof ARMS;
const CONCEPTS = [
  [[7], [8, 9]],
  [[10, 11, 12], [13]],
  [[14], [7]],
];
const ROWS = 3;
const LENGTH = 5;

describe('the captioner', () => {
  const file = golden('captioner.safetensors');
  const stored = (name: string) => file.get(name)!.data;
  const captions = Array.from({ length: ROWS }, (_, row) =>
    Array.from(stored('captions').subarray(row * (LENGTH + 1), (row + 1) * (LENGTH + 1))),
  );
  /** Places of real next tokens among the states, and what comes next there. */
  const real = captions.flatMap((ids, row) =>
    ids.slice(1).flatMap((target, place) => (target === 0 ? [] : [{ at: row * LENGTH + place, target }])),
  );
  const tokens = () =>
    tf.tensor2d(
      captions.map((ids) => ids.slice(0, LENGTH)),
      [ROWS, LENGTH],
      'int32',
    );
  const input = () => ({ grid: tf.tensor3d(stored('grid') as Float32Array, [3, 4, 12]), concepts: CONCEPTS });

  before(() => startEngine());

  function withModel(
    arm: Arm,
    act: (model: Captioner) => void,
    changes: Partial<CaptionerConfig> = {},
  ): void {
    const model = createCaptioner({ ...GOLDEN, ...ARMS[arm], ...changes }, 0);
    fillByFormula(model.parameters);
    try {
      tf.tidy(() => act(model));
    } finally {
      disposeParameters(model.parameters);
    }
  }

  const flat = (states: tf.Tensor3D) => tf.reshape(states, [-1, states.shape[2]]) as tf.Tensor2D;
  const logitsOf = (model: Captioner) => predictTokens(model, flat(captionStates(model, input(), tokens())));
  const atReal = (logits: tf.Tensor2D) =>
    tf.gather(
      logits,
      tf.tensor1d(
        real.map(({ at }) => at),
        'int32',
      ),
    );
  const lossOf = (model: Captioner) =>
    captionLoss(
      atReal(logitsOf(model)),
      real.map(({ target }) => target),
    );

  for (const arm of Object.keys(ARMS) as Arm[]) {
    it(`says and loses what PyTorch's transformer does: ${arm}`, () => {
      withModel(arm, (model) => {
        const states = captionStates(model, input(), tokens());
        assertCloseInScale(states, stored(`${arm}.states`), 1e-5, 'states');
        assertCloseInScale(predictTokens(model, flat(states)), stored(`${arm}.logits`), 1e-5, 'logits');
        assertClose(lossOf(model), stored(`${arm}.loss`), 1e-5, 'loss');
      });
    });
  }

  it('has the same gradient of every parameter, the gate and the shared table included', () => {
    withModel('gated', (model) => {
      const parameters = trainable(model.parameters);
      const { grads } = tf.variableGrads(() => lossOf(model), [...parameters.values()]);
      const gradients = [...parameters].map(([name, { name: id }]) => [name, grads[id]] as const);
      assertGradients(new Map(gradients), file, 'gated');
    });
  });

  it('computes the gate of the formula', () => {
    withModel('gated', ({ parameters }) => {
      const scope = scopeOf(parameters);
      const e = tf.mean(conceptEmbeddings(scope('token_embedding.weight'), CONCEPTS), 1) as tf.Tensor2D;
      assertClose(channelGate(e, scope.at('modulator')), stored('gated.gate'), 1e-5);
    });
  });

  it('opens every channel half with weights of zero, and wholly with very large ones; all cells alike', () => {
    withModel('gated', ({ parameters }) => {
      const scope = scopeOf(parameters).at('modulator');
      const { grid } = input();
      const e = tf.ones([3, 2, 16]) as tf.Tensor3D;
      scope('w1.weight').assign(tf.zeros([5, 16]));
      assertClose(gateGrid(grid, e, scope), tf.mul(grid, 0.5).dataSync(), 1e-7, 'half');
      scope('w1.weight').assign(tf.ones([5, 16]));
      scope('w2.weight').assign(tf.fill([12, 5], 10));
      assertClose(gateGrid(grid, e, scope), grid.dataSync(), 1e-7, 'whole');
      const same = gateGrid(tf.ones([3, 4, 12]), e, scope);
      assert.equal(tf.max(tf.sub(tf.max(same, 1), tf.min(same, 1))).dataSync()[0], 0);
    });
  });

  it("has a gate of 92,040 weights at LightCap's sizes", () => {
    const { parameters } = createCaptioner({ ...LIGHTCAP, vocabSize: 10 }, 0);
    const weights = scopeOf(parameters)
      .at('modulator')
      .all()
      .reduce((sum, { size }) => sum + size, 0);
    disposeParameters(parameters);
    assert.equal(weights, 92_040);
  });

  it('does not let a token see what comes behind it', () => {
    withModel('gated', (model) => {
      const changed = captions.map((ids) => [...ids.slice(0, 3), 39, 38]);
      const [first, second] = [tokens(), tf.tensor2d(changed, [ROWS, LENGTH], 'int32')].map((ids) =>
        captionStates(model, input(), ids).arraySync(),
      );
      for (let row = 0; row < ROWS; row++) {
        assert.deepEqual(second[row].slice(0, 3), first[row].slice(0, 3));
        assert.notDeepEqual(second[row][3], first[row][3]);
      }
    });
  });

  it('lets the prefix see all of itself and no caption', () => {
    const open = tf.tidy(() => tf.equal(prefixMask(2, 2), 0).arraySync());
    assert.deepEqual(open, [
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [1, 1, 1, 0],
      [1, 1, 1, 1],
    ]);
  });

  it('averages heads: the mean of all, and with equal heads any one of them', () => {
    withModel('gated', (model) => {
      const states = flat(captionStates(model, input(), tokens()));
      const each = [0, 1, 2].map((head) => predictWithHead(model, states, head));
      assertCloseInScale(predictTokens(model, states), tf.div(tf.addN(each), 3).dataSync(), 1e-5);
      const scope = scopeOf(model.parameters).at('heads');
      for (const name of ['dense.weight', 'dense.bias', 'ln.weight', 'ln.bias', 'bias']) {
        for (const head of [1, 2]) scope.at(head)(name).assign(scope.at(0)(name));
      }
      assertCloseInScale(predictTokens(model, states), each[0].dataSync(), 1e-5);
    });
  });

  it('reads token by token what it reads at once, for any choice of rows', () => {
    withModel('gated', (model) => {
      const whole = captionStates(model, input(), tokens()).arraySync();
      let memory = readPrefix(model, input(), 2);
      const rows = [4, 1, 0, 3];
      for (let place = 0; place < LENGTH; place++) {
        const count = place < 2 ? 6 : rows.length;
        const pictureOf = (row: number) => Math.floor((place < 2 ? row : rows[row]) / 2);
        const next = Array.from({ length: count }, (_, row) => captions[pictureOf(row)][place]);
        const read = readToken(model, memory, next);
        read.states.arraySync().forEach((state, row) => {
          assertClose(state, whole[pictureOf(row)][place], 2e-6, `row ${row}, place ${place}`);
        });
        memory = place === 1 ? chooseRows(read.memory, rows) : read.memory;
      }
    });
  });

  it('starts a parameter alike whatever parts stand beside it', () => {
    const [grid, gated] = (['grid', 'gated'] as const).map((arm) =>
      createCaptioner({ ...GOLDEN, ...ARMS[arm] }, 3),
    );
    assert.ok(!grid.parameters.has('modulator.w1.weight'));
    for (const [name, variable] of grid.parameters) {
      assert.deepEqual(variable.dataSync(), gated.parameters.get(name)!.dataSync(), name);
    }
    for (const model of [grid, gated]) disposeParameters(model.parameters);
  });

  it('refuses sizes that do not fit and unequal numbers of concepts', () => {
    assert.throws(
      () => createCaptioner({ ...GOLDEN, heads: 3 }, 0),
      /divides into its heads, but got 16 and 3/,
    );
    assert.throws(() => conceptEmbeddings(tf.zeros([4, 2]), [[[1]], []]), /but got 1, 0; retrieve/);
  });

  describe('losses', () => {
    it('measure the distance of two models as PyTorch does, and none from itself', () => {
      let student!: tf.Tensor2D;
      withModel('grid', (model) => {
        student = tf.keep(atReal(logitsOf(model)) as tf.Tensor2D);
      });
      withModel('gated', (model) => {
        const teacher = atReal(logitsOf(model)) as tf.Tensor2D;
        const distance = captionDistillation(student, teacher);
        // A difference of logarithms around 3.7 in single precision, summed to a number of 5e-4.
        assertClose(distance, stored('kl'), 1e-7, 'KL');
        assertClose(captionDistillation(teacher, teacher), [0], 1e-9, 'KL of itself');
        const towards = tf.grad((x) => captionDistillation(x as tf.Tensor2D, teacher))(student);
        const expected = tf.div(tf.sub(tf.softmax(student), tf.softmax(teacher)), student.shape[0]);
        assertCloseInScale(towards, expected.dataSync(), 1e-3, 'its gradient');
      });
      student.dispose();
    });

    it('refuse rows without a next token', () => {
      assert.throws(() => captionLoss(tf.zeros([2, 3]), [1]), /one next token for each of 2 rows, but got 1/);
    });
  });
});
