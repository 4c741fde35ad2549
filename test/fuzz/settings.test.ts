import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPreprocessConfig } from '../../src/data';
import { projectRoot } from '../../src/data/projectRoot';
import { readJson } from '../../src/files/checkedJson';
import { openClipConfig } from '../../src/models/openClipConfig';
import { readTrainingConfig } from '../../src/training';
import { temporaryFolder } from '../data/fixtures';
import { itTakesAnything } from './fuzz';
import { mutateJson } from './mutate';

const SMALLEST = { name: 'pets', data: { folder: 'pictures' } };
const RUN = {
  name: 'pets',
  data: {
    sources: [{ shards: ['train-{0..3}.tar'], weight: 2 }, { shards: 'more.tar' }],
    stream: true,
    shuffleBuffer: 100,
    textFields: ['text'],
    addCaptions: { file: 'captions.jsonl', missing: 'skip' },
    cropScale: [0.5, 1],
    limitFraction: 0.1,
  },
  objective: { name: 'alip' },
  model: 'ViT-B-32',
  start: 'weights.pt',
  recipe: { steps: 100, batchSize: 64, learningRate: 0.001, schedule: 'cosine', precision: 'bf16', seed: 1 },
  checkpointEvery: 50,
};
const systems = ['clip', 'dalip', 'filip', 'slip', 'declip', 'uniclip', 'hiclip'];

const PREPROCESS = {
  size: [224, 224],
  mode: 'RGB',
  mean: [0.48, 0.45, 0.4],
  std: [0.26, 0.26, 0.27],
  interpolation: 'bicubic',
  resize_mode: 'shortest',
  fill_color: 0,
};

describe('any file of settings', () => {
  const path = join(temporaryFolder(), 'mutated.json');
  const models = join(projectRoot(), 'data', 'models', 'configs');
  const texts = (...values: unknown[]) => values.map((value) => JSON.stringify(value, null, 1));
  const written = (text: string) => {
    writeFileSync(path, text);
    return path;
  };

  itTakesAnything('of a run', {
    inputs: () => texts(SMALLEST, RUN, ...systems.map((name) => ({ ...SMALLEST, objective: { name } }))),
    mutate: mutateJson,
    read: (text) => readTrainingConfig(written(text)),
    says: /mutated\.json"/,
  });

  itTakesAnything("of open_clip's models", {
    inputs: () =>
      readdirSync(models)
        .filter((name) => /ViT-B-32\.json|RN50\.json|SigLIP/.test(name))
        .map((name) => readFileSync(join(models, name), 'utf8')),
    mutate: mutateJson,
    read: (text) => readJson(written(text), openClipConfig),
    says: /mutated\.json"/,
  });

  itTakesAnything('of preprocessing', {
    inputs: () => texts(PREPROCESS, { size: 224, mean: 0.5, std: 0.5, interpolation: 'random' }),
    mutate: mutateJson,
    read: (text) => readPreprocessConfig(readJson(written(text), (value) => value) as typeof PREPROCESS),
    says: /mutated\.json"|preprocessing/,
  });
});
