import * as tf from '@tensorflow/tfjs-core';
import {
  type BadInputCounter,
  type BadSampleError,
  decodeImage,
  joinBytes,
  mapConcurrently,
  type Sample,
  toImages,
} from '../../data';
import { type CaptionerBundle, captionerInput, chooseConcepts, viewPictures } from '../../models';
import type { CaptionList } from './captionList';
import { type DecodingOptions, type WrittenCaption, writeCaptions } from './writeCaptions';

/** Decoded pictures as a batch for a captioner. */
export interface PictureBatch {
  keys: readonly string[];
  /** RGB bytes, `[batch, size, size, 3]`. */
  pixels: Uint8Array;
  size: number;
}

/** One caption for each picture: the frozen tower, its concepts, the decoder. */
export function captionPictures(
  { tower, captioner, vocabulary, concepts, choice }: CaptionerBundle,
  pictures: PictureBatch,
  options?: DecodingOptions,
): WrittenCaption[] {
  const { grid, embedding } = tf.tidy(() => ({
    ...viewPictures(tower, toImages(pictures, null, tower.config.vision.imageSize)),
  }));
  try {
    const chosen = chooseConcepts({ embedding }, pictures.keys, concepts, choice);
    return writeCaptions(captioner, captionerInput(grid, chosen, concepts), vocabulary, options);
  } finally {
    tf.dispose([grid, embedding]);
  }
}

export interface CaptionSamplesOptions extends DecodingOptions {
  /** Pictures captioned at a time; default 32. */
  batchSize?: number;
  counter: BadInputCounter;
  /** Asks the work to stop behind the batch it is in. */
  signal?: AbortSignal;
  /** Called after each batch with the pictures done in this call, those from before included. */
  onProgress?: (done: number) => void;
  onSkip?: (error: BadSampleError) => void;
}

export interface CaptioningSummary {
  /** Captions written by this call. */
  written: number;
  /** Pictures passed over, since the list had their captions. */
  kept: number;
  /** Pictures left out, since another one before had their key. */
  repeated: number;
  /** Seconds from reading the first picture on. */
  seconds: number;
}

/** Thrown when the signal asks for it; the name is the one the command line knows. */
export class CaptioningInterruptedError extends Error {
  override readonly name = 'RunInterruptedError';
}

const DECODES_UNDER_WAY = 8;

/**
 * Writes a caption for every picture of a source, in its order, and passes over those that the list has. A picture that
 * cannot be decoded, and a second one of a key, is counted and left out. In memory are one batch of pictures and all keys.
 *
 * @throws CaptioningInterruptedError where the signal asks for it, with all captions so far in the list;
 *   TooManyBadSamplesError; as the source does
 */
export async function captionSamples(
  bundle: CaptionerBundle,
  source: AsyncIterable<Sample>,
  list: CaptionList,
  options: CaptionSamplesOptions,
): Promise<CaptioningSummary> {
  const { batchSize = 32, counter, signal, onProgress, onSkip } = options;
  const size = storedSize(bundle.tower.config.vision.imageSize);
  const began = performance.now();
  const summary: CaptioningSummary = { written: 0, kept: 0, repeated: 0, seconds: 0 };
  let waiting: { key: string; pixels: Uint8Array }[] = [];
  const write = () => {
    if (waiting.length === 0) return;
    const keys = waiting.map(({ key }) => key);
    const pixels = joinBytes(waiting.map((picture) => picture.pixels));
    const captions = captionPictures(bundle, { keys, pixels, size }, options);
    list.append(new Map(keys.map((key, i) => [key, captions[i].text])));
    summary.written += keys.length;
    waiting = [];
    onProgress?.(summary.written + summary.kept);
  };
  const fresh = unknownSamples(source, new Set(list.keys), summary);
  const decoded = mapConcurrently(fresh, DECODES_UNDER_WAY, async ({ key, image }) => ({
    key,
    pixels: await decodeImage(image, { size, key }).catch((error: Error) => error),
  }));
  for await (const { key, pixels } of decoded) {
    if (pixels instanceof Error) {
      counter.skip(pixels);
      onSkip?.(pixels as BadSampleError);
      continue;
    }
    waiting.push({ key, pixels });
    if (waiting.length >= batchSize) write();
    if (signal?.aborted) {
      write();
      throw new CaptioningInterruptedError(`Stopped after ${summary.written + summary.kept} pictures.`);
    }
  }
  write();
  summary.seconds = (performance.now() - began) / 1000;
  return summary;
}

/** Side of the pictures that captioners are trained on: 4/3 of the model's input, in pixels. */
function storedSize(imageSize: number): number {
  return Math.round((4 / 3) * imageSize);
}

async function* unknownSamples(
  source: AsyncIterable<Sample>,
  before: ReadonlySet<string>,
  summary: CaptioningSummary,
): AsyncGenerator<Sample> {
  const met = new Set<string>();
  for await (const sample of source) {
    if (met.has(sample.key)) {
      summary.repeated++;
      continue;
    }
    met.add(sample.key);
    if (before.has(sample.key)) summary.kept++;
    else yield sample;
  }
}
