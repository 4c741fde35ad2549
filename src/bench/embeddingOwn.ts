import type { Precision } from '../engine';
import { encodePictures, type LoadedClip, loadClip, type Preparation } from '../inference';
import {
  type EmbeddingAnswer,
  type EmbeddingJob,
  type EmbeddingRequest,
  readPixels,
  rowsOf,
} from './embeddingPeer';
import { type Answering, serve } from './peer';

/** clipbook as a peer of embedding.ts, through the doors that everyone uses. */
async function load(job: EmbeddingJob): Promise<Answering<EmbeddingRequest>> {
  const { model, weights } = job;
  const clips = new Map<Precision, LoadedClip>();
  for (const precision of job.precisions)
    clips.set(precision, await loadClip({ model, weights }, { precision }));
  const pictures = preparedPictures(job, [...clips.values()][0].preparation.channels);
  return async ({ show, ...request }): Promise<EmbeddingAnswer> => {
    const rows = await rowsFor(request, job, clips.get(request.precision)!, pictures);
    return show ? { rows } : {};
  };
}

async function rowsFor(
  { task, count, classes }: EmbeddingRequest,
  job: EmbeddingJob,
  clip: LoadedClip,
  pictures: readonly Uint8Array[],
): Promise<number[][]> {
  if (task === 'pictures') {
    const { values, width } = await clip.encodeImages(job.pictures.slice(0, count), { batchSize: job.batch });
    return rowsOf(values, width);
  }
  if (task === 'texts') {
    const { values, width } = await clip.encodeTexts(job.texts.slice(0, count));
    return rowsOf(values, width);
  }
  if (task === 'encoder') return encodedRows(clip, pictures, count, job.batch);
  const labels = await clip.encodeLabels(job.classes.slice(0, classes), { templates: job.templates });
  const rows = await encodedRows(clip, pictures, count, job.batch);
  return cosines(rows, rowsOf(labels.values, labels.width));
}

/** Embeddings of the pictures that are prepared, one after the other, again and again. */
async function encodedRows(
  { model, preparation, arithmetic }: LoadedClip,
  pictures: readonly Uint8Array[],
  count: number,
  batchSize: number,
): Promise<number[][]> {
  const ready = { ...preparation, pixels: async (place: unknown) => pictures[Number(place)] };
  const places = Array.from({ length: count }, (_, place) => String(place % pictures.length));
  const named = places.map((image) => ({ key: image, image }));
  const rows: number[][] = [];
  for await (const { embeddings } of encodePictures(model, ready, named, { batchSize }, arithmetic)) {
    rows.push(...rowsOf(embeddings.values, embeddings.width));
  }
  return rows;
}

function cosines(rows: readonly number[][], others: readonly number[][]): number[][] {
  return rows.map((row) =>
    others.map((other) => row.reduce((sum, value, place) => sum + value * other[place], 0)),
  );
}

/** The bytes that the others' normalised pictures were made of: clipbook's encoder begins with them. */
function preparedPictures(job: EmbeddingJob, { mean, std }: Preparation['channels']): Uint8Array[] {
  const bytes = Uint8Array.from(readPixels(job), (value, i) =>
    Math.round(255 * (value * std[i % 3] + mean[i % 3])),
  );
  const size = job.side ** 2 * 3;
  return Array.from({ length: job.batch }, (_, place) => bytes.subarray(place * size, (place + 1) * size));
}

serve(load);
