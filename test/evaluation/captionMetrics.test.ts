import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bleu,
  type CaptionPair,
  cider,
  documentFrequencies,
  scoreCaptions,
  tokenise,
  worstCaptions,
} from '../../src/evaluation';

interface Scores {
  bleu: number[];
  bleus: number[][];
  cider: number;
  ciders: number[];
}

interface Golden {
  pairs: { candidate: string; references: string[] }[];
  all: Scores;
  first: Scores;
  edges: Scores;
  tokens: { text: string; tokens: string[] }[];
}

const golden: Golden = JSON.parse(readFileSync(join(__dirname, '../golden/captionMetrics.json'), 'utf8'));
const words = (text: string) => text.split(' ').filter((word) => word !== '');
const pairs: CaptionPair[] = golden.pairs.map(({ candidate, references }) => ({
  candidate: words(candidate),
  references: references.map(words),
}));

/** The golden cases: which pairs, scored as one corpus. */
const CASES = [
  ['all', pairs],
  ['edges', pairs.slice(0, golden.edges.ciders.length)],
  ['first', pairs.slice(5, 6)],
] as const;

function close(actual: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 1e-9, `${what}[${i}]: ${value}, expected ${expected[i]}`);
  });
}

describe('caption metrics', () => {
  for (const [name, chosen] of CASES) {
    it(`give pycocoevalcap's BLEU of ${chosen.length} captions (${name})`, () => {
      const { corpus, captions } = bleu(chosen);
      close(corpus, golden[name].bleu, 'corpus');
      close(captions.flat(), golden[name].bleus.flat(), 'captions');
    });

    it(`give pycocoevalcap's CIDEr of ${chosen.length} captions (${name})`, () => {
      const { corpus, captions } = cider(chosen);
      close([corpus], [golden[name].cider], 'corpus');
      close(captions, golden[name].ciders, 'captions');
    });
  }

  it("weigh words by another corpus's references where they are given", () => {
    const frequencies = documentFrequencies(pairs.map(({ references }) => references));
    const few = pairs.slice(20, 30);
    close(cider(few, { frequencies }).captions, golden.all.ciders.slice(20, 30), 'captions');
    const own = cider(few).captions;
    assert.ok(own.some((score, i) => Math.abs(score - golden.all.ciders[20 + i]) > 0.1));
  });

  it('want at least one caption, and references of each', () => {
    assert.throws(() => bleu([]), {
      message: 'Expected at least one caption to score, but got none; give candidates and references.',
    });
    assert.throws(() => cider([pairs[0], { candidate: ['dog'], references: [] }]), {
      message: 'Expected at least one reference of each caption, but number 1 has none; leave it out.',
    });
  });
});

describe('tokenise', () => {
  for (const { text, tokens } of golden.tokens) {
    it(`gives pycocoevalcap's tokens of ${JSON.stringify(text)}`, () => {
      assert.deepEqual(tokenise(text), tokens);
    });
  }

  it('takes words for words, whatever objects inherit', () => {
    assert.deepEqual(tokenise('Constructor, toString'), ['constructor', 'tostring']);
  });
});

describe('scoreCaptions', () => {
  const references = new Map([
    ['a', ['A red apple.', 'An apple, red']],
    ['b', ["The dog's house"]],
    ['c', ['Two cats on a mat']],
  ]);
  const captions = new Map([
    ['a', 'a red apple'],
    ['b', "the dog's red house!"],
    ['c', 'a green bicycle'],
  ]);

  it('scores texts by key and shows the worst first', () => {
    const scores = scoreCaptions(captions, references);
    assert.deepEqual(
      scores.captions.map(({ key, caption }) => [key, caption]),
      [...captions],
    );
    const tokens = [...captions].map(([key, caption]) => ({
      candidate: tokenise(caption),
      references: references.get(key)!.map(tokenise),
    }));
    assert.deepEqual(scores.bleu, bleu(tokens).corpus);
    assert.equal(scores.cider, cider(tokens).corpus);
    assert.deepEqual(
      worstCaptions(scores, 2).map(({ key }) => key),
      ['c', 'b'],
    );
    const [worst] = worstCaptions(scores);
    assert.deepEqual(worst.references, ['Two cats on a mat']);
    assert.ok(worst.cider < 1 && worst.bleu4 < 0.01);
  });

  it('wants captions and references of the same pictures', () => {
    assert.throws(() => scoreCaptions(new Map([...captions, ['d', 'a dog']]), references), {
      message:
        'Expected captions and references of the same pictures, but 1 have no reference (first "d"); ' +
        'add these or leave the pictures out.',
    });
    assert.throws(() => scoreCaptions(new Map([['a', 'x']]), references), /2 have no caption \(first "b"\)/);
  });
});
