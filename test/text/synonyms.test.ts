import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synonymsOf } from '../../src/text';

const golden: Record<string, string[]> = JSON.parse(
  readFileSync(join(__dirname, '../golden/textEdits.json'), 'utf8'),
).synonyms;

describe('synonymsOf', () => {
  it(`gives the single words among textaugment's for ${Object.keys(golden).length} words`, () => {
    for (const [word, expected] of Object.entries(golden)) {
      const own = asTextaugment(word);
      const comparable = (synonyms: string[]) =>
        [...new Set(synonyms)].filter((synonym) => isSingle(synonym) && synonym !== own).sort();
      assert.deepEqual(comparable(synonymsOf(word).map(asTextaugment)), comparable(expected), word);
    }
  });

  it('goes from inflected words to base forms, by rule and by exception', () => {
    assert.deepEqual(synonymsOf('apples'), ['apple']);
    assert.ok(synonymsOf('geese').includes('goose'));
    assert.ok(synonymsOf('cried').includes('weep'));
    assert.ok(synonymsOf('wolves').includes('wolf'));
  });

  it('is sorted, without doubles, in lower case, of single words, and without the word itself', () => {
    for (const word of Object.keys(golden)) {
      const found = synonymsOf(word);
      assert.deepEqual(found, [...new Set(found)].sort());
      assert.ok(
        found.every((synonym) => /^[^\s_A-Z]+$/.test(synonym) && synonym !== word),
        word,
      );
    }
  });

  it('keeps the hyphens, dots and digits that textaugment strips', () => {
    assert.ok(synonymsOf('carousel').includes('merry-go-round'));
    assert.ok(synonymsOf('america').includes('u.s.'));
    assert.ok(synonymsOf('one').includes('1'));
  });

  it('takes no notice of capital letters', () => {
    assert.deepEqual(synonymsOf('Sofa'), ['couch', 'lounge']);
    assert.ok(!synonymsOf('Dog').includes('dog'));
  });

  it('finds nothing for what WordNet does not list', () => {
    for (const word of ['', ' ', 'xyz', 'apple,', 'two words', '#']) {
      assert.deepEqual(synonymsOf(word), [], word);
    }
  });

  it('gives a list of its own each time', () => {
    synonymsOf('sofa').push('spoiled');
    assert.deepEqual(synonymsOf('sofa'), ['couch', 'lounge']);
  });
});

/** textaugment turns hyphens into spaces and drops whatever else is no letter. */
function asTextaugment(word: string): string {
  return word.replaceAll('-', ' ').replace(/[^a-z ]/g, '');
}

function isSingle(synonym: string): boolean {
  return synonym !== '' && !synonym.includes(' ');
}
