/** Ranks and places in one number, which orders by rank and then from left to right. */
const PLACES = 2 ** 32;

/**
 * Joins the pair of lowest rank, wherever it stands, from left to right, until no pair has a rank: Sennrich's algorithm, in a
 * time that grows little faster than the word, which may be megabytes of somebody's data.
 *
 * @param ranks by the two symbols with a space between
 */
export function mergePairs(symbols: readonly string[], ranks: ReadonlyMap<string, number>): string[] {
  /** A joined symbol stands at its first place; the others are empty. */
  const word = [...symbols];
  const next = Int32Array.from(word, (_, at) => at + 1);
  const before = Int32Array.from(word, (_, at) => at - 1);
  const queue: number[] = [];

  const rankAt = (at: number) =>
    at >= 0 && word[at] !== '' && next[at] < word.length
      ? ranks.get(`${word[at]} ${word[next[at]]}`)
      : undefined;

  function offer(at: number): void {
    const rank = rankAt(at);
    if (rank !== undefined) push(queue, rank * PLACES + at);
  }

  function join(at: number): void {
    const second = next[at];
    word[at] += word[second];
    word[second] = '';
    next[at] = next[second];
    if (next[at] < word.length) before[next[at]] = at;
  }

  for (let at = 0; at < word.length; at++) offer(at);
  while (queue.length > 0) {
    const rank = Math.floor(queue[0] / PLACES);
    const changed = new Set<number>();
    while (queue.length > 0 && Math.floor(queue[0] / PLACES) === rank) {
      const at = pop(queue) % PLACES;
      if (rankAt(at) !== rank) continue; // one of the two was joined to another
      join(at);
      changed.add(before[at]).add(at);
    }
    changed.forEach(offer);
  }
  return word.filter((symbol) => symbol !== '');
}

/** Adds to a binary heap, whose first number is the least. */
function push(heap: number[], value: number): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent] <= value) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = value;
}

/** Takes the least number out of a heap that has one. */
function pop(heap: number[]): number {
  const [least] = heap;
  const last = heap.pop()!;
  if (heap.length === 0) return least;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
    if (heap[child] >= last) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return least;
}
