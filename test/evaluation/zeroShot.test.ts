import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { selectRows, toEmbeddings } from '../../src/evaluation/embeddings';
import { classWeights, zeroShotAccuracy } from '../../src/evaluation/zeroShot';
import classMetrics from '../golden/classMetrics.json';
import classPrompts from '../golden/classPrompts.json';
import { clusters, rowsOf } from '../golden/clusters';
import { assertClose } from '../golden/compare';

const axes = toEmbeddings([1, 0, 0, 0, 1, 0, 0, 0, 1], 3);

describe('zero-shot accuracy', () => {
  before(async () => {
    await startEngine();
  });

  it('counts hits, mean per class, and seen and unseen classes apart', () => {
    const imageEmbeddings = toEmbeddings([9, 1, 0, 5, 1, 0, 0, 2, 1, 1, 0, 3, 0, 4, 1], 3);
    const result = zeroShotAccuracy({
      imageEmbeddings,
      classEmbeddings: axes,
      labels: [0, 0, 1, 2, 2],
      seen: [true, true, false],
    });
    assert.deepEqual([...result.predictions], [0, 0, 1, 2, 1]);
    assert.equal(result.top1, 4 / 5);
    assert.equal(result.top5, 1);
    assert.ok(Math.abs(result.meanPerClass - (1 + 1 + 0.5) / 3) < 1e-12);
    assert.equal(result.top1Seen, 1);
    assert.equal(result.top1Unseen, 0.5);
    assert.equal(result.count, 5);
  });

  it('gives a collapsed model nothing', () => {
    const equal = toEmbeddings(new Array(12).fill(1), 2);
    const result = zeroShotAccuracy({
      imageEmbeddings: equal,
      classEmbeddings: equal,
      labels: [0, 1, 2, 3, 4, 5],
    });
    assert.equal(result.top1, 0);
    assert.equal(result.top5, 0);
    assert.equal(result.macroF1, 0);
  });

  it('gives the first of two equal classes where ties go in order', () => {
    const classEmbeddings = toEmbeddings([1, 0, 0, 1, 0, 1], 2); // the last two are the same
    const imageEmbeddings = toEmbeddings([1, 0, 0, 1, 0, 1], 2);
    const input = { imageEmbeddings, classEmbeddings, labels: [0, 1, 2] };
    assert.equal(zeroShotAccuracy(input).top1, 1 / 3);
    const { top1, meanPerClass, predictions } = zeroShotAccuracy({ ...input, ties: 'inOrder' });
    assert.deepEqual([top1, meanPerClass, [...predictions]], [2 / 3, 2 / 3, [0, 1, 1]]);
  });

  it('equals scikit-learn in macro-F1, top-3 and mean per class, with unequal classes', () => {
    const sizes = { width: 8, classes: 12, noise: 2 };
    const { features, labels } = clusters('metrics', 150, sizes);
    const classEmbeddings = rowsOf(
      'metrics classes',
      Array.from({ length: 12 }, (_, c) => c),
      sizes,
    );
    const everyone = Array.from(labels, (_, row) => row);
    const rows = { all: everyone, absent: everyone.filter((row) => labels[row] > 0) };
    for (const name of ['all', 'absent'] as const) {
      const found = zeroShotAccuracy({
        imageEmbeddings: selectRows(features, rows[name]),
        classEmbeddings,
        labels: rows[name].map((row) => labels[row]),
      });
      const { top3, meanPerClass, macroF1 } = classMetrics[name];
      assertClose([found.top3, found.meanPerClass, found.macroF1], [top3, meanPerClass, macroF1], 1e-9);
    }
  });

  it('leaves classes without pictures out of the mean per class', () => {
    const imageEmbeddings = toEmbeddings([1, 0, 0, 1, 0, 0], 3);
    const result = zeroShotAccuracy({
      imageEmbeddings,
      classEmbeddings: axes,
      labels: [0, 0],
      seen: [true, true, true],
    });
    assert.equal(result.meanPerClass, 1);
    assert.equal(result.top1Unseen, undefined);
  });

  it('leaks no tensors', () => {
    const before = tf.memory().numTensors;
    zeroShotAccuracy({ imageEmbeddings: axes, classEmbeddings: axes, labels: [0, 1, 2] });
    assert.equal(tf.memory().numTensors, before);
  });

  it('refuses what does not fit', () => {
    const three = { imageEmbeddings: axes, classEmbeddings: axes };
    assert.throws(() => zeroShotAccuracy({ ...three, labels: [0, 1] }), /one label for each picture/);
    assert.throws(
      () => zeroShotAccuracy({ ...three, labels: [0, 1, 3] }),
      /from 0 to 2, got 3 for picture 2/,
    );
    assert.throws(() => zeroShotAccuracy({ ...three, labels: [0, 1, 2], seen: [true] }), /3 classes, got 1/);
    assert.throws(() => toEmbeddings([1, Number.NaN], 1), /got NaN in row 1/);
    assert.throws(() => toEmbeddings([1, 2, 3], 2), /rows of 2 numbers, got 3/);
    const wide = { ...three, imageEmbeddings: toEmbeddings([1, 2], 2), labels: [0] };
    assert.throws(() => zeroShotAccuracy(wide), /one width, got 2 and 3/);
  });
});

