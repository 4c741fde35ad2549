import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  boundaryF1,
  bracketString,
  constituents,
  layerTree,
  linkedSpans,
  randomTree,
  readTextLinks,
  rightBranchingTree,
  type Span,
  splitTree,
  wordLinks,
} from '../../src/evaluation/hierarchy';
import {
  type GridLinks,
  linkPurity,
  neighbourPairs,
  patchGroups,
  readImageLinks,
  twoColourPicture,
} from '../../src/evaluation/patchGroups';
import type { ImageLinks } from '../../src/models';

const WORDS = ['a', 'cat', 'on', 'the', 'mat'];
const LINKS = [0.9, 0.3, 0.5, 0.8];

describe('trees over sentences', () => {
  it('part at the weakest link', () => {
    assert.equal(bracketString(splitTree(LINKS), WORDS), '((a cat) (on (the mat)))');
    assert.deepEqual(splitTree([0.5, 0.5]), [0, [1, 2]]);
    assert.deepEqual(splitTree([]), 0);
  });

  it('go down a layer where all is linked, and leave flat what the lowest layer holds together', () => {
    const upper = [0.95, 0.5, 0.9, 0.96];
    assert.equal(bracketString(layerTree([LINKS, upper]), WORDS), '((a cat) (on (the mat)))');
    assert.equal(bracketString(layerTree([[0.9, 0.3, 0.85, 0.9], upper]), WORDS), '((a cat) (on the mat))');
    assert.equal(bracketString(layerTree([upper], { linked: 0.4 }), WORDS), '(a cat on the mat)');
    const lowest = { lowest: 1 };
    assert.equal(bracketString(layerTree([LINKS, upper], lowest), WORDS), '((a cat) (on the mat))');
  });

  /** Made by `parse.py` of yaushian/Tree-Transformer, which agreed with ours on 400 more. */
  const PARSED: { layers: number[][]; brackets: Span[] }[] = [
    {
      layers: [[0.6322, 0.7215, 0.5456, 0.1956, 0.3691, 0.587], [0.8249, 0.8943, 0.7312, 0.5922, 0.541, 0.6463], [0.9165, 0.8946, 0.8892, 0.5945, 0.7533, 0.804], [0.9231, 0.9414, 0.9522, 0.7575, 0.8778, 0.9082]],
      brackets: [[0, 4], [4, 7], [5, 7]],
    },
    {
      layers: [[0.2148, 0.7201, 0.3248, 0.6071, 0.1123, 0.346], [0.4901, 0.8507, 0.6655, 0.7227, 0.2443, 0.8094], [0.6318, 0.8647, 0.8014, 0.7657, 0.6982, 0.9081], [0.7975, 0.8663, 0.8643, 0.8627, 0.8711, 0.9316]],
      brackets: [[1, 4], [1, 5], [1, 7], [5, 7]],
    },
    {
      layers: [[0.7455, 0.5859, 0.3642, 0.317, 0.6581, 0.0651, 0.5313], [0.8961, 0.8341, 0.5178, 0.7251, 0.7159, 0.3191, 0.6781], [0.9383, 0.8481, 0.665, 0.7251, 0.8745, 0.7541, 0.7116], [0.9709, 0.9417, 0.9117, 0.8991, 0.9144, 0.9348, 0.9223]],
      brackets: [[0, 3], [3, 7], [3, 8], [4, 6], [4, 7]],
    },
  ]; // biome-ignore format: matrices
  for (const [i, { layers, brackets }] of PARSED.entries()) {
    it(`are those of the Tree Transformer's code, case ${i + 1}`, () => {
      const found = constituents(layerTree(layers, { lowest: 2 }));
      assert.deepEqual(found.sort(([a, b], [c, d]) => a - c || b - d), brackets); // biome-ignore format: one line
    });
  }

  it('can be drawn without looking', () => {
    assert.equal(bracketString(rightBranchingTree(4), WORDS), '(a (cat (on the)))');
    const shapes = new Set<string>();
    const random = createRandom(1);
    for (let i = 0; i < 60; i++) shapes.add(bracketString(randomTree(4, random), WORDS));
    assert.equal(shapes.size, 5, 'every binary tree over four tokens');
  });

  it('have constituents: parts of two tokens or more, but not everything', () => {
    assert.deepEqual(constituents(splitTree(LINKS)), [[0, 2], [3, 5], [2, 5]]); // biome-ignore format: spans
    assert.deepEqual(constituents(0), []);
    assert.deepEqual(linkedSpans([0.9, 0.3, 0.9, 0.9, 0.1], 0.5), [[0, 2], [2, 5]]); // biome-ignore format: spans
  });
});

