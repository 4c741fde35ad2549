import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { type Clip, type ClipConfig, createClip } from '../../src/models';
import { disposeParameters, trainable } from '../../src/nn';
import {
  type AlipOptions,
  alipObjective,
  cachedGradients,
  clipObjective,
  createObjective,
  dalipObjective,
  type Embeddings,
  type GradientProblem,
  type LossAndGradients,
  type Objective,
  pictureData,
  type Recipe,
  readObjective,
  type StepReport,
  startTraining,
  type TextQueueState,
  type TrainingBatch,
  toTrainingConfig,
  trainSteps,
  wholeGradients,
  withParts,
} from '../../src/training';
import { assertClose } from '../golden/compare';
import { disposeTraining, TINY, TINY_RECIPE, tinyPictures, tinyTokenizer } from '../tiny';

const BATCH_SIZE = 8;
const PICTURES = tinyPictures(20);

/** With heads but without batch norm. */
const UNREDUCED: ClipConfig = { ...TINY, secondOrder: { heads: 2, dropout: 0.5 } };

const dataFor = ({ needs }: Pick<Objective, 'needs'>) =>
  pictureData(PICTURES, tinyTokenizer(), {
    batchSize: BATCH_SIZE,
    seed: 0,
    imageSize: TINY.vision.imageSize,
    textOf: (index) => PICTURES.texts[index][0],
    captionOf: (index) => PICTURES.texts[index][1],
    needs,
  });
const data = dataFor({});

const alip = (options: AlipOptions) => () => alipObjective({ historyStart: 'firstBatch', ...options });

const CASES: [string, () => Objective, ClipConfig][] = [
  ['CLIP', clipObjective, TINY],
  ['ALIP', alip({}), TINY],
  ['ALIP from a history of ones', alip({ historyStart: 'one' }), TINY],
  ['ALIP as in the paper', alip({ variant: 'paper' }), TINY],
  ['ALIP with shuffled weights', alip({ gates: { placebo: 'shuffled' } }), TINY],
  ['both texts without gates', alip({ gated: false }), TINY],
  ['DALIP without batch norm', dalipObjective, { ...UNREDUCED, secondOrder: { heads: 2, dropout: 0 } }],
];

/** Patches enough for groups; texts of different lengths, so that chunks are trimmed differently. */
const SMALL: ClipConfig = { ...TINY, vision: { ...TINY.vision, patchSize: 4 } };

/** A comparison system as a configuration gives it. */
function system(label: string, value: unknown): [string, () => Objective, ClipConfig] {
  const config = readObjective(value, 'objective', SMALL);
  const model = withParts(SMALL, config);
  return [label, () => createObjective(config, model), model];
}

const SMALL_QUEUE = { queueSize: 10, head: { hidden: 8, bottleneck: 4 } };
const SYSTEMS = [
  system('SLIP', { name: 'slip', head: { hidden: 8, output: 4 } }),
  system('FILIP', { name: 'filip', width: 8 }),
  system('FILIP with kept tokens', { name: 'filip', width: 8, keep: { count: 3 } }),
  system('DeCLIP', { name: 'declip', ...SMALL_QUEUE }),
  system('DeCLIP on whole texts', { name: 'declip', ...SMALL_QUEUE, contrastText: 'whole' }),
  system('DeCLIP without a signal', {
    name: 'declip',
    queueSize: 10,
    weights: { imageSelf: 0, textSelf: 0 },
  }),
  system('DeFILIP', { name: 'defilip', ...SMALL_QUEUE, tokenWidth: 8 }),
  system('UniCLIP', 'uniclip'),
  system('HiCLIP', 'hiclip'),
  system('HiDeCLIP', { name: 'hideclip', ...SMALL_QUEUE }),
  system('CLIP on several sights', 'multi-view'),
];

/** Largest difference of two tensors over the larger one's largest value. */
function distance(a: tf.Tensor, b: tf.Tensor): number {
  const [x, y] = [[...a.dataSync()], [...b.dataSync()]];
  const size = Math.max(1e-6, ...x.map(Math.abs), ...y.map(Math.abs));
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i])), 0) / size;
}

/** The roots in distance covariance make rounding larger: up to 1.2e-5 has been seen, depending on the processor. */
const TOLERANCES: Record<string, number> = { 'DALIP without batch norm': 2e-5 };

/** Batch norm over the eight pairs makes rounding larger: up to 1.6e-5 has been seen. */
const SYSTEMS_TOLERANCE = 3e-5;

/** What has no influence, so that its gradient is rounding alone: it moves what a softmax or a batch norm levels out. */
const WITHOUT_INFLUENCE = /(group_attn\.linear_key|simclr\.layer[12]|simsiam\..*(linear\d|bn3))\.bias$/;

