import { captionRecall, collectPairs, type RetrievalResult } from '../../evaluation';
import { hashOf } from '../hashes';
import type { Protocol } from './protocol';

/**
 * Zero-shot retrieval with all captions of every picture: `imageToText@1` … `textToImage@10`, CLIP_benchmark's
 * `text_retrieval_recall` and `image_retrieval_recall`; where captions come twice, also with identical ones merged, see
 * `captionRecall`.
 */
export const retrieval: Protocol<'retrieval'> = {
  id: 'zero-shot',
  task: 'retrieval',
  async prepare(subject) {
    const { targets } = await subject.embedded(subject.split);
    await subject.captions(collectPairs(targets as string[][]).texts);
  },
  async measure(subject) {
    const { embeddings, targets } = await subject.embedded(subject.split);
    const captions = targets as string[][];
    const pairs = collectPairs(captions);
    const textEmbeddings = await subject.captions(pairs.texts);
    const { separate, merged } = captionRecall({ imageEmbeddings: embeddings, textEmbeddings, pairs });
    return {
      metrics: { ...recalls(separate), ...(merged !== separate && recalls(merged, 'merged ')) },
      settings: { captions: hashOf(captions) },
    };
  },
};

function recalls(result: RetrievalResult, prefix = ''): Record<string, number> {
  const named = (direction: 'imageToText' | 'textToImage') =>
    Object.entries(result[direction]).map(([k, share]) => [`${prefix}${direction}@${k}`, share]);
  return Object.fromEntries([...named('imageToText'), ...named('textToImage')]);
}
