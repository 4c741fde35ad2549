import assert from 'node:assert/strict';
import { startEngine } from '../../src/engine';
import { cosines, toEmbeddings } from '../../src/evaluation/embeddings';
import { guessLabels } from '../../src/evaluation/guesses';

const images = toEmbeddings([2, 0, 3, 4], 2);
const classes = toEmbeddings([0, 5, 1, 0], 2);

describe('guesses', () => {
  before(async () => {
    await startEngine();
  });

  it('are the softmax of scaled cosines, likeliest first', () => {
    const [first, second] = guessLabels({
      imageEmbeddings: images,
      classEmbeddings: classes,
      labels: ['up', 'right'],
      logitScale: 10,
    });
    assert.deepEqual(
      first.map(({ label }) => label),
      ['right', 'up'],
    );
    assert.ok(Math.abs(first[0].probability - 1 / (1 + Math.exp(-10))) < 1e-6);
    assert.deepEqual(
      second.map(({ label }) => label),
      ['up', 'right'],
    );
    assert.ok(Math.abs(second[0].probability - 1 / (1 + Math.exp(10 * (0.6 - 0.8)))) < 1e-6);
  });

  it('sum to one, however large the logits', () => {
    const [first] = guessLabels({
      imageEmbeddings: images,
      classEmbeddings: classes,
      labels: ['up', 'right'],
      logitScale: 1e4,
    });
    assert.equal(
      first.reduce((sum, { probability }) => sum + probability, 0),
      1,
    );
  });

  it('need a name for each class', () => {
    const input = { imageEmbeddings: images, classEmbeddings: classes, labels: ['up'], logitScale: 1 };
    assert.throws(() => guessLabels(input), /each of 2 class embeddings, got 1/);
  });

  it('rest on cosines, rows by columns', () => {
    const expected = [
      [0, 1],
      [0.8, 0.6],
    ];
    cosines(images, classes).forEach((row, i) => {
      row.forEach((value, j) => {
        assert.ok(Math.abs(value - expected[i][j]) < 1e-6);
      });
    });
  });
});
