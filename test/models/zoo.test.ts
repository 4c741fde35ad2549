import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkConfig,
  modelNames,
  parameterShapes,
  VIT_B_16,
  VIT_B_32,
  weightNames,
  weightsOf,
  zooConfig,
} from '../../src/models';

interface Fingerprint {
  tensors: number;
  entries: number;
  sha256: string;
}

const fingerprints: Record<string, Fingerprint> = JSON.parse(
  readFileSync(join(__dirname, '../golden/zoo.json'), 'utf8'),
);

describe('the model zoo', () => {
  it('has the models that open_clip has of these towers, each named like its file', () => {
    assert.deepEqual(modelNames(), Object.keys(fingerprints).sort());
    assert.ok(modelNames().length >= 60);
  });

  it('gives every model the parameters of open_clip’s own classes, name by name and shape by shape', () => {
    for (const [name, expected] of Object.entries(fingerprints)) {
      const shapes = parameterShapes(zooConfig(name));
      const lines = [...shapes].map(([parameter, shape]) => `${parameter} ${shape.join('x')}\n`).sort();
      const entries = [...shapes.values()].reduce(
        (sum, shape) => sum + shape.reduce((size, side) => size * side, 1),
        0,
      );
      const sha256 = createHash('sha256').update(lines.join('')).digest('hex');
      assert.deepEqual({ tensors: shapes.size, entries, sha256 }, expected, name);
    }
  });

  it('says of the sizes that have a preset here what the preset says', () => {
    assert.deepEqual(zooConfig('ViT-B-16'), VIT_B_16);
    assert.deepEqual(zooConfig('ViT-B/32'), VIT_B_32);
  });

  it('reads a ResNet’s and SigLIP’s sizes', () => {
    assert.deepEqual(zooConfig('RN50x4-quickgelu'), {
      embedDim: 640,
      vision: {
        tower: 'resnet',
        imageSize: 288,
        patchSize: 32,
        width: 2560,
        layers: 26,
        heads: 40,
        stages: [4, 6, 10, 6],
      },
      text: { contextLength: 77, vocabSize: 49408, width: 640, layers: 12, heads: 10 },
      quickGelu: true,
    });
    const { vision, text, initLogitBias, customText } = zooConfig('ViT-SO400M-16-SigLIP2-256');
    assert.deepEqual(
      [vision.width, vision.layers, vision.heads, vision.mlpRatio, vision.geluTanh],
      [1152, 27, 16, 3.7362, true],
    );
    assert.deepEqual(
      [text.normEps, text.geluTanh, text.noCausalMask, text.poolType],
      [1e-6, true, true, 'last'],
    );
    assert.deepEqual([initLogitBias, customText], [-10, true]);
  });

  it('names near models when there is none of a name', () => {
    assert.throws(
      () => zooConfig('ViT-B-31'),
      /There is no model "ViT-B-31"; near it are .*ViT-B-32(,|;|\.)/,
    );
    assert.throws(() => zooConfig('VGG'), /There is no model "VGG"/);
  });
});

describe('a configuration in open_clip’s format', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clipbook-zoo-'));
  const path = join(folder, 'mine.json');
  const read = (config: object) => {
    writeFileSync(path, JSON.stringify(config));
    return zooConfig(path);
  };
  const small = {
    embed_dim: 32,
    vision_cfg: { image_size: 32, patch_size: 8, width: 64, layers: 2 },
    text_cfg: { context_length: 16, vocab_size: 512, width: 32, heads: 4, layers: 3 },
  };
  after(() => rmSync(folder, { recursive: true }));

  it('is read from a user’s file, with open_clip’s defaults, or from what lies beside published weights', () => {
    const config = {
      embedDim: 32,
      vision: { imageSize: 32, patchSize: 8, width: 64, layers: 2, heads: 1 },
      text: { contextLength: 16, vocabSize: 512, width: 32, layers: 3, heads: 4 },
    };
    assert.deepEqual(read(small), config);
    assert.deepEqual(read({ model_cfg: small, preprocess_cfg: { mean: [0, 0, 0] } }), config);
    assert.deepEqual(read({ embed_dim: 512, vision_cfg: { patch_size: 32 }, text_cfg: {} }), VIT_B_32);
  });

  it('names the file where sizes do not fit together', () => {
    const vision_cfg = { ...small.vision_cfg, patch_size: 7 };
    assert.throws(() => read({ ...small, vision_cfg }), /mine\.json", .*7/);
    const resnet = { ...small, vision_cfg: { ...small.vision_cfg, layers: [] } };
    assert.throws(
      () => read(resnet),
      /mine\.json", Expected a ResNet with four stages of 0 blocks in all, got \[\]/,
    );
  });

  it('names the field that is unknown or asks for what is not here', () => {
    assert.throws(
      () => read({ ...small, vision_cfg: { ...small.vision_cfg, pool_type: 'avg' } }),
      /mine\.json", vision_cfg\.pool_type: expected one of "tok", got "avg"/,
    );
    assert.throws(
      () => read({ ...small, text_cfg: { hf_model_name: 'roberta-base' } }),
      /text_cfg\.hf_model_name: there is no such setting/,
    );
    assert.throws(
      () => read({ embed_dim: 8, vision_cfg: { timm_model_name: 'convnext_base' }, text_cfg: {} }),
      /vision_cfg\.timm_model_name: expected one of "vit_base_patch16_siglip_224"/,
    );
  });
});

