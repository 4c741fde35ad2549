import assert from 'node:assert/strict';
import { join } from 'node:path';
import { embedClasses } from '../../src/benchmarking/embedPrompts';
import { embedSplit } from '../../src/benchmarking/embedSplit';
import { identifyFiles } from '../../src/benchmarking/fileIdentity';
import { recordModel } from '../../src/benchmarking/modelRecord';
import { benchmarkFiles, benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { cosineScores } from '../../src/evaluation';
import { type LoadedClip, loadClip } from '../../src/inference';
import { temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';
import { formats, weightsOfFile, writeConfig } from '../inference/smallModel';
import { answers, labelOf, publishCifar, smallModel } from './small';

describe('a split and its classes, embedded', () => {
  const root = temporaryFolder();
  const cache = join(root, 'cache');
  const folder = join(root, 'data', 'cifar10');
  const benchmark = benchmarkOf('cifar10') as ClassificationBenchmark;
  let clip: LoadedClip;

  before(async () => {
    await publishCifar(join(root, 'data'));
    const { model, weights } = smallModel(root);
    clip = await loadClip({ model, weights });
  });
  after(() => clip.dispose());

  it('have CLIP_benchmark’s logits', async () => {
    const model = recordModel(clip, 'small', 'small');
    const files = await identifyFiles(benchmark, folder, 'test');
    const source = { benchmark, split: 'test', folder, files };
    const split = await embedSplit(clip, model, source, { cache });
    const prompts = await benchmark.prompts(benchmarkFiles(folder, benchmark));
    const classes = await embedClasses(clip, model, prompts, { cache });
    const logits: number[] = [];
    cosineScores(split.embeddings, classes).forEach((_, row) => {
      for (const cosine of row) logits.push(100 * cosine);
    });
    assertClose(logits, answers.logits.flat(), 1e-4);
    assert.deepEqual(
      split.targets,
      answers.logits.map((_, n) => labelOf(n)),
    );
  });

  it('tie exactly where two classes have one name', async () => {
    const model = recordModel(clip, 'small', 'small');
    const prompts = { classes: ['cat', 'dog', 'cat'], templates: ['a {}', 'one {}'] };
    const { rows, values } = await embedClasses(clip, model, prompts, { cache });
    assert.deepEqual([rows, values.subarray(0, 16)], [3, values.subarray(32)]);
    assert.notDeepEqual(values.subarray(0, 16), values.subarray(16, 32));
  });

  it('belong to weights, whatever the format of their file', async () => {
    const config = writeConfig(root, 'plain');
    const tensors = weightsOfFile(config);
    const checksum = recordModel(clip, 'small', 'small').weights.checksum;
    const again = await loadClip({ model: config, weights: formats['a PyTorch file'](root, tensors) });
    assert.equal(recordModel(again, 'small', 'small').weights.checksum, checksum);
    again.dispose();
    const matrix = tensors.get('visual.transformer.resblocks.0.mlp.c_fc.weight')!;
    matrix.data[5] += 1e-3;
    const other = await loadClip({ model: config, weights: formats.safetensors(root, tensors) });
    assert.notEqual(recordModel(other, 'small', 'small').weights.checksum, checksum);
    other.dispose();
  });
});
