import assert from 'node:assert/strict';
import { zeroShot } from '../../src/benchmarking/protocols/zeroShot';
import type { Subject } from '../../src/benchmarking/subject';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { startEngine } from '../../src/engine';

/** Three pictures of class 0 and one of class 1, the second taken for class 1. */
function subjectOf(id: string): Subject<ClassificationBenchmark> {
  const rows = (angles: number[]) => ({
    values: Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])),
    rows: angles.length,
    width: 2,
  });
  const subject = {
    benchmark: benchmarkOf(id) as ClassificationBenchmark,
    split: 'test',
    classes: async () => rows([0, 1, 2, 3]),
    embedded: async () => ({ embeddings: rows([0.1, 0.9, 0.2, 1.1]), targets: [0, 0, 0, 1] }),
    prompts: async () => ({ classes: ['a', 'b', 'c', 'd'], templates: ['{}'] }),
  };
  return subject as unknown as Subject<ClassificationBenchmark>;
}

describe('zero-shot classification', () => {
  before(() => startEngine());

  it('reports what a set’s own papers report beside the common metrics', async () => {
    const { metrics } = await zeroShot.measure(subjectOf('danish_fungi_2024'));
    assert.deepEqual(Object.keys(metrics), ['top1', 'meanPerClass', 'top3', 'macroF1']);
    assert.equal(metrics.top1, 0.75);
    // F1 of class 0: precision 1, recall 2/3; of class 1: precision 1/2, recall 1
    assert.ok(Math.abs(metrics.macroF1 - (0.8 + 2 / 3) / 2) < 1e-12, `${metrics.macroF1}`);
    assert.equal(metrics.top3, 1);
    assert.deepEqual(Object.keys((await zeroShot.measure(subjectOf('cifar10'))).metrics), [
      'top1',
      'meanPerClass',
    ]);
  });
});
