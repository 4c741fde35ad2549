import assert from 'node:assert/strict';
import { DALIP_PAPER, describePreset, findPreset, TRAINING_PRESETS } from '../../src/experiments';

/** What stands in the explanation but is no setting of a preset. */
const BESIDE = ['start', 'logit_scale', 'data.shards', 'data.sources', 'precision'];

function leavesOf(value: unknown, place = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [place];
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, place ? `${place}.${key}` : key));
}

const covers = (place: string, leaf: string) => leaf === place || leaf.startsWith(`${place}.`);

describe('the paper presets', () => {
  for (const { id, settings, origins } of TRAINING_PRESETS) {
    it(`say where each number comes from, once: ${id}`, () => {
      const places = origins.map(({ place }) => place);
      assert.equal(new Set(places).size, places.length);
      for (const leaf of leavesOf(settings)) {
        const above = places.filter((place) => covers(place, leaf));
        assert.equal(above.length, 1, `${leaf} has ${above.length} origins`);
      }
      const idle = places.filter(
        (place) => !BESIDE.includes(place) && !leavesOf(settings).some((leaf) => covers(place, leaf)),
      );
      assert.deepEqual(idle, []);
    });
  }

  it('explain themselves', () => {
    assert.match(describePreset(DALIP_PAPER), /\nrecipe\.learningRate = 0\.00002\n {4}ours: BioCLIP/);
  });

  it('are found by name', () => {
    assert.equal(findPreset('dalip-paper'), DALIP_PAPER);
    assert.throws(() => findPreset('alip'), {
      message:
        'There is no preset "alip"; there are dalip-paper, clip-paper, alip-paper and alip-clip-paper.',
    });
  });
});
