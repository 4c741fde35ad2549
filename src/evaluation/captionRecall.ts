import { type Embeddings, selectRows } from './embeddings';
import { type RetrievalPairs, type RetrievalResult, retrievalRecall } from './retrieval';

export interface CaptionRecall {
  /**
   * As CLIP_benchmark counts: every caption is a candidate and a query of its own, and right for the picture it was
   * written for only, though another picture has the same. Of equal scores, the candidate that stands first in the set
   * ranks first; CLIP_benchmark leaves that to `torch.topk`, whose order among equals is nobody's.
   */
  separate: RetrievalResult;
  /** Identical captions are one, right for all of their pictures, and ties count against the model; see `collectPairs`. */
  merged: RetrievalResult;
}

/**
 * Retrieval among captioned pictures, as tables report it and with identical captions merged; the two are the same where no
 * caption comes twice.
 *
 * @param input.imageEmbeddings `[pictures, width]`, in the order of the pictures whose texts were collected
 * @param input.textEmbeddings `[texts, width]`, of `pairs.texts`, each encoded once: so identical captions tie exactly
 * @param input.pairs from `collectPairs`
 * @throws as `retrievalRecall` does
 */
export function captionRecall(input: {
  imageEmbeddings: Embeddings;
  textEmbeddings: Embeddings;
  pairs: Pick<RetrievalPairs, 'positives' | 'captions'>;
  k?: readonly number[];
}): CaptionRecall {
  const { pairs, ...rest } = input;
  const rows = pairs.captions.flat();
  let next = 0;
  const separate = retrievalRecall({
    ...rest,
    textEmbeddings: selectRows(input.textEmbeddings, rows),
    positives: pairs.captions.map((own) => own.map(() => next++)),
    ties: 'inOrder',
  });
  if (rows.length === input.textEmbeddings.rows) return { separate, merged: separate };
  return { separate, merged: retrievalRecall({ ...rest, positives: pairs.positives }) };
}
