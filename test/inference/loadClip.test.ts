import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { hasKernels, startEngine } from '../../src/engine';
import { writeSafetensors } from '../../src/files';
import { type LoadedClip, labelProbabilities, loadClip } from '../../src/inference';
import { temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';
import { answers, formats, weightsOfFile, writeConfig, writePictures } from './smallModel';

const { cases, labels, templates } = answers;

describe('loadClip, against open_clip from files to probabilities', () => {
  const folder = temporaryFolder();
  let pictures: string[];

  before(async () => {
    await startEngine();
    pictures = await writePictures(join(folder, 'pictures'));
  });

  async function compare(clip: LoadedClip, name: keyof typeof cases): Promise<void> {
    const expected = cases[name];
    const images = await clip.encodeImages(pictures);
    const texts = await clip.encodeTexts(labels);
    assertClose(images.values, expected.images.flat(), 1e-5, 'image embeddings');
    assertClose(texts.values, expected.texts.flat(), 1e-5, 'text embeddings');
    for (const [options, wanted] of [
      [{}, expected.probabilities],
      [{ templates }, expected.templated],
    ] as const) {
      const classes = await clip.encodeLabels(labels, options);
      const found = labelProbabilities(clip.model, images, classes);
      assertClose(found.flat(), wanted.flat(), 1e-5, `probabilities with ${JSON.stringify(options)}`);
      const ranked = await clip.classify(pictures[1], labels, options);
      const byRank = labels.map((label, i) => ({ label, probability: found[1][i] }));
      byRank.sort((a, b) => b.probability - a.probability);
      assert.deepEqual(
        ranked.map(({ label }) => label),
        byRank.map(({ label }) => label),
      );
      assertClose(
        ranked.map(({ probability }) => probability),
        byRank.map(({ probability }) => probability),
        1e-6,
      );
    }
  }

  for (const [format, write] of Object.entries(formats)) {
    it(`is the same from ${format}`, async () => {
      const model = writeConfig(folder, 'plain');
      const clip = await loadClip({ model, weights: write(folder, weightsOfFile(model)) });
      await compare(clip, 'plain');
      clip.dispose();
    });
  }

  for (const name of ['quick', 'sigmoid'] as const) {
    it(`is the same of the ${name} model`, async () => {
      const model = writeConfig(folder, name);
      const clip = await loadClip({ model, weights: formats.safetensors(folder, weightsOfFile(model)) });
      await compare(clip, name);
      clip.dispose();
    });
  }

  it('is the same of weights in 16 bits', async () => {
    const model = writeConfig(folder, 'half');
    const weights = join(folder, 'half.safetensors');
    const tensors = [...weightsOfFile(model)].map(
      ([key, tensor]) => [key, { ...tensor, dtype: 'F16' }] as const,
    );
    writeSafetensors(weights, new Map(tensors));
    const clip = await loadClip({ model, weights });
    await compare(clip, 'half');
    clip.dispose();
  });

  it('is nearly the same in 16 bits, and frees them', async function () {
    if (!hasKernels()) this.skip();
    const model = writeConfig(folder, 'plain');
    const weights = formats.safetensors(folder, weightsOfFile(model));
    const before = tf.memory().numTensors;
    const clip = await loadClip({ model, weights }, { precision: 'bf16' });
    const { values } = await clip.encodeImages(pictures);
    const expected = cases.plain.images.flat();
    assertClose(values, expected, 0.02, 'image embeddings');
    assert.notDeepEqual([...values], [...Float32Array.from(expected)]);
    assertClose((await clip.encodeTexts(labels)).values, cases.plain.texts.flat(), 0.02, 'text embeddings');
    clip.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  describe('at work', () => {
    let clip: LoadedClip;
    const seen: number[][] = [];
    before(async () => {
      const model = writeConfig(folder, 'plain');
      const weights = formats.safetensors(folder, weightsOfFile(model));
      clip = await loadClip({ model, weights }, { onRead: (...figures) => seen.push(figures) });
    });

    it('tells how far the weights are read', () => {
      assert.equal(seen.length, clip.model.parameters.size);
      assert.deepEqual(...([seen.at(-1)![0], seen.at(-1)![1]] as [number, number]));
    });

    it('takes encoded bytes as well, and batches of any size', async () => {
      const bytes = pictures.map((path) => readFileSync(path));
      for (const batchSize of [1, 2, 3]) {
        const { values, rows, inputs } = await clip.encodeImages([bytes[0], pictures[1], bytes[2]], {
          batchSize,
        });
        assertClose(values, cases.plain.images.flat(), 1e-5);
        assert.deepEqual([rows, inputs.map(({ key }) => key)], [3, ['picture 0', pictures[1], 'picture 2']]);
      }
    });

    it('reads no further ahead than one batch', async () => {
      let asked = 0;
      function* endless() {
        for (;;) yield { key: String(asked++), image: pictures[2] };
      }
      const batches = clip.encodePictures(endless(), { batchSize: 4 });
      for (let done = 1; done <= 3; done++) {
        assert.equal((await batches.next()).value!.embeddings.rows, 4);
        assert.ok(asked <= 4 * done + 4, `${asked} pictures are under way behind batch ${done}`);
      }
      await batches.return(undefined);
    });

    it('refuses damaged and missing pictures by their names, or leaves them without a row', async () => {
      const damaged = join(folder, 'damaged.png');
      writeFileSync(damaged, 'no picture');
      const mixed = [pictures[0], damaged, pictures[2], join(folder, 'none.jpg')];
      await assert.rejects(clip.encodeImages(mixed), /sample ".*damaged\.png" cannot be decoded/);
      const { values, rows, inputs } = await clip.encodeImages(mixed, { damaged: 'skip', batchSize: 2 });
      assert.equal(rows, 2);
      assertClose(values, [cases.plain.images[0], cases.plain.images[2]].flat(), 1e-5);
      assert.deepEqual(
        inputs.map(({ error }) => error?.kind),
        [undefined, 'corrupt-picture', undefined, 'missing-file'],
      );
      assert.equal((await clip.encodeImages([damaged], { damaged: 'skip' })).rows, 0);
    });

    it('gives no rows for nothing', async () => {
      assert.deepEqual([(await clip.encodeImages([])).rows, (await clip.encodeTexts([])).rows], [0, 0]);
    });

    it('leaves nothing in the engine, and frees its parameters', async () => {
      const before = tf.memory().numTensors;
      await clip.encodeImages(pictures);
      await clip.classify(pictures[0], labels, { templates });
      assert.equal(tf.memory().numTensors, before);
      const count = clip.model.parameters.size;
      clip.dispose();
      assert.equal(tf.memory().numTensors, before - count);
    });
  });
});
