import assert from 'node:assert/strict';
import { createRandom, type Random } from '../../src/engine/random';
import { createTokenizer } from '../../src/text';
import { mergePairs } from '../../src/text/mergePairs';

/** The algorithm as its paper tells it: pass after pass over the whole word. */
function passes(symbols: readonly string[], ranks: ReadonlyMap<string, number>): string[] {
  let word = [...symbols];
  for (;;) {
    const pairs = word.slice(1).map((right, i) => ranks.get(`${word[i]} ${right}`) ?? Infinity);
    const best = Math.min(...pairs);
    if (best === Infinity) return word;
    const merged: string[] = [];
    for (let i = 0; i < word.length; i++) {
      const joins = ranks.get(`${word[i]} ${word[i + 1]}`) === best;
      merged.push(joins ? word[i] + word[++i] : word[i]);
    }
    word = merged;
  }
}

/** Merges of what is there already, so that some symbols come about in several ways. */
function randomMerges(random: Random, count: number): Map<string, number> {
  const symbols = ['a', 'b', 'c'];
  const merges = new Map<string, number>();
  for (let rank = 0; rank < count; rank++) {
    const [left, right] = [random.pick(symbols), random.pick(symbols)];
    if (!merges.has(`${left} ${right}`)) merges.set(`${left} ${right}`, rank);
    symbols.push(left + right);
  }
  return merges;
}

describe('mergePairs', () => {
  it('joins what passes over the whole word join, whatever the merges', () => {
    const random = createRandom('merges');
    for (let i = 0; i < 3000; i++) {
      const merges = randomMerges(random, 1 + random.integer(30));
      const word = Array.from({ length: 1 + random.integer(40) }, () => random.pick(['a', 'b', 'c', 'd']));
      assert.deepEqual(mergePairs(word, merges), passes(word, merges), word.join(''));
    }
    assert.deepEqual(mergePairs([], new Map()), []);
  });

  it('takes words of a megabyte in seconds, which passes would take days for', () => {
    const random = createRandom('long');
    const word = Array.from({ length: 300_000 }, () => String.fromCharCode(97 + random.integer(26))).join('');
    const began = process.cpuUsage();
    assert.equal(createTokenizer({ contextLength: 8 }).tokenize([word]).lengths[0], 8);
    const { user } = process.cpuUsage(began);
    assert.ok(user < 10e6, `${user / 1e6} s`);
  });
});
