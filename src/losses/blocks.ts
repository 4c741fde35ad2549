import * as tf from '@tensorflow/tfjs-core';

/**
 * From this batch on, the losses of CLIP, DALIP, ALIP and SigLIP never hold all logits, `[batch, batch]`, but a block of
 * rows at a time, in the forward pass and again in the backward pass (Cheng et al. 2024, "Breaking the Memory Barrier:
 * Near Infinite Batch Size Scaling for Contrastive Loss", Inf-CL; the idea is FlashAttention's, Dao et al. 2022). The
 * numbers are the same but for rounding, memory grows with batch times block: at 4,096 pairs of width 64, CLIP's loss and
 * its gradient take 51 MiB instead of 1,859, in no more time. That is 0.2 s, a hundredth of the mini model's step, so there
 * is no kernel for it.
 *
 * What still grows with the batch squared: the losses of SimCLR (within SLIP), of UniCLIP and of FILIP (there times the
 * tokens of both sides), the nearest neighbours of DeCLIP (beside batch times queue), and what a rank does for its own rows
 * in `alipRankLoss` (batch times rows). A step has no other: ALIP's gates compare a triplet's members alone, and no objective
 * computes an accuracy.
 */
export const BLOCKED_FROM = 1024;

/** Rows of a block: at a batch of 4,096, 4 MiB of logits. */
export const BLOCK_ROWS = 256;

/** Some rows of the logits a·bᵀ of a batch. */
export interface LogitBlock {
  /** `[rows, batch]` */
  logits: tf.Tensor2D;
  /** 1 where a picture meets its own text, 0 elsewhere, `[rows, batch]`. */
  own: tf.Tensor2D;
  /** The rows' part of a, `[rows, width]`. */
  a: tf.Tensor2D;
  /** The rows' part of what has a number for each row of the batch. `[batch]` → `[rows]` */
  part(values: tf.Tensor1D): tf.Tensor1D;
}

/** What is kept of a block. */
export type Kept = {
  /** Numbers of its rows; those of all blocks are joined. `[rows, …]` */
  ofRows: tf.Tensor;
  /** What its columns add to those of the blocks before it, handed on to the next. `[batch, …]` */
  ofColumns?: tf.Tensor;
};

/**
 * Goes through the logits a·bᵀ block by block. Of each block only what `visit` returns stays in memory.
 *
 * @param a of pictures, `[batch, width]`; likewise `b`, of texts in the same order
 * @param visit is given a block and `ofColumns` of the one before it, undefined at first
 * @param rows of a block; the last block takes what is left
 */
export function throughBlocks(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  rows: number,
  visit: (block: LogitBlock, before: tf.Tensor | undefined) => Kept,
): Kept {
  const [batch] = a.shape;
  return tf.tidy(() => {
    const ofRows: tf.Tensor[] = [];
    let ofColumns: tf.Tensor | undefined;
    for (let start = 0; start < batch; start += rows) {
      const before = ofColumns;
      const kept = tf.tidy(() => visit(blockAt(a, b, start, Math.min(rows, batch - start)), before));
      before?.dispose();
      ofRows.push(kept.ofRows);
      ofColumns = kept.ofColumns;
    }
    return { ofRows: tf.concat(ofRows), ofColumns };
  });
}

function blockAt(a: tf.Tensor2D, b: tf.Tensor2D, start: number, rows: number): LogitBlock {
  const mine = tf.slice(a, start, rows);
  const after = b.shape[0] - start - rows;
  return {
    logits: tf.matMul(mine, b, false, true),
    own: tf.pad(tf.eye(rows), [
      [0, 0],
      [start, after],
    ]),
    a: mine,
    part: (values) => tf.slice(values, start, rows),
  };
}

/**
 * The gradients of a and b where `gradientOf` tells those of their logits a·bᵀ, a block at a time. `[rows, batch]`
 *
 * @param rows of a block
 */
export function gradientsInBlocks(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  rows: number,
  gradientOf: (block: LogitBlock) => tf.Tensor2D,
): tf.Tensor[] {
  const { ofRows, ofColumns } = throughBlocks(a, b, rows, (block, before) => {
    const gradient = gradientOf(block);
    const ofTexts = tf.matMul(gradient, block.a, true);
    return { ofRows: tf.matMul(gradient, b), ofColumns: before ? tf.add(before, ofTexts) : ofTexts };
  });
  return [ofRows, ofColumns!];
}