describe('class weights', () => {
  const vectors: Record<string, number[]> = {
    'a cat': [3, 0],
    'one $& cat': [0, 1],
    'a $&': [0, 2],
    'one $& $&': [0, 5],
  };
  const asked: string[][] = [];
  const encode = async (texts: string[]) => {
    asked.push(texts);
    return toEmbeddings(
      texts.flatMap((text) => vectors[text]),
      2,
    );
  };

  it('average unit vectors over the templates, in batches, and take names as they are', async () => {
    const weights = await classWeights(encode, ['cat', '$&'], ['a {}', 'one $& {}'], 3);
    const half = Math.SQRT1_2;
    [half, half, 0, 1].forEach((value, i) => {
      assert.ok(Math.abs(weights.values[i] - value) < 1e-6);
    });
    assert.deepEqual(
      asked.map((texts) => texts.length),
      [3, 1],
    );
  });

  it("average each class's own prompts, as many as it has, as CLIP_benchmark does", async () => {
    const owners = Array.from({ length: 9 }, (_, c) => new Array<number>((c % 4) + 1).fill(c)).flat();
    const sizes = { width: 8, classes: 9, noise: 2 };
    const prompts = rowsOf('class prompts', owners, sizes);
    const names = Array.from({ length: 9 }, (_, c) => `class ${c}`);
    const templates = Object.fromEntries(
      names.map((name, c) => [name, owners.flatMap((owner, row) => (owner === c ? [String(row)] : []))]),
    );
    const classEmbeddings = await classWeights(
      async (texts) => selectRows(prompts, texts.map(Number)),
      names,
      templates,
      4,
    );
    assertClose(classEmbeddings.values, classPrompts.classifier, 1e-6);
    const { features, labels } = clusters('class prompts pictures', 300, sizes);
    const { predictions } = zeroShotAccuracy({ imageEmbeddings: features, classEmbeddings, labels });
    assert.deepEqual([...predictions], classPrompts.predictions);
  });

  it('refuse a class without prompts of its own', async () => {
    await assert.rejects(
      classWeights(encode, ['cat', 'constructor'], { cat: ['a cat'] }),
      /Expected prompts for the class "constructor", but there are none/,
    );
    await assert.rejects(classWeights(encode, ['cat'], { cat: [] }), /Expected prompts for the class "cat"/);
    await assert.rejects(classWeights(encode, ['cat'], {}), /Expected classes and templates, got 1 and 0/);
  });

  it('refuse a template without a place for the name', async () => {
    await assert.rejects(
      classWeights(encode, ['cat'], ['a photo']),
      /A prompt template needs \{\} where the class name goes, got "a photo"/,
    );
    await assert.rejects(classWeights(encode, [], ['a {}']), /Expected classes and templates/);
  });
});
