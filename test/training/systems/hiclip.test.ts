import assert from 'node:assert/strict';
import { startEngine } from '../../../src/engine';
import { createClip, QUICK_MODEL } from '../../../src/models';
import { countParameters, disposeParameters } from '../../../src/nn';
import { withGrouping, withWiderBlocks } from '../../../src/training';

describe('withGrouping', () => {
  before(() => startEngine());

  const count = (config: typeof QUICK_MODEL) => {
    const { parameters } = createClip(config, 0);
    const found = countParameters(parameters);
    disposeParameters(parameters);
    return found;
  };

  it('adds two square layers and a norm to each block, which wider blocks match to two per cent of them', () => {
    const plain = count(QUICK_MODEL);
    const { width } = QUICK_MODEL.vision;
    const blocks = QUICK_MODEL.vision.layers + QUICK_MODEL.text.layers;
    const grouping = count(withGrouping(QUICK_MODEL)) - plain;
    assert.equal(grouping, blocks * (2 * width * (width + 1) + 2 * width));
    const wider = count(withWiderBlocks(QUICK_MODEL)) - plain;
    assert.ok(Math.abs(wider / grouping - 1) < 0.02, `${wider} beside ${grouping}`);
  });

  it('leaves one number in each block where distance alone decides', () => {
    const blocks = QUICK_MODEL.vision.layers + QUICK_MODEL.text.layers;
    const config = withGrouping(QUICK_MODEL, { links: 'distance' });
    assert.equal(count(config) - count(QUICK_MODEL), blocks);
  });
});
