import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIP_MEAN, loadInMemory, readImageFolder } from '../../src/data';
import { startEngine } from '../../src/engine';
import { embedPictures, embedTexts } from '../../src/evaluation';
import { loadClip, resolveModel } from '../../src/inference';
import { OFFICIAL_SECOND_ORDER } from '../../src/models';
import { toTrainingConfig, trainPictures } from '../../src/training';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';
import { TINY, tinyTokenizer } from '../tiny';
import { formats, weightsOfFile, writeConfig } from './smallModel';

describe('resolveModel', () => {
  const folder = temporaryFolder();
  const weights = join(folder, 'weights.safetensors');

  it('takes activation, preparation, heads and place of weights from the tag', () => {
    const openai = resolveModel({ model: 'ViT-B/32:openai' });
    assert.deepEqual(openai.weights, { published: 'ViT-B-32:openai' });
    assert.equal(openai.config.quickGelu, true);
    assert.equal(resolveModel({ model: 'ViT-B-32:laion2b_s34b_b79k' }).config.quickGelu, undefined);
    assert.deepEqual(openai.preparation.settings, {
      size: [224, 224],
      mean: [...CLIP_MEAN],
      std: [0.26862954, 0.26130258, 0.27577711],
      interpolation: 'bicubic',
      resizeMode: 'shortest',
      fillColor: 0,
    });
    const siglip = resolveModel({ model: 'ViT-B-16-SigLIP-256:webli' }).preparation;
    assert.deepEqual(
      [siglip.side, siglip.settings.mean, siglip.settings.resizeMode],
      [256, [0.5, 0.5, 0.5], 'squash'],
    );
    assert.deepEqual(resolveModel({ model: 'ViT-B-16:dalip' }).config.secondOrder, OFFICIAL_SECOND_ORDER);
  });

  it('takes a file in place of the tag’s, and keeps what the tag says', () => {
    const { config, weights: found } = resolveModel({ model: 'RN50:openai', weights });
    assert.deepEqual([config.quickGelu, found], [true, { path: weights }]);
  });

  it('prepares pictures for a bare name as all published weights of it do, else as OpenAI', () => {
    const modeOf = (model: string) => resolveModel({ model, weights }).preparation.settings.resizeMode;
    assert.deepEqual(['ViT-B-32', 'ViT-B-16-SigLIP', 'ViT-H-14-378', 'ViT-H-14'].map(modeOf), [
      'shortest',
      'squash',
      'squash',
      'shortest',
    ]);
    assert.equal(resolveModel({ model: 'ViT-B-32-quickgelu', weights }).config.quickGelu, true);
  });

  it('reads a copy of a Hugging Face repository, its tokenizer’s folder included', () => {
    const copy = join(folder, 'hub');
    renameSync(writeConfig(copy, 'sigmoid'), join(copy, 'open_clip_config.json'));
    assert.throws(
      () => resolveModel({ model: copy }),
      /Expected weights in ".*hub", one of open_clip_model\.safetensors,/,
    );
    for (const name of ['open_clip_pytorch_model.bin', 'tokenizer.json']) writeFileSync(join(copy, name), '');
    const { config, preparation, weights: found, tokenizer } = resolveModel({ model: copy });
    assert.deepEqual(found, { path: join(copy, 'open_clip_pytorch_model.bin') });
    assert.deepEqual([config.customText, preparation.settings.resizeMode, tokenizer], [true, 'squash', copy]);
    assert.equal(resolveModel({ model: copy, tokenizer: folder }).tokenizer, folder);
  });

  it('says what is missing, and what there is', () => {
    assert.throws(
      () => resolveModel({ model: 'ViT-B-32' }),
      /Expected weights for "ViT-B-32"; give a file of them, or name published ones: ViT-B-32:openai, /,
    );
    const mine = writeConfig(folder, 'plain');
    assert.throws(
      () => resolveModel({ model: mine }),
      /Expected weights for ".*plain\.json"; give a file of them\.$/,
    );
    assert.throws(() => resolveModel({ model: 'ViT-B-31' }), /There is no model "ViT-B-31"; near it are/);
    assert.throws(
      () => resolveModel({ model: 'ViT-B-32:open' }),
      /Expected known weights "open" of ViT-B-32; there/,
    );
  });
});