/** What a forward pass in training changes. */
const buffersOf = ({ parameters }: Clip) =>
  new Map([...parameters].filter(([, { trainable }]) => !trainable).map(([name, value]) => [name, value]));

const queueRows = (state: unknown) => (state as TextQueueState).rows;

function assertSame(found: LossAndGradients, expected: LossAndGradients, tolerance = 1e-5): void {
  const loss = distance(found.loss, expected.loss);
  assert.ok(loss < tolerance, `the loss differs by ${loss}`);
  assert.deepEqual([...found.gradients.keys()], [...expected.gradients.keys()]);
  for (const [name, gradient] of expected.gradients) {
    if (WITHOUT_INFLUENCE.test(name)) continue;
    const off = distance(found.gradients.get(name)!, gradient);
    assert.ok(off < tolerance, `the gradient of ${name} differs by ${off}`);
  }
}

describe('cachedGradients', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  /** The first step's problem, with an objective of its own. */
  function problemOf(make: () => Objective, config: ClipConfig, batch: TrainingBatch) {
    const model = createClip(config, 0);
    const objective = make();
    const random = () => createRandom('step');
    const problem: GradientProblem = {
      batch,
      encode: (pairs, part) =>
        objective.encode(model, pairs, { training: true, random: random().fork(`part ${part ?? 0}`) }),
      lossOf: (embeddings) => objective.lossOf(embeddings, model, { training: true, random: random() }).loss,
      parameters: new Map(
        [...trainable(model.parameters)].filter(([name]) => objective.trains?.(name) ?? true),
      ),
    };
    return { problem, objective, model };
  }

  for (const [name, make, config] of CASES) {
    it(`gives loss, gradients and memory of the whole batch: ${name}`, async () => {
      const batch = await data.batch(0);
      const whole = problemOf(make, config, batch);
      const expected = wholeGradients(whole.problem);
      for (const chunk of [1, 3]) {
        const { problem, objective } = problemOf(make, config, batch);
        assertSame(cachedGradients(problem, chunk), expected, TOLERANCES[name]);
        const [found, kept] = [objective, whole.objective].map((method) => method.getState?.());
        for (const [key, value] of Object.entries((kept ?? {}) as Record<string, number>))
          assert.ok(Math.abs((found as Record<string, number>)[key] - value) < 1e-5, key);
      }
    });
  }

  for (const [name, make, config] of SYSTEMS) {
    it(`gives loss, gradients, running statistics and queue of the whole batch: ${name}`, async () => {
      const batch = await dataFor(make()).batch(0);
      const whole = problemOf(make, config, batch);
      const expected = wholeGradients(whole.problem);
      const [kept, state] = [buffersOf(whole.model), whole.objective.getState?.()];
      for (const chunk of [2, 3]) {
        const { problem, objective, model } = problemOf(make, config, batch);
        assertSame(cachedGradients(problem, chunk), expected, SYSTEMS_TOLERANCE);
        for (const [name, value] of buffersOf(model))
          assert.ok(distance(value, kept.get(name)!) < 1e-5, name);
        if (state) assertClose(tf.tensor1d(queueRows(objective.getState!())), queueRows(state));
        objective.dispose?.();
      }
      whole.objective.dispose?.();
    });
  }

  it('draws the same dropout when it embeds a chunk again', async () => {
    const batch = await data.batch(0);
    const { problem } = problemOf(dalipObjective, UNREDUCED, batch);
    const rows = (from: number) => ({
      keys: batch.keys.slice(from, from + 4),
      images: tf.slice(batch.images, from, 4),
      texts: tinyTokenizer().tokenize(
        batch.keys.slice(from, from + 4).map((key) => PICTURES.texts[PICTURES.keys.indexOf(key)][0]),
      ),
    });
    const halves = (): Embeddings => {
      const [a, b] = [problem.encode(rows(0), 0), problem.encode(rows(4), 1)];
      return Object.fromEntries(Object.keys(a).map((key) => [key, tf.concat([a[key], b[key]])]));
    };
    const expected = wholeGradients({ ...problem, encode: halves });
    assertSame(cachedGradients(problem, 4), expected);
    const other = wholeGradients({ ...problem, encode: (pairs) => problem.encode(pairs, 7) });
    assert.ok(distance(other.loss, expected.loss) > 1e-4, 'without an influence the test shows nothing');
  });

  it('needs the memory of a chunk only', async () => {
    const config: ClipConfig = {
      ...TINY,
      vision: { ...TINY.vision, patchSize: 2, layers: 3 },
      text: { ...TINY.text, layers: 3 },
    };
    const large = pictureData(tinyPictures(64), tinyTokenizer(), {
      batchSize: 64,
      seed: 0,
      imageSize: TINY.vision.imageSize,
    });
    const { problem } = problemOf(clipObjective, config, await large.batch(0));
    const peakOf = async (compute: () => LossAndGradients) => {
      const before = tf.memory().numBytes;
      return (await tf.profile(() => compute().loss)).peakBytes - before;
    };
    const whole = await peakOf(() => wholeGradients(problem));
    const cached = await peakOf(() => cachedGradients(problem, 8));
    assert.ok(cached < whole / 4, `${cached} bytes instead of ${whole}`);
  });
});

