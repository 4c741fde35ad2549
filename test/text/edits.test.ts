import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../../src/engine';
import { deleteWords, editText, replaceSynonyms, swapWords, synonymsOf } from '../../src/text';

type Counts = Record<string, number>;
const golden: { draws: number; edits: Record<'synonyms' | 'swap' | 'deletion', Record<string, Counts>> } =
  JSON.parse(readFileSync(join(__dirname, '../golden/textEdits.json'), 'utf8'));

const DRAWS = 20_000;
/** Five standard deviations of the difference of two shares near a half. */
const TOLERANCE = 0.025;
/** A share of results that need not come out at all. */
const RARE = 0.001;

describe('text edits', () => {
  it('replaces by a synonym as often as textaugment does, each synonym alike', () => {
    for (const [text, counts] of Object.entries(golden.edits.synonyms)) {
      assertShares(shares(text, replaceSynonyms), sharesOf(counts), text);
    }
  });

  it('deletes as often as textaugment does', () => {
    for (const [text, counts] of Object.entries(golden.edits.deletion)) {
      assertShares(shares(text, deleteWords), sharesOf(counts), text);
    }
  });

  it('swaps as textaugment does where it does not give up', () => {
    for (const [text, counts] of Object.entries(golden.edits.swap)) {
      const length = text.split(' ').length;
      const givesUp = length === 1 ? 0 : length ** -3;
      const expected = sharesOf(counts);
      expected[text] -= givesUp;
      for (const result of Object.keys(expected)) expected[result] /= 1 - givesUp;
      assertShares(shares(text, swapWords), expected, text);
    }
  });

  it('chooses one of the three edits, each alike', () => {
    const text = 'sofa xyz';
    const all = [replaceSynonyms, swapWords, deleteWords].map((edit) => shares(text, edit));
    const expected: Counts = {};
    for (const one of all) {
      for (const [result, share] of Object.entries(one))
        expected[result] = (expected[result] ?? 0) + share / 3;
    }
    assertShares(shares(text, editText), expected, text);
  });

  it('passes its options on', () => {
    const random = createRandom(0);
    const results = new Set(
      Array.from({ length: 200 }, () => editText('sofa xyz', random, { words: 0, deletionRate: 1 })),
    );
    assert.deepEqual([...results].sort(), ['sofa', 'sofa xyz', 'xyz']);
  });

  it('edits as many words as it is told, as far as there are any', () => {
    const random = createRandom(0);
    assert.equal(replaceSynonyms('sofa car xyz', random, 0), 'sofa car xyz');
    const [sofa, car, xyz] = replaceSynonyms('sofa car xyz', random, 5).split(' ');
    assert.ok(synonymsOf('sofa').includes(sofa) && synonymsOf('car').includes(car) && xyz === 'xyz');
    assert.equal(swapWords('one two', random, 2), 'one two');
  });

  it('leaves function words and capital letters out of account', () => {
    const random = createRandom(0);
    assert.equal(replaceSynonyms('In a', random), 'In a');
    assert.match(replaceSynonyms('the Sofa, SOFA', random), /^the Sofa, (couch|lounge)$/);
  });

  it('never gives an empty text for one with a word', () => {
    const random = createRandom(0);
    for (let draw = 0; draw < 300; draw++) {
      for (const text of ['cat', 'a cat', ' the ', '🍎 ?']) {
        assert.notEqual(editText(text, random, { words: 3, deletionRate: 0.9 }).trim(), '');
      }
    }
    assert.equal(deleteWords('one', random, 1), 'one');
    assert.match(deleteWords('one two', random, 1), /^(one|two)$/);
  });

  it('puts single spaces between words and leaves nothing of an empty text', () => {
    const random = createRandom(0);
    assert.equal(deleteWords('  one\ttwo \n three ', random, 0), 'one two three');
    for (const edit of [editText, replaceSynonyms, swapWords, deleteWords])
      assert.equal(edit(' ', random), '');
  });

  it('gives the same edits for the same seed', () => {
    const edits = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 20 }, () => editText('a smiling red sofa on a car', random));
    };
    assert.deepEqual(edits(3), edits(3));
    assert.notDeepEqual(edits(3), edits(4));
  });

  it('refuses rates that are no probability and counts that are none', () => {
    const random = createRandom(0);
    assert.throws(() => deleteWords('a b', random, 1.1), /probability from 0 to 1, got 1.1/);
    assert.throws(() => deleteWords('a b', random, Number.NaN), RangeError);
    assert.throws(() => swapWords('a b', random, -1), /whole number from 0, got -1/);
    assert.throws(() => replaceSynonyms('a b', random, 1.5), /whole number from 0, got 1.5/);
  });
});

function shares(text: string, edit: (text: string, random: Random) => string): Counts {
  const random = createRandom(text);
  const counts: Counts = {};
  for (let draw = 0; draw < DRAWS; draw++) {
    const result = edit(text, random);
    counts[result] = (counts[result] ?? 0) + 1;
  }
  return sharesOf(counts, DRAWS);
}

function sharesOf(counts: Counts, draws = golden.draws): Counts {
  return Object.fromEntries(Object.entries(counts).map(([result, count]) => [result, count / draws]));
}

/** Asserts that nothing came out that is not expected, and everything as often. */
function assertShares(actual: Counts, expected: Counts, text: string): void {
  const results = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  for (const result of results) {
    const [found, wanted] = [actual[result] ?? 0, expected[result] ?? 0];
    assert.ok(
      Math.max(found, wanted) < RARE || (found > 0 && wanted > 0),
      `"${text}" → "${result}": ${found}, expected ${wanted}`,
    );
    assert.ok(
      Math.abs(found - wanted) < TOLERANCE,
      `"${text}" → "${result}": share ${found}, expected ${wanted}`,
    );
  }
}