describe('checkConfig, of towers', () => {
  const [resnet, siglip] = [zooConfig('RN50'), zooConfig('ViT-B-16-SigLIP')];

  it('refuses sizes that make no ResNet', () => {
    const broken = (vision: object) => () =>
      checkConfig({ ...resnet, vision: { ...resnet.vision, ...vision } });
    assert.throws(
      broken({ stages: [3, 4, 6] }),
      /a ResNet with four stages of 16 blocks in all, got \[3,4,6\]/,
    );
    assert.throws(broken({ patchSize: 16 }), /patch size is 32/);
    assert.throws(broken({ imageSize: 230 }), /230 is not a multiple of the patch size 32/);
    assert.throws(broken({ tower: undefined }), /Stages are a ResNet's/);
  });

  it('refuses a width that meets no projection', () => {
    assert.throws(() => checkConfig({ ...siglip, embedDim: 512 }), /width 768 must be the embedding's, 512/);
    const text = { ...siglip.text, projType: 'none' as const, width: 512, heads: 8 };
    assert.throws(() => checkConfig({ ...siglip, text }), /must be 768 wide, as the embedding, not 512/);
  });

  it('refuses heads and methods that read the tokens of CLIP’s transformers', () => {
    assert.throws(
      () => checkConfig({ ...resnet, secondOrder: { heads: 4, dropout: 0 } }),
      /A second-order head needs open_clip's/,
    );
    assert.throws(
      () => checkConfig({ ...siglip, auxiliary: { maskedText: true } }),
      /An auxiliary part needs/,
    );
  });
});

describe('published weights', () => {
  it('are known of every model that has a configuration, and only of those', () => {
    const models = new Set(weightNames().map((name) => name.split(':')[0]));
    for (const model of models) assert.ok(modelNames().includes(model), model);
    assert.ok(weightNames().length > 90);
    for (const name of weightNames()) assert.ok(weightsOf(name).sources.length > 0, name);
  });

  it('say where the file is, its checksum where an address holds one, and how pictures are prepared', () => {
    const { sources, preparation, licence, quickGelu } = weightsOf('ViT-B/32:openai');
    assert.equal(sources[0].sha256, '40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af');
    assert.match(sources[0].address!, /^https:.*\/ViT-B-32\.pt$/);
    assert.deepEqual(
      sources.slice(1).map(({ file }) => file),
      ['open_clip_model.safetensors', 'open_clip_pytorch_model.bin'],
    );
    assert.deepEqual(preparation.mean, [0.48145466, 0.4578275, 0.40821073]);
    assert.deepEqual([licence, quickGelu, preparation.resizeMode], ['MIT', true, 'shortest']);
    assert.equal(weightsOf('ViT-B-16-SigLIP:webli').preparation.resizeMode, 'squash');
    assert.equal(weightsOf('ViT-B-32:laion2b-s34b-b79k').quickGelu, false);
    assert.equal(weightsOf('RN50:cc12m').sources[0].sha256, 'f000538c');
  });

  it('have under a name with -quickgelu the tags that were trained so', () => {
    assert.equal(weightsOf('ViT-B-32-quickgelu:openai').model, 'ViT-B-32-quickgelu');
    assert.throws(
      () => weightsOf('ViT-B-32-quickgelu:laion2b_s34b_b79k'),
      /Expected known weights "laion2b_s34b_b79k" of ViT-B-32-quickgelu; there are openai/,
    );
  });

  it('include ALIP’s and DALIP’s, which a person must fetch', () => {
    assert.match(weightsOf('ViT-B-32:alip').sources[0].page!, /^https/);
    assert.equal(weightsOf('ViT-B-16:dalip').secondOrder, 'official');
  });

  it('name what there is when asked for something else', () => {
    assert.throws(() => weightsOf('ViT-B-32'), /Expected a tag of ViT-B-32 behind a colon; there are openai/);
    assert.throws(() => weightsOf('ViT-B-33:openai'), /model "ViT-B-33" are known here; did you mean/);
  });
});
