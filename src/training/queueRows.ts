import { createRandom } from '../engine';

/**
 * Rows of equal width in blocks of `BLOCK_ROWS`, one after another. A block never changes: what is written goes into new ones,
 * so that whoever holds the old list still has the old rows, and a block that is the same object holds the same numbers.
 */
export type RowBlocks = readonly Float32Array[];

/** About a batch: a push then copies a few blocks of many. */
const BLOCK_ROWS = 256;

/** Rows as blocks that share their memory. */
export function toBlocks(rows: Float32Array, width: number): RowBlocks {
  const length = BLOCK_ROWS * width;
  return Array.from({ length: Math.ceil(rows.length / length) }, (_, i) =>
    rows.subarray(i * length, (i + 1) * length),
  );
}

/** All rows in an array of their own. */
export function joinBlocks(blocks: RowBlocks): Float32Array {
  const joined = new Float32Array(blocks.reduce((total, block) => total + block.length, 0));
  let offset = 0;
  for (const block of blocks) {
    joined.set(block, offset);
    offset += block.length;
  }
  return joined;
}

/** The same blocks with other rows from row `first` on. */
export function withRows(blocks: RowBlocks, width: number, first: number, rows: Float32Array): RowBlocks {
  const [from, length] = [first * width, BLOCK_ROWS * width];
  const to = from + rows.length;
  return blocks.map((block, i) => {
    const begin = i * length;
    if (to <= begin || begin + block.length <= from) return block;
    const copy = block.slice();
    const [start, end] = [Math.max(from, begin), Math.min(to, begin + block.length)];
    copy.set(rows.subarray(start - from, end - from), start - begin);
    return copy;
  });
}

/** The rows at these places, one after another. */
export function takeRows(blocks: RowBlocks, width: number, places: ArrayLike<number>): Float32Array {
  const taken = new Float32Array(places.length * width);
  for (let i = 0; i < places.length; i++) {
    const offset = (places[i] % BLOCK_ROWS) * width;
    const block = blocks[Math.floor(places[i] / BLOCK_ROWS)];
    taken.set(block.subarray(offset, offset + width), i * width);
  }
  return taken;
}

/** Random directions, `size` unit rows. */
export function randomUnitRows(size: number, width: number, seed: number): Float32Array {
  const random = createRandom(seed).fork('text queue');
  const rows = new Float32Array(size * width);
  for (let i = 0; i < rows.length; i++) rows[i] = random.normal();
  for (let begin = 0; begin < rows.length; begin += width) {
    let squares = 0;
    for (let i = begin; i < begin + width; i++) squares += rows[i] * rows[i];
    const length = Math.sqrt(squares);
    for (let i = begin; i < begin + width; i++) rows[i] /= length;
  }
  return rows;
}
