import type { Random } from '../engine/random';

/**
 * Applies `transform` to every item with up to `window` calls under way, and yields the results in the items' order.
 * The calls run ahead while the consumer works; nothing is pulled from the source beyond the window. When the
 * consumer stops early, the source is closed and the calls under way end unseen.
 */
export async function* mapConcurrently<T, R>(
  source: AsyncIterable<T> | Iterable<T>,
  window: number,
  transform: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  for await (const item of source) {
    const result = transform(item);
    result.catch(() => {}); // It is awaited below, or not at all where the consumer has stopped.
    pending.push(result);
    if (pending.length >= window) yield await pending.shift()!;
  }
  while (pending.length > 0) yield await pending.shift()!;
}

/**
 * The source's items in a random order within reach of a buffer: each item drawn makes place for the next one read.
 * A buffer of at least the stream's length gives a full shuffle; one of 0 or 1 keeps the order.
 */
export async function* shuffleStream<T>(
  source: AsyncIterable<T>,
  bufferSize: number,
  random: Random,
): AsyncGenerator<T> {
  const buffer: T[] = [];
  for await (const item of source) {
    if (buffer.length < bufferSize) {
      buffer.push(item);
      continue;
    }
    if (buffer.length === 0) {
      yield item;
      continue;
    }
    const place = random.integer(buffer.length);
    const drawn = buffer[place];
    buffer[place] = item;
    yield drawn;
  }
  for (const item of random.shuffle(buffer)) yield item;
}
