import assert from 'node:assert/strict';
import { join } from 'node:path';
import { evaluate, type ModelChoice } from '../../src/benchmarking';
import { temporaryFolder } from '../data/fixtures';
import { answers, labelOf, PICTURES, publishCifar, smallModel } from './small';

describe('evaluate', () => {
  const root = temporaryFolder();
  const [data, cache] = [join(root, 'data'), join(root, 'cache')];
  let model: ModelChoice;

  before(async () => {
    model = smallModel(root);
    await publishCifar(data);
  });

  const cifar = () => ({ models: [model], benchmarks: ['cifar10'], data, cache, allowPartial: true });

  it('finds what CLIP_benchmark finds, from the archive to the last digit', async () => {
    const { results, predictions } = await evaluate(cifar());
    const [{ metrics, count, partial }] = results.results;
    assert.equal(count, PICTURES);
    assert.equal(partial, 'test: 60 of 10,000 pictures');
    const { acc1, acc5, mean_per_class_recall } = answers.classification;
    for (const [name, expected] of Object.entries({
      top1: acc1,
      top5: acc5,
      meanPerClass: mean_per_class_recall,
    })) {
      assert.ok(Math.abs(metrics[name] - expected) < 1e-6, `${name} is ${metrics[name]}, not ${expected}`);
    }
    assert.deepEqual(
      [...predictions.values()],
      [Int32Array.from(answers.predictions.flatMap((predicted, n) => [labelOf(n), predicted]))],
    );
  });
});