describe('a recipe with chunks', () => {
  before(() => startEngine());

  async function train(
    objective: Objective,
    config: ClipConfig,
    recipe: Partial<Recipe>,
  ): Promise<{ reports: StepReport[]; tensors: Set<number> }> {
    const training = startTraining(createClip(config, 0), objective, {
      ...TINY_RECIPE,
      learningRate: 1e-3,
      batchSize: BATCH_SIZE,
      steps: 4,
      ...recipe,
    });
    const reports: StepReport[] = [];
    const tensors = new Set<number>();
    for await (const report of trainSteps(training, dataFor(objective))) {
      reports.push(report);
      tensors.add(tf.memory().numTensors);
    }
    disposeTraining(training);
    return { reports, tensors };
  }

  for (const [name, make, config] of CASES.filter(([name]) => ['CLIP', 'ALIP'].includes(name))) {
    it(`takes the same steps: ${name}`, async () => {
      const { reports: whole } = await train(make(), config, {});
      for (const recipe of [{ chunk: 3 }, { chunk: 3, recompute: true }]) {
        const { reports, tensors } = await train(make(), config, recipe);
        reports.forEach(({ loss, gradientNorm, logitScale, metrics }, step) => {
          const expected = whole[step];
          const near = (a: number, b: number, what: string) =>
            assert.ok(Math.abs(a - b) < 1e-4 * Math.max(1, Math.abs(b)), `${what}, step ${step}: ${a}, ${b}`);
          near(loss, expected.loss, 'loss');
          near(gradientNorm, expected.gradientNorm, 'gradient norm');
          near(logitScale, expected.logitScale, 'scale');
          for (const [key, value] of Object.entries(expected.metrics)) near(metrics[key], value, key);
        });
        assert.equal(tensors.size, 1, `tensors after each step: ${[...tensors]}`);
      }
    });
  }

  for (const [name, make, config] of SYSTEMS) {
    it(`takes the same steps, recomputed or not, and leaves no tensors: ${name}`, async () => {
      const { reports: whole } = await train(make(), config, {});
      const { reports, tensors } = await train(make(), config, { chunk: 3, recompute: true });
      reports.forEach(({ loss }, step) => {
        const expected = whole[step].loss;
        assert.ok(Math.abs(loss - expected) < 1e-3, `step ${step}: ${loss}, ${expected}`);
      });
      assert.equal(tensors.size, 1, `tensors after each step: ${[...tensors]}`);
    });
  }

  it('is the plain one, to the last bit, where a chunk holds the batch', async () => {
    const losses = async (recipe: Partial<Recipe>) =>
      (await train(dalipObjective(), UNREDUCED, recipe)).reports.map(({ loss }) => loss);
    assert.deepEqual(await losses({ chunk: BATCH_SIZE }), await losses({}));
    assert.notDeepEqual(await losses({ chunk: BATCH_SIZE - 1 }), await losses({}));
  });

  it('refuses batch norm, in a configuration and in code', () => {
    const model = createClip({ ...TINY, secondOrder: { heads: 2, reduced: 4, dropout: 0 } }, 0);
    assert.throws(() => startTraining(model, dalipObjective(), { ...TINY_RECIPE, chunk: 2 }), {
      message:
        'Expected a model whose pairs are embedded one by one for a recipe with "chunk", but ' +
        '"visual.vbdc.conv_dr_block.1.running_mean" belongs to a batch norm, which looks at the whole batch; leave ' +
        '"chunk" out.',
    });
    disposeParameters(model.parameters);
    const settings = { name: 'x', data: { folder: 'a' }, recipe: { chunk: 32 } };
    assert.throws(() => toTrainingConfig({ ...settings, objective: 'dalip' }), {
      message:
        'recipe.chunk: expected second-order heads without "reduced": their batch norm looks at the whole batch; ' +
        'leave "chunk" out.',
    });
    assert.equal(toTrainingConfig({ ...settings, objective: 'alip' }).recipe.chunk, 32);

    assert.equal(toTrainingConfig({ ...settings, objective: 'dalip', model: UNREDUCED }).recipe.chunk, 32);
  });
});
