import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/engine';
import { createClip } from '../../../src/models';
import { clipObjective, slipObjective, withSimclr } from '../../../src/training';
import { assertClose } from '../../golden/compare';
import { TINY } from '../../tiny';
import { norm, SIMCLR, smallBatch, tryOut } from './small';

describe('slipObjective', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const config = withSimclr(TINY, SIMCLR);

  it('is CLIP to rounding where self-supervision counts nothing, and leaves its head alone', async () => {
    const objective = slipObjective({ weight: 0 });
    const batch = await smallBatch(objective.needs);
    const slip = tryOut(objective, config, batch);
    const clip = tryOut(clipObjective(), TINY, batch);
    // CLIP computes one token only in the last block, SLIP all of them.
    assertClose([slip.value], [clip.value], 1e-6);
    for (const [name, gradient] of clip.gradients) {
      assertClose(slip.gradients.get(name)!, gradient.dataSync(), 1e-6, name);
    }
    for (const [name, gradient] of slip.gradients) {
      if (name.startsWith('auxiliary.')) assert.equal(norm(gradient), 0, name);
    }
  });

  it('adds λ times SimCLR’s loss to CLIP’s', async () => {
    const batch = await smallBatch(slipObjective().needs);
    for (const weight of [0.5, 1, 3]) {
      const { value, metrics } = tryOut(slipObjective({ weight }), config, batch);
      assert.ok(Math.abs(value - (metrics.lossContrast + weight * metrics.lossImageSelf)) < 1e-5 * value);
    }
  });

  it('teaches the text tower what CLIP teaches it, whatever λ', async () => {
    const batch = await smallBatch(slipObjective().needs);
    const [one, four] = [1, 4].map((weight) => tryOut(slipObjective({ weight }), config, batch));
    for (const name of ['text_projection', 'token_embedding.weight', 'ln_final.weight']) {
      assert.deepEqual(
        [...four.gradients.get(name)!.dataSync()],
        [...one.gradients.get(name)!.dataSync()],
        name,
      );
    }
    const trunk = 'visual.transformer.resblocks.0.mlp.c_fc.weight';
    assert.ok(norm(tf.sub(four.gradients.get(trunk)!, one.gradients.get(trunk)!)) > 0);
  });

  it('has a head that reads the class token before the projection', () => {
    const { parameters } = createClip(config, 0);
    assert.deepEqual(parameters.get('auxiliary.simclr.layer1.weight')!.shape, [
      SIMCLR.hidden,
      TINY.vision.width,
    ]);
    assert.deepEqual(parameters.get('auxiliary.simclr.layer3.weight')!.shape, [SIMCLR.output, SIMCLR.hidden]);
  });

  it('draws the same towers as a plain model', () => {
    const [plain, slip] = [TINY, config].map((each) => createClip(each, 3).parameters);
    for (const [name, variable] of plain) {
      assert.deepEqual([...slip.get(name)!.dataSync()], [...variable.dataSync()], name);
    }
  });
});