describe('boundaryF1', () => {
  const spans: Span[] = [[0, 2], [2, 5], [3, 5]]; // biome-ignore format: spans

  it('counts constituents with both boundaries right, over all texts', () => {
    const found: Span[][] = [[[0, 2], [1, 5]], [[0, 3]]]; // biome-ignore format: spans
    const { precision, recall, f1 } = boundaryF1(found, [spans, []]);
    assert.ok(Math.abs(precision - 1 / 3) < 1e-12 && Math.abs(recall - 1 / 3) < 1e-12);
    assert.ok(Math.abs(f1 - 1 / 3) < 1e-12);
    assert.equal(boundaryF1([spans], [spans]).f1, 1);
  });

  it('has an answer where there is nothing', () => {
    assert.deepEqual(boundaryF1([[]], [[]]), { precision: 1, recall: 1, f1: 1 });
    assert.deepEqual(boundaryF1([[]], [spans]), { precision: 0, recall: 0, f1: 0 });
    assert.throws(() => boundaryF1([spans], []), /constituents of 0 texts, got them of 1/);
  });
});

describe('links of texts', () => {
  before(() => startEngine());

  it('are read without padding, word by word', () => {
    const layers = [0, 0.5].map((more) => tf.tensor2d([[0.1 + more, 0.2, 0.3, 0.4], [0.5, 0, 0, 0]])); // biome-ignore format: matrix
    const [first, second] = readTextLinks(layers, Int32Array.of(5, 2));
    tf.dispose(layers);
    assert.deepEqual(second, [[0.5], [0.5]]);
    assert.deepEqual(first.map((links) => links.length), [4, 4]); // biome-ignore format: one line
    const tokens = ['<start_of_text>', 'cat', 's ', 'play ', '<end_of_text>'];
    const { words, layers: between } = wordLinks(tokens, [[0.1, 0.2, 0.3, 0.4]]);
    assert.deepEqual([words, between], [['cats', 'play'], [[0.3]]]);
    assert.throws(() => wordLinks(tokens, [[0.1]]), /Expected 4 links between 5 tokens, got 1/);
  });
});

describe('groups of patches', () => {
  const links: GridLinks = {
    horizontal: [[0.9, 0.1], [0.9, 0.1], [0.2, 0.9]], // biome-ignore format: grid
    vertical: [[0.1, 0.9, 0.9], [0.1, 0.1, 0.9]], // biome-ignore format: grid
  };
  before(() => startEngine());

  it('are what links join, along any way', () => {
    assert.deepEqual(patchGroups(links, 0.5), [[0, 0, 1], [0, 0, 1], [2, 1, 1]]); // biome-ignore format: grid
    assert.equal(new Set(patchGroups(links, 1).flat()).size, 9);
    assert.deepEqual(new Set(patchGroups(links, 0).flat()), new Set([0]));
  });

  it('know the colours of pictures of two, as far as links do', () => {
    const random = createRandom(3);
    const pictures = Array.from({ length: 20 }, () => twoColourPicture(random, 4, 2));
    for (const { pixels, size, labels } of pictures) {
      assert.deepEqual([pixels.length, size], [8 * 8 * 3, 8]);
      assert.equal(new Set(labels.flat()).size, 2);
      const at = (row: number, column: number) => pixels.subarray(3 * (2 * row * 8 + 2 * column)).slice(0, 3);
      const colours = labels.map((row, r) => row.map((_, c) => at(r, c).join()));
      labels.flat().forEach((label, i) => {
        assert.equal(label === labels[0][0], colours.flat()[i] === colours[0][0]);
      });
    }
    const labels = pictures.map((picture) => picture.labels);
    const knowing = labels.map((own) => linksLike(own, (same) => (same ? 0.8 : 0.2)));
    const perfect = linkPurity(knowing, labels, 0.5);
    assert.deepEqual([perfect.purity, perfect.auroc], [1, 1]);
    assert.equal(perfect.linked, perfect.chance);
    const blind = linkPurity(labels.map((own) => linksLike(own, () => random.uniform())), labels, 0.5); // biome-ignore format: one line
    assert.ok(Math.abs(blind.purity - blind.chance) < 0.06 && Math.abs(blind.auroc - 0.5) < 0.08);
    assert.ok(Number.isNaN(linkPurity(knowing, labels, 1).purity));
    assert.throws(() => linkPurity(knowing, [], 0.5), /labels for 20 pictures, got them for 0/);
  });

  /** Links of a grid by whether the labels of both ends are the same. */
  function linksLike(labels: number[][], link: (same: boolean) => number): GridLinks {
    return {
      horizontal: labels.map((row) => row.slice(1).map((label, c) => link(label === row[c]))),
      vertical: labels.slice(1).map((row, r) => row.map((label, c) => link(label === labels[r][c]))),
    };
  }

  it('are read from what a model shows', () => {
    const layers: ImageLinks[] = [0, 1].map((layer) => ({
      horizontal: tf.tensor3d([
        [[1 + layer], [2]],
        [[3], [4]],
      ]),
      vertical: tf.tensor3d([[[5, 6]], [[7, 8 + layer]]]),
    }));
    const [, second] = readImageLinks(layers);
    tf.dispose(layers.flatMap(({ horizontal, vertical }) => [horizontal, vertical]));
    assert.deepEqual(second[1], { horizontal: [[3], [4]], vertical: [[7, 9]] });
    assert.deepEqual(
      neighbourPairs(second[1]).map(({ from, to, link }) => [from, to, link]),
      [[0, 1, 3], [2, 3, 4], [0, 2, 7], [1, 3, 9]], // biome-ignore format: pairs
    );
  });
});
