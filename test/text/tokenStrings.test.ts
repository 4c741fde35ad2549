import assert from 'node:assert/strict';
import { createTokenizer, tokenStrings } from '../../src/text';

describe('the strings of tokens', () => {
  const tokenizer = createTokenizer({ contextLength: 8, vocabSize: 600 });

  it('are one for each token, a space behind each word, without padding', () => {
    const texts = ['a cat', 'hummingbird', ''];
    const batch = tokenizer.tokenize(texts);
    const strings = tokenStrings(tokenizer, batch);
    assert.deepEqual(
      strings.map(({ length }) => length),
      [...batch.lengths],
    );
    for (const own of strings) {
      assert.equal(own[0], '<start_of_text>');
      assert.equal(own.at(-1), '<end_of_text>');
    }
    assert.equal(strings[0].slice(1, -1).join(''), 'a cat ');
    assert.equal(strings[2].length, 2);
    assert.ok(strings[1].slice(1, -2).every((piece) => !piece.endsWith(' ')));
  });

  it('of no text are none', () => {
    assert.deepEqual(tokenStrings(tokenizer, tokenizer.tokenize([])), []);
  });
});
