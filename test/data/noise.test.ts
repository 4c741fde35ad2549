import assert from 'node:assert/strict';
import { injectNoise, type NoiseKind } from '../../src/data';

const animals = ['fox', 'owl', 'cat', 'dog', 'hen', 'bee', 'ant', 'cow', 'pig', 'ram'];
const places = [
  'forest',
  'garden',
  'meadow',
  'river',
  'city',
  'desert',
  'island',
  'harbour',
  'field',
  'hill',
];
const texts = animals.flatMap((animal) => places.map((place) => `A ${animal} in the ${place}`));

const indicesOf = (flags: (NoiseKind | null)[], kind: NoiseKind | null) =>
  flags.flatMap((flag, i) => (flag === kind ? [i] : []));

describe('injectNoise', () => {
  const noisy = injectNoise(texts, { rate: 0.325, seed: 5 });

  it('spoils the exact number, in equal shares, and leaves the rest as it is', () => {
    const counts = (['swapped', 'generic', 'partial', null] as const).map(
      (kind) => indicesOf(noisy.flags, kind).length,
    );
    assert.deepEqual(counts, [11, 11, 11, 67]);
    for (const i of indicesOf(noisy.flags, null)) assert.equal(noisy.texts[i], texts[i]);
  });

  it('changes every flagged text', () => {
    noisy.flags.forEach((flag, i) => {
      if (flag) assert.notEqual(noisy.texts[i], texts[i], flag);
    });
  });

  it('exchanges the swapped texts among themselves', () => {
    const swapped = indicesOf(noisy.flags, 'swapped');
    assert.deepEqual(swapped.map((i) => noisy.texts[i]).sort(), swapped.map((i) => texts[i]).sort());
  });

  it('replaces one content word by a word of the vocabulary', () => {
    for (const i of indicesOf(noisy.flags, 'partial')) {
      const [before, after] = [texts[i].split(' '), noisy.texts[i].split(' ')];
      const changed = before.flatMap((word, place) => (word === after[place] ? [] : [[word, after[place]]]));
      assert.equal(changed.length, 1, noisy.texts[i]);
      assert.ok(
        [...animals, ...places].includes(changed[0][0]) && [...animals, ...places].includes(changed[0][1]),
      );
    }
  });

  it('makes generic texts that say nothing of the picture', () => {
    for (const i of indicesOf(noisy.flags, 'generic')) {
      assert.ok(!noisy.texts[i].includes('#'));
      assert.ok(![...animals, ...places].some((word) => noisy.texts[i].includes(word)), noisy.texts[i]);
    }
  });

  it('repeats by seed', () => {
    assert.deepEqual(injectNoise(texts, { rate: 0.325, seed: 5 }), noisy);
    assert.notDeepEqual(injectNoise(texts, { rate: 0.325, seed: 6 }).flags, noisy.flags);
  });

  it('never swaps inside a group, however few groups there are', () => {
    const groups = texts.map((_, i) => (i % 10 < 7 ? 'common' : `rare ${i % 3}`));
    for (let seed = 0; seed < 20; seed++) {
      const { texts: swapped, flags } = injectNoise(texts, { rate: 0.6, kinds: ['swapped'], seed, groups });
      flags.forEach((flag, i) => {
        if (flag) assert.notEqual(groups[texts.indexOf(swapped[i])], groups[i]);
      });
      assert.equal(indicesOf(flags, 'swapped').length, 60);
    }
  });

  it('takes only the kinds it is given, at rates from none to all', () => {
    for (const kind of ['swapped', 'generic', 'partial'] as const) {
      const { flags } = injectNoise(texts, { rate: 1, kinds: [kind] });
      assert.deepEqual(new Set(flags), new Set([kind]));
    }
    assert.deepEqual(injectNoise(texts, { rate: 0 }).texts, texts);
  });

  it('gives partial noise only to texts with a content word and keeps capitals', () => {
    const mixed = ['...', '42', 'Fox', 'owl'];
    const { texts: spoiled, flags } = injectNoise(mixed, { rate: 0.5, kinds: ['partial'] });
    assert.deepEqual(flags, [null, null, 'partial', 'partial']);
    assert.deepEqual(spoiled, ['...', '42', 'Owl', 'fox']);
  });

  it('refuses what cannot be done, in one sentence', () => {
    assert.throws(() => injectNoise(texts, { rate: 1.5 }), /Expected a noise rate from 0 to 1, but got 1.5/);
    assert.throws(
      () => injectNoise(['a', 'b'], { rate: 1, kinds: ['partial'] }),
      /Expected 2 texts .* only 0 can/,
    );
    assert.throws(() => injectNoise(['fox', 'fox'], { rate: 1, kinds: ['swapped'] }), /all are "fox"/);
    assert.throws(
      () => injectNoise(['fox', 'fox'], { rate: 1, kinds: ['partial'] }),
      /Expected a second word/,
    );
  });
});
