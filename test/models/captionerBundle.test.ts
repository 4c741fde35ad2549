import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { projectRoot } from '../../src/data';
import { startEngine } from '../../src/engine';
import { captionPictures, writeCaptions } from '../../src/evaluation';
import { writeSafetensors } from '../../src/files';
import {
  CAPTION_START,
  type CaptionerBundle,
  type ConceptList,
  captionerInput,
  captionStates,
  chooseConcepts,
  disposeCaptioner,
  encodeImages,
  loadCaptioner,
  nearestConcepts,
  predictTokens,
  randomConcepts,
  saveCaptioner,
  viewPictures,
  vocabularyOf,
} from '../../src/models';
import { createTokenizer } from '../../src/text';
import { disposeBundle, tinyBundle } from '../captioners';
import { temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';
import { TINY, tinyPictures } from '../tiny';

const unit = (width: number, at: number) => Array.from({ length: width }, (_, i) => Number(i === at));

describe('concepts of pictures', () => {
  before(() => startEngine());
  const list: ConceptList = {
    names: ['a', 'b', 'c', 'd'],
    embeddings: Float32Array.from([0, 1, 2, 3].flatMap((at) => unit(4, at))),
    pieces: [[3], [4], [5], [6]],
  };
  const pictures = () =>
    tf.tensor2d([
      [0.1, 0.7, 0.2, 0.5],
      [0.9, -0.1, 0.3, 0.2],
    ]);

  it('are the planted ones, in the order of their scores', () => {
    const found = tf.tidy(() => nearestConcepts(pictures(), list, 3));
    assert.deepEqual(found, [
      [1, 3, 2],
      [0, 2, 3],
    ]);
  });

  it('are all there are, each once, where more are asked for', () => {
    const found = tf.tidy(() => nearestConcepts(pictures(), list, 9));
    assert.deepEqual(found, [
      [1, 3, 2, 0],
      [0, 2, 3, 1],
    ]);
    assert.deepEqual([...randomConcepts('x', list, 9)].sort(), [0, 1, 2, 3]);
  });

  it('depend on the key alone where they are random', () => {
    const [a, b] = ['x', 'y'].map((key) => randomConcepts(key, list, 2));
    assert.notDeepEqual(a, b);
    const chosen = tf.tidy(() =>
      chooseConcepts({ embedding: pictures() }, ['y', 'x'], list, { count: 2, from: 'random' }),
    );
    assert.deepEqual(chosen, [b, a]);
    assert.equal(new Set(a).size, 2);
  });
});

describe('the vocabulary of captions', () => {
  it('gives texts back, in lower case, and leaves out what it does not know', () => {
    const vocabulary = vocabularyOf(
      ['A mammal, fox: "red" (animal) and face, five-thirty.', "the dog's"],
      createTokenizer({ vocabSize: 600 }),
    );
    const again = (text: string) => vocabulary.decode(vocabulary.encode(text));
    assert.equal(again('A red fox, and a face.'), 'a red fox, and a face.');
    assert.equal(again("(the dog's face)"), "(the dog's face)");
    assert.equal(again('Five-thirty'), 'five-thirty');
    assert.equal(again('red zzz face').replace(/z/g, ''), 'red face');
    assert.equal(vocabulary.size, vocabulary.pieces.length + 3);
  });

  it('knows where words end', () => {
    const vocabulary = vocabularyOf(['animals, face.'], createTokenizer({ vocabSize: 600 }));
    const ends = vocabulary.encode('animals, face.').filter(vocabulary.endsWord);
    assert.equal(ends.length, 2);
    assert.ok(vocabulary.encode('animals').length > 1, 'a word of several pieces');
  });
});

describe('a whole captioner', () => {
  const root = temporaryFolder();
  const set = tinyPictures(6);
  const pictures = { keys: set.keys, pixels: set.pixels, size: set.size };
  let bundle: CaptionerBundle;
  before(async () => {
    await startEngine();
    bundle = tinyBundle(set.texts.flat());
  });
  after(() => disposeBundle(bundle));

  it("sees the tower's own embedding, and a grid of its patches", () => {
    const whole = tinyBundle(['a']);
    tf.tidy(() => {
      const images = tf.randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
      const { grid, embedding } = viewPictures(whole.tower, images);
      assert.deepEqual(grid.shape, [2, 4, TINY.vision.width]);
      assertClose(embedding, encodeImages(whole.tower, images).first.dataSync(), 1e-6);
    });
    disposeBundle(whole);
  });

  it('is one file, in 16-bit floats', () => {
    const path = join(root, 'captioner.safetensors');
    saveCaptioner(path, bundle, { trained_on: 'nothing' });
    const loaded = loadCaptioner(path);
    for (const half of ['tower', 'captioner'] as const) {
      for (const [name, variable] of loaded[half].parameters) {
        assertClose(variable, bundle[half].parameters.get(name)!.dataSync(), 5e-4, name);
      }
    }
    assert.deepEqual(
      [loaded.concepts.names, loaded.concepts.pieces, loaded.choice],
      [bundle.concepts.names, bundle.concepts.pieces, bundle.choice],
    );
    const again = join(root, 'again.safetensors');
    saveCaptioner(again, loaded, { trained_on: 'nothing' });
    assert.equal(statSync(again).size, statSync(path).size);
    const twice = loadCaptioner(again);
    assert.deepEqual(captionPictures(twice, pictures), captionPictures(loaded, pictures));
    for (const one of [loaded, twice]) disposeCaptioner(one);
  });

  it('comes with the project, in a few megabytes', () => {
    const path = join(projectRoot(), 'data/captioner/captioner.safetensors');
    assert.ok(statSync(path).size < 4e6);
    const published = loadCaptioner(path);
    const captions = captionPictures(published, pictures);
    disposeCaptioner(published);
    assert.equal(published.concepts.names.length, 400);
    for (const { text, logProbability } of captions) {
      assert.ok(/\p{L}/u.test(text), text);
      assert.ok(Number.isFinite(logProbability));
    }
  });

  it('says what a file is not', () => {
    const path = join(root, 'other.safetensors');
    writeSafetensors(path, new Map());
    assert.throws(
      () => loadCaptioner(path),
      /^Error: Expected a captioner in ".+other\.safetensors", but its metadata/,
    );
  });

  it('writes greedily the likeliest token every time, computed without a cache', () => {
    tf.tidy(() => {
      const grid = tf.randomNormal([3, 4, 16], 0, 1, 'float32', 2) as tf.Tensor3D;
      const input = captionerInput(
        grid,
        [
          [0, 1],
          [2, 3],
          [4, 0],
        ],
        bundle.concepts,
      );
      const written = writeCaptions(bundle.captioner, input, bundle.vocabulary, { beam: 1, maxWords: 5 });
      written.forEach(({ tokens }, row) => {
        const own = {
          grid: tf.slice(grid, [row, 0, 0], [1, 4, 16]) as tf.Tensor3D,
          concepts: [input.concepts[row]],
        };
        const read = tf.tensor2d([[CAPTION_START, ...tokens.slice(0, -1)]], undefined, 'int32');
        const states = captionStates(bundle.captioner, own, read);
        const best = tf.argMax(predictTokens(bundle.captioner, tf.reshape(states, [-1, 16])), 1);
        assert.deepEqual(Array.from(best.dataSync()), tokens);
      });
    });
  });

  it('never finds a caption with a beam that scores below the greedy one, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const [greedy, beam] = [1, 4].map((beam) => captionPictures(bundle, pictures, { beam, maxWords: 4 }));
    greedy.forEach(({ score }, i) => {
      assert.ok(beam[i].score >= score - 1e-6);
    });
    assert.ok(beam.some(({ score }, i) => score > greedy[i].score + 1e-6));
    for (const { text } of [...greedy, ...beam]) assert.ok(text.split(/\s+/).length <= 8, text);
    assert.equal(tf.memory().numTensors, before);
  });
});
