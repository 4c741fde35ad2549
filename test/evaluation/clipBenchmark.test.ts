import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEngine } from '../../src/engine';
import type { Embeddings } from '../../src/evaluation/embeddings';
import { type LinearProbe, scoreProbe } from '../../src/evaluation/linearProbe';
import { retrievalRecall } from '../../src/evaluation/retrieval';
import { classWeights, zeroShotAccuracy } from '../../src/evaluation/zeroShot';
import { clusters, labelsOf, rowsOf } from '../golden/clusters';
import { assertClose } from '../golden/compare';

interface Accuracies {
  acc1: number;
  acc5: number | null;
  mean_per_class_recall: number;
}

const answers: {
  classification: Record<string, Accuracies>;
  retrieval: Record<string, number>;
  probe: Record<'lp_acc1' | 'lp_acc5' | 'lp_mean_per_class_recall', number> &
    Record<'weights' | 'intercepts', number[]>;
} = JSON.parse(readFileSync(join(__dirname, '../golden/clipBenchmark.json'), 'utf8'));

describe("CLIP_benchmark's metrics", () => {
  before(async () => {
    await startEngine();
  });

  for (const classes of [4, 12]) {
    it(`zero-shot: the same accuracies with three prompts for each of ${classes} unequal classes`, async () => {
      const sizes = { width: 16, classes, noise: 2 };
      const pictures = clusters(`zero-shot ${classes}`, 300, sizes);
      const names = Array.from({ length: classes }, (_, c) => String(c));
      const prompts = rowsOf(
        `prompts ${classes}`,
        names.flatMap((name) => new Array(3).fill(Number(name))),
        sizes,
      );
      const encode = async (texts: string[]): Promise<Embeddings> => {
        assert.equal(texts.length, prompts.rows);
        return prompts;
      };
      const classEmbeddings = await classWeights(encode, names, ['0 {}', '1 {}', '2 {}']);
      const found = zeroShotAccuracy({
        imageEmbeddings: pictures.features,
        classEmbeddings,
        labels: pictures.labels,
      });
      const { acc1, acc5, mean_per_class_recall } = answers.classification[classes];
      // Below five classes CLIP_benchmark has no acc5; every picture is right within five there.
      assertClose(
        [found.top1, found.top5, found.meanPerClass],
        [acc1, acc5 ?? 1, mean_per_class_recall],
        1e-6,
      );
    });
  }

  it('retrieval: the same recalls with one to seven captions for each picture', () => {
    const sizes = { width: 16, classes: 50, noise: 1 };
    const pictures = Array.from({ length: 50 }, (_, i) => i);
    const extra = labelsOf('captions', 50, 7);
    const owners = pictures.flatMap((i) => new Array(1 + extra[i]).fill(i));
    const found = retrievalRecall({
      imageEmbeddings: rowsOf('pictures', pictures, sizes),
      textEmbeddings: rowsOf('captions', owners, sizes),
      positives: pictures.map((i) => owners.flatMap((owner, text) => (owner === i ? [text] : []))),
    });
    for (const k of [1, 5, 10]) {
      assertClose([found.textToImage[k]], [answers.retrieval[`image_retrieval_recall@${k}`]], 1e-6);
      assertClose([found.imageToText[k]], [answers.retrieval[`text_retrieval_recall@${k}`]], 1e-6);
    }
  });

  it('linear probe: the same accuracies by the weights it fitted', () => {
    const { weights, intercepts, ...expected } = answers.probe;
    const test = clusters('probe test', 300, { width: 8, classes: 9, noise: 2 });
    const probe: LinearProbe = {
      classes: 9,
      width: 8,
      weights: Float64Array.from(weights),
      intercepts: Float64Array.from(intercepts),
      iterations: 0,
      converged: false,
    };
    const found = scoreProbe(probe, test);
    assertClose(
      [found.top1, found.top5, found.meanPerClass],
      [expected.lp_acc1, expected.lp_acc5, expected.lp_mean_per_class_recall],
      1e-6,
    );
  });
});
