import { encodePictures, loadClip } from '../../src/inference';
import { answerRequests, type Embed, type EmbeddingJob, readPixels, rowsOf } from './embeddingPeer';

/** clipbook as a peer of embedding.ts, through the doors that everyone uses. */
async function load(job: EmbeddingJob): Promise<Embed> {
  const clip = await loadClip({ model: job.model, weights: job.weights });
  const pictures = preparedPictures(job);
  const ready = { ...clip.preparation, prepare: async (place: unknown) => pictures[Number(place)] };
  return async ({ task, count }) => {
    if (task === 'pictures') {
      const { values, width } = await clip.encodeImages(job.pictures.slice(0, count), {
        batchSize: job.batch,
      });
      return rowsOf(values, width);
    }
    if (task === 'texts') {
      const { values, width } = await clip.encodeTexts(job.texts.slice(0, count));
      return rowsOf(values, width);
    }
    const places = Array.from({ length: count }, (_, place) => String(place % job.batch));
    const named = places.map((image) => ({ key: image, image }));
    const rows: number[][] = [];
    for await (const { embeddings } of encodePictures(clip.model, ready, named, { batchSize: job.batch })) {
      rows.push(...rowsOf(embeddings.values, embeddings.width));
    }
    return rows;
  };
}

function preparedPictures(job: EmbeddingJob): Float32Array[] {
  const values = readPixels(job);
  const size = job.side ** 2 * 3;
  return Array.from({ length: job.batch }, (_, place) => values.subarray(place * size, (place + 1) * size));
}

answerRequests(load);
