import assert from 'node:assert/strict';
import { createRandom } from '../../src/engine';
import { createTokenizer, maskTokens, NO_LABEL } from '../../src/text';

const tokenizer = createTokenizer({ vocabSize: 1000, contextLength: 16 });
const { vocabSize, startToken, endToken } = tokenizer;

describe('maskTokens', () => {
  /** 3,000 texts of 2 to 16 tokens, each place with an id of its own kind. */
  const texts = tokenizer.tokenize(
    Array.from({ length: 3000 }, (_, i) => 'cat '.repeat(i % 20) + (i % 7 === 0 ? '' : 'a red sofa !')),
  );
  const masked = maskTokens(texts, tokenizer, createRandom(0));
  const places = [...texts.ids.keys()];
  const isOrdinary = (place: number) =>
    place % 16 > 0 && place % 16 < texts.lengths[Math.floor(place / 16)] - 1;
  const chosen = places.filter((place) => masked.labels[place] !== NO_LABEL);

  it('chooses 15 % of the ordinary tokens', () => {
    assertShare(chosen.length, places.filter(isOrdinary).length, 0.15);
  });

  it('masks 80 % of these, draws 10 % at random and leaves 10 %', () => {
    const hidden = chosen.filter((place) => masked.ids[place] === vocabSize).length;
    const kept = chosen.filter((place) => masked.ids[place] === texts.ids[place]).length;
    assertShare(hidden, chosen.length, 0.8);
    assertShare(kept, chosen.length, 0.1);
    assertShare(chosen.length - hidden - kept, chosen.length, 0.1);
  });

  it('never chooses start, end or padding, and keeps all else as it was', () => {
    assert.ok(chosen.every(isOrdinary));
    for (const place of places) {
      if (masked.labels[place] === NO_LABEL) assert.equal(masked.ids[place], texts.ids[place]);
      else assert.equal(masked.labels[place], texts.ids[place]);
    }
    assert.deepEqual(masked.lengths, texts.lengths);
  });

  it('never chooses special tokens that a text spells out', () => {
    const spelled = tokenizer.tokenize(['<end_of_text> <start_of_text> cat']);
    const { labels } = maskTokens(spelled, tokenizer, createRandom(0), { rate: 1 });
    assert.ok([startToken, endToken].every((token) => !labels.includes(token)));
    assert.equal(labels.filter((label) => label !== NO_LABEL).length, spelled.lengths[0] - 4);
  });

  it('draws random tokens from all ordinary ones and no others', () => {
    const few = createTokenizer({ vocabSize: 514, contextLength: 77 });
    const long = few.tokenize(Array.from({ length: 600 }, () => 'e'.repeat(75)));
    const { ids } = maskTokens(long, few, createRandom(1), { rate: 1 });
    const seen = new Set(ids.filter((_, place) => place % 77 > 0 && place % 77 < 76));
    assert.equal(seen.delete(few.vocabSize), true);
    assert.equal(seen.size, few.startToken);
    assert.equal(Math.max(...seen), few.startToken - 1);
  });

  it('chooses none at rate 0, all at rate 1', () => {
    const none = maskTokens(texts, tokenizer, createRandom(0), { rate: 0 });
    assert.deepEqual(none.ids, texts.ids);
    assert.ok(none.labels.every((label) => label === NO_LABEL));
    const all = maskTokens(texts, tokenizer, createRandom(0), { rate: 1 });
    assert.ok(places.every((place) => isOrdinary(place) === (all.labels[place] !== NO_LABEL)));
  });

  it('leaves its input alone and gives the same for the same seed', () => {
    const again = tokenizer.tokenize(['a red sofa']);
    const before = { ids: again.ids.slice(), lengths: again.lengths.slice() };
    maskTokens(again, tokenizer, createRandom(0), { rate: 1 });
    assert.deepEqual(again, before);
    assert.deepEqual(maskTokens(texts, tokenizer, createRandom(0)), masked);
    assert.notDeepEqual(maskTokens(texts, tokenizer, createRandom(1)), masked);
  });

  it('takes no texts and refuses a rate that is no probability', () => {
    const empty = maskTokens(tokenizer.tokenize([]), tokenizer, createRandom(0));
    assert.deepEqual([empty.ids.length, empty.lengths.length, empty.labels.length], [0, 0, 0]);
    for (const rate of [-0.1, 1.1, Number.NaN]) {
      assert.throws(() => maskTokens(texts, tokenizer, createRandom(0), { rate }), /from 0 to 1, got/);
    }
  });
});

/** Within five standard deviations of a binomial. */
function assertShare(count: number, total: number, share: number): void {
  const deviation = Math.sqrt((share * (1 - share)) / total);
  assert.ok(Math.abs(count / total - share) < 5 * deviation, `${count} of ${total}, expected ${share}`);
}
