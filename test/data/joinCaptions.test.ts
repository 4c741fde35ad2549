import assert from 'node:assert/strict';
import {
  CaptionJoin,
  describeCaptions,
  type ImportedCaptions,
  type MissingCaption,
  type Sample,
} from '../../src/data';
import { collect, tinySet } from './fixtures';

const NONE = { count: 0, first: [] };

function captionsOf(...entries: [string, string][]): ImportedCaptions {
  return { source: 'made.jsonl', byKey: new Map(entries), duplicates: NONE, empty: NONE, broken: NONE };
}

async function* samples(texts: Record<string, string[]>): AsyncGenerator<Sample> {
  for (const [key, own] of Object.entries(texts))
    yield { key, image: Buffer.alloc(0), texts: own, meta: { key } };
}

const CAPTIONS = captionsOf(['b', 'a dog'], ['d', 'a cat'], ['x', 'a horse'], ['c', 'raw c']);
const TEXTS = {
  b: ['raw b', 'further'],
  c: ['raw c'],
  d: [],
  e: ['raw e', 'further'],
};

async function joined(missing: MissingCaption): Promise<[Record<string, string[]>, CaptionJoin]> {
  const join = new CaptionJoin(CAPTIONS, missing);
  const found = await collect(join.stream(samples(TEXTS)));
  return [Object.fromEntries(found.map(({ key, texts }) => [key, texts])), join];
}

describe('CaptionJoin', () => {
  it('makes the caption the second text, and leaves out pictures without', async () => {
    const [texts, join] = await joined('skip');
    assert.deepEqual(texts, { b: ['raw b', 'a dog', 'further'], c: ['raw c', 'raw c'], d: ['a cat'] });
    assert.deepEqual(join.report(), {
      source: 'made.jsonl',
      matched: 3,
      missing: { count: 1, first: ['e'], handling: 'skip' },
      unused: { count: 1, first: ['x'] },
      duplicates: NONE,
      empty: NONE,
      broken: NONE,
    });
    assert.equal(
      describeCaptions(join.report()),
      'Captions from "made.jsonl": 3 of 4 pictures have one; without one, left out: 1 (e); without a picture: 1 (x).',
    );
  });

  it('lets the raw text stand for a missing caption', async () => {
    const [texts, join] = await joined('raw');
    assert.deepEqual(texts.e, ['raw e', 'raw e', 'further']);
    assert.match(describeCaptions(join.report()), /; without one, whose raw text stands for it: 1 \(e\);/);
  });

  it('takes a caption for the caption where the source has it among its texts, in whatever place', async () => {
    const join = new CaptionJoin(captionsOf(['a', 'a dog'], ['b', 'a cat']));
    const found = await collect(join.stream(samples({ a: ['a dog', 'raw'], b: ['raw', 'more', 'a cat'] })));
    assert.deepEqual(
      found.map(({ texts }) => texts),
      [
        ['raw', 'a dog'],
        ['raw', 'a cat', 'more'],
      ],
    );
  });

  it('hands samples over until the first without a caption, then counts on and names them', async () => {
    const join = new CaptionJoin(captionsOf(['0', 'zero'], ['3', 'three']));
    const seen: string[] = [];
    const texts = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [i, ['raw']]));
    const reading = (async () => {
      for await (const { key } of join.stream(samples(texts))) seen.push(key);
    })();
    await assert.rejects(reading, {
      message:
        'Expected a caption of every picture in "made.jsonl", but 7 of the 9 pictures read have none ' +
        '(first "1", "2", "4", "5", "6"); add these, or set "missing" to "skip" or "raw".',
    });
    assert.deepEqual(seen, ['0']);
  });

  it('does not read on for ever', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Sample> {
      try {
        for (let i = 0; ; i++)
          yield { key: i === 0 ? 'b' : `${i}`, image: Buffer.alloc(0), texts: [], meta: {} };
      } finally {
        closed = true;
      }
    }
    const join = new CaptionJoin(CAPTIONS);
    await assert.rejects(collect(join.stream(endless())), /but 10001 of the 10002 pictures read have none/);
    assert.ok(closed);
  });

  it('refuses captions of other pictures, however missing ones are handled', async () => {
    for (const handling of ['error', 'skip', 'raw'] as const) {
      const join = new CaptionJoin(captionsOf(['0.png', 'a dog']), handling);
      await assert.rejects(collect(join.stream(samples({ 0: ['raw'], 1: ['raw'] }))), {
        message:
          'Expected captions of the pictures in "made.jsonl", but all of them are of others (such as "0.png", where ' +
          'pictures are called "0", "1"); make the keys agree.',
      });
    }
  });

  it('joins sets in memory', () => {
    const set = tinySet(3);
    const whole = captionsOf(['2', 'two'], ['0', 'zero'], ['1', 'one']);
    const full = new CaptionJoin(whole).set(set);
    assert.equal(full.pixels, set.pixels);
    assert.deepEqual(full.texts, [
      ['text 0', 'zero'],
      ['text 1', 'one'],
      ['text 2', 'two'],
    ]);
    const part = new CaptionJoin(captionsOf(['2', 'two']), 'skip').set(set);
    assert.deepEqual([part.length, part.keys, [...part.pixels]], [1, ['2'], [2, 0, 0]]);
    assert.deepEqual(part.texts, [['text 2', 'two']]);
    assert.deepEqual(set.texts[0], ['text 0']);
    assert.throws(() => new CaptionJoin(captionsOf(['2', 'two'])).set(set), /but 2 of the 3 pictures read/);
  });
});
