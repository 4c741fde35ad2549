import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEngine } from '../../src/engine';
import { type StoredTensor, writeSafetensors } from '../../src/files';
import { type LoadedClip, labelProbabilities, loadClip } from '../../src/inference';
import { parameterShapes, zooConfig } from '../../src/models';
import { temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';
import { parameter } from '../golden/formula';
import { writePictures } from './smallModel';

const golden = join(__dirname, '../golden/loadClip');
const answers = JSON.parse(readFileSync(join(golden, 'answers.json'), 'utf8'));

describe('loadClip, against open_clip from publishers’ files to probabilities', () => {
  const folder = temporaryFolder();
  let pictures: string[];

  before(async () => {
    await startEngine();
    pictures = await writePictures(join(folder, 'pictures'));
  });

  async function compare(clip: LoadedClip, name: 'openai' | 'siglip'): Promise<void> {
    const expected = answers[name];
    const images = await clip.encodeImages(pictures);
    const texts = await clip.encodeTexts(answers.labels);
    for (const [rows, wanted] of [
      [images, expected.images],
      [texts, expected.texts],
    ]) {
      const { values, width } = rows;
      const first = [0, 1, 2].flatMap((row) => [...values.subarray(row * width, row * width + 16)]);
      assertClose(first, wanted.flat(), 1e-5, rows === images ? 'image embeddings' : 'text embeddings');
    }
    const found = labelProbabilities(clip.model, images, texts);
    assertClose(found.flat(), expected.probabilities.flat(), 1e-5, 'probabilities');
    clip.dispose();
  }

  it('is the same of a TorchScript archive as OpenAI published theirs', async () => {
    await compare(
      await loadClip({ model: join(golden, 'config.json'), weights: join(golden, 'openai.pt') }),
      'openai',
    );
  });

  it('is the same of a copy of SigLIP’s repository: trunk, text tower, tokenizer, preparation, sigmoid', async () => {
    const copy = join(folder, 'siglip');
    mkdirSync(copy);
    copyFileSync(join(golden, 'siglip.json'), join(copy, 'open_clip_config.json'));
    for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
      copyFileSync(join(golden, '../siglipTokenizer', name), join(copy, name));
    }
    writeWeights(join(copy, 'open_clip_model.safetensors'));
    const clip = await loadClip(copy);
    assert.deepEqual([clip.config.vision.tower, clip.preparation.side], ['siglip', 256]);
    await compare(clip, 'siglip');
  });
});

/** SigLIP's, by the formula: 94 million numbers. */
function writeWeights(path: string): void {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, shape] of parameterShapes(zooConfig(join(golden, 'siglip.json')))) {
    const scalar = Float32Array.of(name === 'logit_bias' ? -3 : 2);
    tensors.set(name, { dtype: 'F32', shape, data: shape.length > 0 ? parameter(name, shape) : scalar });
  }
  writeSafetensors(path, tensors);
}
