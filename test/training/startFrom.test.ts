import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import {
  openWeights,
  readSafetensors,
  type StoredTensor,
  storedTensors,
  writeSafetensors,
} from '../../src/files';
import { type Clip, createClip } from '../../src/models';
import { disposeParameters } from '../../src/nn';
import { readObjective, startFrom, withParts } from '../../src/training';
import { TINY, TINY_SECOND_ORDER } from '../tiny';

const valuesOf = ({ parameters }: Clip) =>
  new Map([...parameters].map(([name, variable]) => [name, Array.from(variable.dataSync())]));

describe('startFrom', () => {
  let plain: Clip;
  let model: Clip;
  before(() => startEngine());
  beforeEach(() => {
    plain = createClip(TINY, 1);
    model = createClip(TINY_SECOND_ORDER, 2);
  });
  afterEach(() => {
    for (const { parameters } of [plain, model]) disposeParameters(parameters);
  });

  it('takes the towers of a plain CLIP and leaves the new heads as drawn', () => {
    const [before, source] = [valuesOf(model), valuesOf(plain)];
    const tensors = tf.memory().numTensors;
    const drawn = startFrom(model, plain.parameters);
    assert.equal(tf.memory().numTensors, tensors);
    assert.ok(drawn.includes('visual.fc1.weight') && drawn.includes('fc2.weight'), drawn.join(', '));
    assert.equal(drawn.length, model.parameters.size - plain.parameters.size);
    for (const [name, values] of valuesOf(model)) {
      assert.deepEqual(values, (drawn.includes(name) ? before : source).get(name), name);
    }
  });

  it('leaves the parts of other systems as drawn', () => {
    for (const name of ['hideclip', 'filip'] as const) {
      const other = createClip(withParts(TINY, readObjective(name, 'objective', TINY)), 4);
      const [before, source] = [valuesOf(other), valuesOf(plain)];
      const drawn = startFrom(other, plain.parameters);
      assert.equal(drawn.length, other.parameters.size - plain.parameters.size);
      for (const [name, values] of valuesOf(other)) {
        assert.deepEqual(values, (drawn.includes(name) ? before : source).get(name), name);
      }
      disposeParameters(other.parameters);
    }
  });

  it('takes the heads as well where the start has them', () => {
    const other = createClip(TINY_SECOND_ORDER, 3);
    assert.deepEqual(startFrom(model, other.parameters), []);
    assert.deepEqual(valuesOf(model), valuesOf(other));
    disposeParameters(other.parameters);
  });

  it('reads a safetensors file of half-precision values', () => {
    const folder = mkdtempSync(join(tmpdir(), 'start-'));
    const stored = new Map<string, StoredTensor>();
    for (const [name, variable] of plain.parameters) {
      stored.set(name, { dtype: 'F16', shape: variable.shape, data: variable.dataSync() as Float32Array });
    }
    writeSafetensors(join(folder, 'start.safetensors'), stored);
    startFrom(model, readSafetensors(join(folder, 'start.safetensors')));
    const name = 'visual.proj';
    const [ours, original] = [model, plain].map(({ parameters }) => parameters.get(name)!.dataSync());
    original.forEach((value, i) => {
      assert.ok(Math.abs(ours[i] - value) < 1e-3, `${name}[${i}]`);
    });
    rmSync(folder, { recursive: true });
  });

  it('reads an archive of TorchScript as OpenAI published CLIP', async () => {
    const path = join(__dirname, '../golden/torchFiles/script.pt');
    const config = {
      embedDim: 8,
      vision: { imageSize: 8, patchSize: 4, width: 8, layers: 1, heads: 2 },
      text: { contextLength: 4, vocabSize: 16, width: 8, layers: 1, heads: 2 },
    };
    const small = createClip(config, 4);
    const file = await openWeights(path);
    assert.deepEqual(startFrom(small, storedTensors(file)), []);
    for (const [name, variable] of small.parameters) {
      assert.deepEqual(variable.dataSync(), file.read(name).data, name);
    }
    file.close();
    disposeParameters(small.parameters);
  });

  describe('refuses, and changes nothing', () => {
    const refuses = (change: (saved: Map<string, tf.Tensor>) => void, message: RegExp) => {
      const before = valuesOf(model);
      const saved = new Map<string, tf.Tensor>(plain.parameters);
      change(saved);
      assert.throws(() => startFrom(model, saved), message);
      assert.deepEqual(valuesOf(model), before);
    };

    it('a start that lacks a parameter of the towers', () =>
      refuses((saved) => saved.delete('ln_final.bias'), /"ln_final\.bias" is missing/));

    it('a start with a parameter that the model lacks', () =>
      refuses((saved) => saved.set('logit_bias', tf.scalar(0)), /"logit_bias" belongs to nothing/));

    it('another shape', () =>
      refuses(
        (saved) => saved.set('visual.positional_embedding', tf.zeros([50, 16])),
        /"visual\.positional_embedding" has shape \[50,16\], expected \[5,16\]/,
      ));

    it('a part of the heads', () =>
      refuses(
        (saved) => saved.set('fc1.weight', model.parameters.get('fc1.weight')!),
        /"(visual\.)?[\w.]+" is missing/,
      ));
  });
});
