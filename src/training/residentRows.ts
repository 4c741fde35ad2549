import * as tf from '@tensorflow/tfjs-core';
import { unitLength } from '../nn';
import { joinBlocks, type RowBlocks } from './queueRows';

/** Rows at unit length that stay in the engine from step to step. */
export interface ResidentRows {
  /** `[rows, width]`; it stays this object's, and is the caller's to read until the next call. */
  of(blocks: RowBlocks): tf.Tensor2D;
  /** Frees them; they come back when they are asked for. */
  dispose(): void;
}

/** Hands to the engine only what lies between the first and the last block that are others than the last time. */
export function createResidentRows(width: number): ResidentRows {
  let held: { blocks: RowBlocks; rows: tf.Tensor2D } | undefined;
  const dispose = () => {
    held?.rows.dispose();
    held = undefined;
  };
  return {
    of: (blocks) => {
      const changed = [...blocks.keys()].filter((i) => blocks[i] !== held?.blocks[i]);
      if (!held || changed.length > 0) {
        const rows = tf.keep(renewed(held?.rows, blocks, width, changed));
        dispose();
        held = { blocks, rows };
      }
      return held.rows;
    },
    dispose,
  };
}

/** @param changed places of the blocks that `former` has otherwise, in order; all where there is none */
function renewed(
  former: tf.Tensor2D | undefined,
  blocks: RowBlocks,
  width: number,
  changed: readonly number[],
): tf.Tensor2D {
  const [first, end] = [changed[0], changed[changed.length - 1] + 1];
  const rowsOf = (part: RowBlocks) => part.reduce((total, block) => total + block.length, 0) / width;
  const [before, fresh, after] = [blocks.slice(0, first), blocks.slice(first, end), blocks.slice(end)];
  return tf.tidy(() => {
    const unit = unitLength(tf.tensor2d(joinBlocks(fresh), [rowsOf(fresh), width]));
    const parts = [unit];
    if (former && rowsOf(before) > 0) parts.unshift(tf.slice(former, 0, rowsOf(before)));
    if (former && rowsOf(after) > 0) parts.push(tf.slice(former, rowsOf(before) + rowsOf(fresh)));
    return parts.length === 1 ? unit : tf.concat(parts);
  });
}
