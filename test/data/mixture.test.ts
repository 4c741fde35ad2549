import assert from 'node:assert/strict';
import { concatenate, countTurns, mixStreams, selectSamples } from '../../src/data';
import { collect, tinySet } from './fixtures';

describe('concatenate', () => {
  it('puts one set after another', () => {
    assert.deepEqual(concatenate([tinySet(3), tinySet(2, 3)]), tinySet(5));
  });

  it('refuses sets of different sizes, and none', () => {
    const larger = { ...tinySet(1), size: 2, pixels: new Uint8Array(12) };
    assert.throws(() => concatenate([tinySet(1), larger]), /one picture size, but got 1 and 2; load them/);
    assert.throws(() => concatenate([]), /but got no set/);
  });
});

describe('selectSamples', () => {
  it('takes what the predicate accepts, or the given indices in their order', () => {
    const set = tinySet(6);
    const even = selectSamples(set, (meta) => Number(meta.number) % 2 === 0);
    assert.deepEqual(
      [even.length, even.keys, [...even.pixels]],
      [3, ['0', '2', '4'], [0, 0, 0, 2, 0, 0, 4, 0, 0]],
    );
    assert.deepEqual(selectSamples(set, [5, 1]).texts, [['text 5'], ['text 1']]);
    assert.equal(selectSamples(set, () => false).length, 0);
  });
});

describe('mixStreams', () => {
  const closed: string[] = [];
  async function* repeat(item: string, times: number): AsyncGenerator<string> {
    try {
      for (let i = 0; i < times; i++) yield item;
    } finally {
      closed.push(item);
    }
  }

  it('draws by weight and seed', async () => {
    const draw = async (seed: number) => {
      const items: string[] = [];
      for await (const item of mixStreams([repeat('a', 5000), repeat('b', 5000)], {
        weights: [3, 1],
        seed,
      })) {
        if (items.push(item) === 2000) break;
      }
      return items.join('');
    };
    const first = await draw(1);
    const share = first.replace(/b/g, '').length / 2000;
    assert.ok(share > 0.72 && share < 0.78, `${share}`);
    assert.equal(await draw(1), first);
    assert.notEqual(await draw(2), first);
    assert.deepEqual(closed.slice(0, 2).sort(), ['a', 'b']);
  });

  it('ends with the last stream', async () => {
    const items = await collect(mixStreams([repeat('a', 2), repeat('b', 40)], { weights: [1, 1] }));
    assert.deepEqual([items.filter((item) => item === 'a').length, items.length], [2, 42]);
  });

  it('goes on behind turns already taken, and counts them', async () => {
    const options = { weights: [10, 3], seed: 5 };
    const draw = async (turns: number, length: number) => {
      const items: string[] = [];
      for await (const item of mixStreams([repeat('a', 9999), repeat('b', 9999)], { ...options, turns })) {
        if (items.push(item) === length) break;
      }
      return items.join('');
    };
    const whole = await draw(0, 3000);
    assert.equal(await draw(1000, 2000), whole.slice(1000));
    const counts = countTurns({ ...options, turns: 1000 });
    assert.deepEqual(
      counts,
      ['a', 'b'].map((item) => whole.slice(0, 1000).split(item).length - 1),
    );
  });

  it('refuses weights that do not fit', async () => {
    for (const weights of [[1], [1, 0], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]]) {
      await assert.rejects(
        collect(mixStreams([repeat('a', 1), repeat('b', 1)], { weights })),
        /Expected a positive weight for each of 2 streams, but got/,
      );
    }
  });
});
