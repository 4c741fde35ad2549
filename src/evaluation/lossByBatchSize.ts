import { type Embeddings, forEachScoreRow, selectRows } from './embeddings';

/** The contrastive loss at one size of batch. */
export interface BatchSizeLoss {
  batchSize: number;
  /** In nats, the mean over all whole batches. */
  loss: number;
  /** ln(batchSize): the loss of a model that guesses. */
  chance: number;
  /** The share of pictures whose own text is the most similar of the batch's; ties count against the model. */
  top1: number;
}

/**
 * The loss of pictures looking for their texts among ever more of them: the same embeddings, in consecutive batches of each
 * size. ln N minus the loss is at most the mutual information of pictures and texts, and at most ln N (van den Oord et al.
 * 2018, section 2.3): small batches cannot show how much a model knows.
 *
 * @param images and texts unit rows in one order, `[pairs, width]`
 * @param scale 1/τ, what cosines are multiplied by
 * @throws when the two have not as many rows, or a batch takes more pairs than there are
 */
export function lossByBatchSize(
  images: Embeddings,
  texts: Embeddings,
  scale: number,
  batchSizes: readonly number[],
): BatchSizeLoss[] {
  if (images.rows !== texts.rows || batchSizes.some((size) => size < 1 || size > images.rows)) {
    throw new Error(
      `Expected as many pictures as texts and batches of at most so many, got ${images.rows} and ${texts.rows} for ` +
        `batches of ${batchSizes.join(', ')}.`,
    );
  }
  return batchSizes.map((batchSize) => {
    let [sum, right] = [0, 0];
    const batches = Math.floor(images.rows / batchSize);
    for (let batch = 0; batch < batches; batch++) {
      const places = Array.from({ length: batchSize }, (_, i) => batch * batchSize + i);
      forEachScoreRow(selectRows(images, places), selectRows(texts, places), (row, cosines) => {
        const own = cosines[row];
        sum += Math.log(cosines.reduce((total, cosine) => total + Math.exp(scale * (cosine - own)), 0));
        if (cosines.every((cosine, i) => i === row || cosine < own)) right++;
      });
    }
    const count = batches * batchSize;
    return { batchSize, loss: sum / count, chance: Math.log(batchSize), top1: right / count };
  });
}