describe('loadClip', () => {
  const folder = temporaryFolder();
  const pictures = join(folder, 'pictures');

  before(async () => {
    await startEngine();
    mkdirSync(pictures, { recursive: true });
    for (let i = 0; i < 6; i++) {
      writeFileSync(join(pictures, `${i}.png`), await plainPicture(40 * i, 30, 24 + i));
      writeFileSync(join(pictures, `${i}.txt`), `shade ${i}`);
    }
  });

  it('says which file to place where when weights are not here and the network is closed', async () => {
    const fetch = { cache: join(folder, 'cache'), offline: true };
    await assert.rejects(
      loadClip('ViT-B-32:openai', { fetch }),
      /ViT-B-32:openai in the cache\. CLIPBOOK_OFFLINE forbids .+ save it as ".*cache.*ViT-B-32\.pt"/,
    );
  });

  it('asks for a tokenizer that is not CLIP’s when the first text comes, and reads it from the given folder', async () => {
    const config = writeConfig(folder, 'plain');
    const weights = formats.safetensors(folder, weightsOfFile(config));
    const sizes = JSON.parse(readFileSync(config, 'utf8'));
    const text_cfg = { ...sizes.text_cfg, hf_tokenizer_name: 'timm/tiny' };
    const model = join(folder, 'own.json');
    writeFileSync(model, JSON.stringify({ ...sizes, text_cfg }));
    const fetch = { cache: join(folder, 'cache'), offline: true };
    const without = await loadClip({ model, weights }, { fetch });
    assert.equal((await without.encodeImages([join(pictures, '0.png')])).rows, 1);
    await assert.rejects(
      without.encodeTexts(['a cat']),
      /the tokenizer timm\/tiny in the cache\. .* save it as ".*tokenizer\.json"/,
    );
    without.dispose();
    const tokenizer = join(__dirname, '../golden/siglipTokenizer');
    const clip = await loadClip({ model, weights, tokenizer });
    assert.equal((await clip.encodeTexts(['a cat', 'a dog'])).rows, 2);
    clip.dispose();
  });

  it('takes a run of clipbook, and embeds as its own evaluation does', async () => {
    const { folder: run, checkpoints } = await trainPictures(
      toTrainingConfig({
        name: 'own',
        data: { folder: pictures, pictureSize: 20 },
        model: TINY,
        objective: 'slip',
        recipe: { steps: 2, batchSize: 4 },
      }),
      { root: join(folder, 'results') },
    );
    const clip = await loadClip(run);
    assert.ok(![...clip.model.parameters.keys()].some((name) => name.startsWith('auxiliary.')));
    const set = await loadInMemory(readImageFolder(pictures), { size: 20 });
    const found = await clip.encodeImages(set.keys.map((key) => join(pictures, key)));
    assertClose(found.values, embedPictures(clip.model, set).first.values, 1e-6);
    const texts = ['shade 1', 'a red leaf'];
    const expected = embedTexts(clip.model, tinyTokenizer(), texts).first;
    assertClose((await clip.encodeTexts(texts)).values, expected.values, 1e-6);
    for (const model of [
      checkpoints,
      join(checkpoints, 'step-000002.safetensors'),
      join(checkpoints, 'step-000002.json'),
    ]) {
      const same = await loadClip(model);
      assert.deepEqual((await same.encodeTexts(texts)).values, (await clip.encodeTexts(texts)).values);
      same.dispose();
    }
    clip.dispose();
  });

  it('refuses a run that has no checkpoint or no model', async () => {
    const run = join(folder, 'results/train/runs/empty');
    mkdirSync(run, { recursive: true });
    copyFileSync(join(folder, 'results/train/runs/own/config.json'), join(run, 'config.json'));
    assert.ok(existsSync(join(run, 'config.json')));
    await assert.rejects(loadClip(run), /Expected a checkpoint of the run in ".*empty", but it has none yet/);
    mkdirSync(join(run, 'checkpoints'));
    writeFileSync(join(run, 'checkpoints/step-000001.json'), '{}');
    writeFileSync(join(run, 'config.json'), '{"recipe": {}}');
    await assert.rejects(loadClip(run), /config\.json", model: expected the sizes of a model/);
  });
});
