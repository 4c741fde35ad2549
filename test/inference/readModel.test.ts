import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { openWeights, type StoredTensor, writeSafetensors } from '../../src/files';
import { readModel } from '../../src/inference/readModel';
import { type ClipConfig, createClip, parameterShapes, zooConfig } from '../../src/models';
import { disposeParameters, trainable } from '../../src/nn';
import { temporaryFolder } from '../data/fixtures';
import { TINY } from '../tiny';

describe('readModel', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'weights.safetensors');
  before(() => startEngine());

  const drawn = (config: ClipConfig): Map<string, StoredTensor> =>
    new Map(
      [...parameterShapes(config)].map(([name, shape], i) => {
        const data = new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(i + 1);
        return [name, { dtype: 'F32', shape, data }];
      }),
    );

  async function read(config: ClipConfig, tensors: Map<string, StoredTensor>) {
    writeSafetensors(path, tensors);
    const file = await openWeights(path);
    try {
      return readModel(config, file);
    } finally {
      file.close();
    }
  }

  /** Reads, counts and frees. */
  async function firstValues(config: ClipConfig, tensors: Map<string, StoredTensor>) {
    const model = await read(config, tensors);
    const values = [...model.parameters].map(([name, variable]) => [name, variable.dataSync()[0]]);
    disposeParameters(model.parameters);
    return new Map(values as [string, number][]);
  }

  it('gives each parameter its tensor, in the order and with the traits of a drawn model', async () => {
    const config = { ...TINY, secondOrder: { heads: 2, reduced: 4, dropout: 0.5 } };
    const tensors = drawn(config);
    const before = tf.memory().numTensors;
    const model = await read(config, tensors);
    const other = createClip(config, 0);
    assert.deepEqual([...model.parameters.keys()], [...other.parameters.keys()]);
    assert.deepEqual([...trainable(model.parameters).keys()], [...trainable(other.parameters).keys()]);
    for (const [name, variable] of model.parameters) {
      assert.deepEqual(variable.shape, other.parameters.get(name)!.shape);
      assert.equal(variable.dataSync()[0], tensors.get(name)!.data[0], name);
    }
    for (const { parameters } of [model, other]) disposeParameters(parameters);
    assert.equal(tf.memory().numTensors, before);
  });

  it('leaves running statistics untrained, and counters in the file', async () => {
    const { vision, ...rest } = zooConfig('RN50');
    const config: ClipConfig = {
      ...rest,
      embedDim: 16,
      vision: { ...vision, imageSize: 32, width: 128, heads: 2, layers: 4, stages: [1, 1, 1, 1] },
      text: TINY.text,
    };
    const tensors = drawn(config);
    tensors.set('visual.bn1.num_batches_tracked', { dtype: 'I64', shape: [], data: Int32Array.of(3) });
    const model = await read(config, tensors);
    const other = createClip(config, 0);
    assert.deepEqual([...trainable(model.parameters).keys()], [...trainable(other.parameters).keys()]);
    assert.ok(!model.parameters.get('visual.bn1.running_var')!.trainable);
    for (const { parameters } of [model, other]) disposeParameters(parameters);
  });

  it('leaves parts of training in the file', async () => {
    const tensors = drawn({ ...TINY, auxiliary: { maskedText: true, simclr: { hidden: 8, output: 4 } } });
    const values = await firstValues(TINY, tensors);
    assert.ok(![...values.keys()].some((name) => name.startsWith('auxiliary.')));
  });

  it('takes a text tower without its prefix, and scalars with an axis', async () => {
    const config = { ...TINY, customText: true, initLogitBias: -10 };
    const tensors = new Map(
      [...drawn(config)].map(([name, tensor]) => [name.replace(/^text\./, ''), tensor]),
    );
    const scale = tensors.get('logit_scale')!;
    tensors.set('logit_scale', { ...scale, shape: [1] });
    const values = await firstValues(config, tensors);
    assert.equal(values.get('text.ln_final.bias'), tensors.get('ln_final.bias')!.data[0]);
  });

  it('refuses what does not fit, naming a handful, and leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    const tensors = drawn(TINY);
    const { size } = tensors;
    for (const name of [...tensors.keys()].filter((name) => name.includes('visual.'))) tensors.delete(name);
    const left = size - tensors.size;
    await assert.rejects(
      read(TINY, tensors),
      new RegExp(
        `"${path}" does not fit the model: ${left} of ${size} parameters are missing \\((visual\\.\\S+, ){4}…\\)\\. Check`,
      ),
    );
    const odd = drawn(TINY);
    odd.set('visual.proj', { dtype: 'F32', shape: [4, 4], data: new Float32Array(16) });
    odd.set('visual.head', { dtype: 'F32', shape: [1], data: new Float32Array(1) });
    await assert.rejects(
      read(TINY, odd),
      /model: 1 have another shape \(visual\.proj is \[4,4\] instead of \[16,16\]\); 1 belong to nothing in the model \(visual\.head\)\./,
    );
    assert.equal(tf.memory().numTensors, before);
  });

  it('leaves nothing behind when a tensor cannot be read', async () => {
    const before = tf.memory().numTensors;
    writeSafetensors(path, drawn(TINY));
    const file = await openWeights(path);
    const read = (name: string) => {
      if (name === 'visual.proj') throw new Error('The file became shorter.');
      return file.read(name);
    };
    assert.throws(() => readModel(TINY, { ...file, read }), /The file became shorter\./);
    file.close();
    assert.equal(tf.memory().numTensors, before);
  });
});
