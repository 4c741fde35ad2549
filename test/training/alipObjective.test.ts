import assert from 'node:assert/strict';
import { startEngine } from '../../src/engine';
import { createClip } from '../../src/models';
import {
  type AlipOptions,
  alipObjective,
  type StepReport,
  startTraining,
  trainSteps,
} from '../../src/training';
import { disposeTraining, TINY, TINY_RECIPE, tinyData } from '../tiny';

const data = tinyData();

/** The reports of a few steps, with a history that the first batch starts. */
async function train(options: AlipOptions, wanted?: (step: number) => boolean): Promise<StepReport[]> {
  const objective = alipObjective({ historyStart: 'firstBatch', ...options });
  const training = startTraining(createClip(TINY, 0), objective, { ...TINY_RECIPE, steps: 3 });
  const reports: StepReport[] = [];
  for await (const report of trainSteps(training, data, wanted)) reports.push(report);
  disposeTraining(training);
  return reports;
}

const lossesOf = (reports: readonly StepReport[]) => reports.map(({ loss }) => loss);

describe('alipObjective', () => {
  before(() => startEngine());

  it('takes the paper’s sum: 2·batch times the official loss', async () => {
    const [[official], [paper]] = [await train({}), await train({ variant: 'paper' })];
    assert.ok(Math.abs(paper.loss / official.loss - 2 * TINY_RECIPE.batchSize) < 1e-5);
    assert.ok(Math.abs(paper.gradientNorm / official.gradientNorm - 2 * TINY_RECIPE.batchSize) < 1e-4);
  });

  it('keeps no history without gates', () => {
    assert.equal(alipObjective({ gated: false }).getState!(), null);
    assert.deepEqual(alipObjective().getState!(), { textCaption: 1, imageText: 1, imageCaption: 1 });
  });

  it('trains as without gates where none of them counts', async () => {
    const unused = await train({ gates: { use: [] } });
    assert.deepEqual(lossesOf(unused), lossesOf(await train({ gated: false })));
    assert.ok(unused[0].metrics.weightSample < 1, 'the metrics still show what the gates say');
  });

  it('draws a placebo’s order anew in each step, the same in each run', async () => {
    const [gates, shuffled, again] = [
      await train({}),
      await train({ gates: { placebo: 'shuffled' } }),
      await train({ gates: { placebo: 'shuffled' } }),
    ];
    assert.deepEqual(lossesOf(shuffled), lossesOf(again));
    assert.notDeepEqual(lossesOf(shuffled), lossesOf(gates));
    assert.deepEqual(shuffled[0].metrics, gates[0].metrics);
  });

  it('computes the metrics of those steps alone that are logged', async () => {
    const [first, second, third] = await train({}, (step) => step !== 2);
    assert.deepEqual(second.metrics, {});
    for (const { metrics } of [first, third]) {
      assert.deepEqual(Object.keys(metrics), [
        'historyTextCaption',
        'historyImageText',
        'historyImageCaption',
        'weightSample',
        'weightImageText',
        'weightImageCaption',
      ]);
    }
    assert.deepEqual(lossesOf([first, second, third]), lossesOf(await train({})));
  });
});
