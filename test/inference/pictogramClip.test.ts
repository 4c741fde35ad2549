import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadEmbedded, type PictureSet, projectRoot } from '../../src/data';
import { measure } from '../../src/evaluation';
import { type LoadedClip, loadClip, resolveModel } from '../../src/inference';
import { createTokenizer } from '../../src/text';
import { readTrainingConfig } from '../../src/training';

describe('the small CLIP that comes along', () => {
  const folder = join(projectRoot(), 'data', 'pictogram-clip');
  let clip: LoadedClip;
  let test: PictureSet;

  before(async () => {
    clip = await loadClip('pictograms');
    test = await loadEmbedded({ sets: ['pictograms'], split: 'test', size: clip.preparation.side });
  });
  after(() => clip.dispose());

  it('is small, and loads by its name or its folder', () => {
    const { weights, config } = resolveModel({ model: 'pictograms' });
    assert.deepEqual(resolveModel({ model: folder }).weights, weights);
    assert.ok('path' in weights && statSync(weights.path).size < 4e6);
    assert.deepEqual(readTrainingConfig(join(folder, 'config.json')).model, config);
  });

  it('finds as often as its datasheet says, in a drawing style it never saw', async () => {
    const indices = [...test.keys.keys()].filter((index) => test.metas[index].style === 'fluent');
    const searches = [{ id: 'fluent', indices }];
    const tokenizer = createTokenizer(clip.config.text);
    const { first } = await measure(clip.model, tokenizer, test, [], searches);
    const { imageToText, textToImage } = first!.retrieval.fluent;
    for (const [name, recall] of [
      ['picture → text', imageToText],
      ['text → picture', textToImage],
    ] as const) {
      const said = numbersOf(name);
      const found = [1, 5, 10].map((k) => 100 * recall[k]);
      found.forEach((share, i) => {
        assert.ok(Math.abs(share - said[i]) < 0.3, `${name}: ${found} where the datasheet has ${said}`);
      });
    }
  });

  /** The numbers in a row of the datasheet's table. */
  function numbersOf(name: string): number[] {
    const sheet = readFileSync(join(folder, 'README.md'), 'utf8');
    const row = sheet.split('\n').find((line) => line.startsWith(`| ${name} |`));
    assert.ok(row, `the datasheet has a row “${name}”`);
    return row.split('|').slice(2, 5).map(Number.parseFloat);
  }
});
