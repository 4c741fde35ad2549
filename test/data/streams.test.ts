import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently, shuffleStream } from '../../src/data';
import { createRandom } from '../../src/engine/random';
import { collect } from './fixtures';

/** 0, 1, 2 …, noting how far it was read and whether it was closed. */
function counting(length: number): {
  stream: AsyncGenerator<number>;
  state: { read: number; closed: boolean };
} {
  const state = { read: 0, closed: false };
  async function* generate(): AsyncGenerator<number> {
    try {
      for (let i = 0; i < length; i++) {
        state.read++;
        yield i;
      }
    } finally {
      state.closed = true;
    }
  }
  return { stream: generate(), state };
}

describe('mapConcurrently', () => {
  it('keeps the order, whatever finishes first, and the bound', async () => {
    let underWay = 0;
    let most = 0;
    const results = await collect(
      mapConcurrently(counting(20).stream, 4, async (item) => {
        most = Math.max(most, ++underWay);
        await sleep(item % 3 === 0 ? 8 : 1);
        underWay--;
        return item * 2;
      }),
    );
    assert.deepEqual(
      results,
      Array.from({ length: 20 }, (_, i) => i * 2),
    );
    assert.equal(most, 4);
  });

  it('runs ahead of the consumer, but not beyond the window', async () => {
    const { stream, state } = counting(100);
    const results = mapConcurrently(stream, 5, async (item) => item);
    await results.next();
    await sleep(5);
    assert.equal(state.read, 5);
    await results.return(undefined);
    assert.ok(state.closed);
  });

  it('throws at the failed item, after the ones before it', async () => {
    const seen: number[] = [];
    const results = mapConcurrently(counting(9).stream, 4, async (item) => {
      if (item === 2) throw new Error('two');
      return item;
    });
    await assert.rejects(async () => {
      for await (const item of results) seen.push(item);
    }, /two/);
    assert.deepEqual(seen, [0, 1]);
  });

  it('leaves no unhandled rejection when the consumer stops before a failure', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    for await (const item of mapConcurrently(counting(9).stream, 4, async (n) => {
      await sleep(1);
      if (n > 0) throw new Error('late');
      return n;
    })) {
      assert.equal(item, 0);
      break;
    }
    await sleep(20);
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });
});

describe('shuffleStream', () => {
  const shuffled = (buffer: number, seed: number) =>
    collect(shuffleStream(counting(50).stream, buffer, createRandom(seed)));

  it('gives every item once, in an order fixed by the seed', async () => {
    const first = await shuffled(10, 1);
    assert.deepEqual(
      [...first].sort((a, b) => a - b),
      Array.from({ length: 50 }, (_, i) => i),
    );
    assert.deepEqual(await shuffled(10, 1), first);
    assert.notDeepEqual(await shuffled(10, 2), first);
  });

  it('gives no item before it could be read', async () => {
    (await shuffled(10, 3)).forEach((item, place) => {
      assert.ok(item <= place + 10, `${item} at place ${place}`);
    });
  });

  it('keeps the order without a buffer', async () => {
    const order = Array.from({ length: 50 }, (_, i) => i);
    assert.deepEqual(await shuffled(0, 1), order);
  });
});
