import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createTokenizer, type Tokenizer } from '../../src/text';

interface Answer {
  text: string;
  ids: number[];
}

const golden: Record<string, Answer[]> = JSON.parse(
  gunzipSync(readFileSync(join(__dirname, '../golden/tokenizer.json.gz'))).toString('utf8'),
);

/** Strings where ftfy weighs the neighbours of an ambiguous pair of characters and `repairMojibake` does not. */
const KNOWN_DIFFERENCES = [
  '½ÂµÂ', // ftfy leaves the whole string
  'lost Ã� letter', // ftfy takes the lost byte into account as evidence
  '€ü', // ftfy tries code page 437 and others: U+06DF
  'Í³', // ftfy reads U+0373
];

describe('tokenizer', () => {
  const full = createTokenizer();
  const small = createTokenizer({ vocabSize: 8192 });

  for (const group of ['fixed', 'mojibake', 'captions', 'random', 'long']) {
    it(`gives open_clip's ids for the ${golden[group].length} ${group} strings`, () => {
      const different = differences(full, golden[group]);
      assert.deepEqual(
        different.filter((text) => !KNOWN_DIFFERENCES.includes(text)),
        [],
      );
    });
  }

  it('gives the ids of the same algorithm with 7,678 merges', () => {
    assert.deepEqual(differences(small, golden.small), []);
  });

  it('agrees with ftfy on most texts spoiled on purpose', () => {
    const rate = 1 - differences(full, golden.spoiled).length / golden.spoiled.length;
    assert.ok(rate >= 0.82, `agreement ${rate.toFixed(3)}`);
  });

  it('decodes as open_clip does', () => {
    for (const { ids, text } of golden.decoded) assert.equal(full.decode(ids), text);
  });

  it('cuts a long text and ends it with the end token', () => {
    const tokenizer = createTokenizer({ contextLength: 5, vocabSize: 8192 });
    const { ids, lengths } = tokenizer.tokenize(['one two three four five', 'cat', '']);
    assert.deepEqual([...lengths], [5, 3, 2]);
    assert.deepEqual([ids[0], ids[4]], [8190, 8191]);
    assert.deepEqual([...ids.slice(10)], [8190, 8191, 0, 0, 0]);
  });

  it('puts the special tokens last and reads them in text', () => {
    assert.deepEqual([full.startToken, full.endToken], [49406, 49407]);
    assert.deepEqual(full.encode('<START_OF_TEXT>'), [49406]);
  });

  it('says what is wrong with a size or an id', () => {
    assert.throws(() => createTokenizer({ vocabSize: 500 }), /from 514 to 49408, got 500/);
    assert.throws(() => createTokenizer({ contextLength: 1 }), /at least 2/);
    assert.throws(() => small.decode([9000]), /from 0 to 8191, got 9000/);
  });
});

function differences(tokenizer: Tokenizer, answers: Answer[]): string[] {
  const { ids, lengths } = tokenizer.tokenize(answers.map(({ text }) => text));
  return answers
    .filter((answer, row) => {
      const start = row * tokenizer.contextLength;
      return ids.slice(start, start + lengths[row]).join() !== answer.ids.join();
    })
    .map(({ text }) => text);
}
