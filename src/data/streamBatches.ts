import { createRandom, type Random } from '../engine/random';
import { type AugmentOptions, augmentImage } from './augment';
import { BadInputCounter, BadSampleError } from './badInput';
import { type DecodeOptions, decodeImage } from './decode';
import { type DrawPosition, drawSamples, type StreamSource } from './drawSamples';
import { joinBytes } from './memory';
import { mapConcurrently } from './streams';
import type { Batch, Sample } from './types';

/** A place in a run over streams, plain data for a checkpoint: the next batch to come. */
export interface StreamPosition extends DrawPosition {
  /** Batches already done. */
  step: number;
}

/** A batch that knows its place in the run. */
export interface StreamBatch extends Batch {
  /** Batches before this one. */
  step: number;
  /** Where to go on after this batch. */
  next: StreamPosition;
}

export interface StreamOptions extends Omit<DecodeOptions, 'key'> {
  batchSize: number;
  seed?: number | string;
  /** How many encoded samples of each source to draw from at random; default 1000, 0 keeps the source's order. */
  shuffleBuffer?: number;
  /** How many batches are decoded ahead of the consumer; default 2. */
  prefetch?: number;
  /** Random crops (and flips and colours) in place of `fit`. */
  augment?: Omit<AugmentOptions, keyof DecodeOptions>;
  /** Where to start; default the beginning. */
  start?: StreamPosition;
  /** Called after each sample that is read and passed over on the way to `start`, with the number so far. */
  onPassedOver?: (count: number) => void;
  /** Called when `start` is reached, before the first sample is drawn. */
  onStart?: () => void;
  /** Counts the pictures that cannot be decoded; give the source's own counter, so that one limit holds for both. */
  counter?: BadInputCounter;
}

/**
 * Batches without end from sources that need not fit in memory, mixed by their weights, read and decoded ahead of the
 * consumer. Each source is repeated in a fresh order; one smaller than its share of a batch gives a picture twice.
 *
 * Decoding runs on libuv's threads, so the pictures of the next batches are decoded while the training step holds the
 * main thread. At most `shuffleBuffer` encoded samples of each source and `prefetch + 1` batches are open at a time.
 *
 * Batches are a pure function of the sources, the seed and the position: a run that starts at a batch's `next` sees
 * exactly what an uninterrupted one sees from there on; see `drawSamples` for what the way there costs. When the
 * consumer stops, the sources are closed.
 *
 * @throws Error where a source has no usable sample; whatever a source throws; TooManyBadSamplesError
 */
export async function* streamBatches(
  sources: readonly StreamSource[],
  options: StreamOptions,
): AsyncGenerator<StreamBatch> {
  const { batchSize, seed = 0, shuffleBuffer = 1000, prefetch = 2, size } = options;
  const { counter = new BadInputCounter(), onPassedOver, onStart } = options;
  const { start = { step: 0, drawn: 0, passLengths: sources.map(() => null) } } = options;
  const random = createRandom(seed).fork('stream');
  const passLengths = [...start.passLengths];
  const samples = drawSamples(sources, {
    seed,
    shuffleBuffer,
    start: { drawn: start.drawn, passLengths },
    onPassedOver,
    onStart,
    onPassEnd: (source, length) => {
      passLengths[source] = length;
    },
  });
  let drawn = start.drawn;
  const decoded = mapConcurrently(samples, Math.max(1, batchSize * prefetch), (sample) => {
    const place = drawn++;
    return decodeSample(sample, place, random.fork(`sample ${place}`), options);
  });
  let { step } = start;
  let batch: DecodedSample[] = [];
  for await (const sample of decoded) {
    if (sample instanceof Error) {
      counter.skip(sample);
      continue;
    }
    batch.push(sample);
    if (batch.length < batchSize) continue;
    const next = { step: step + 1, drawn: sample.place + 1, passLengths: [...passLengths] };
    yield { ...toBatch(batch, size), step, next };
    step++;
    batch = [];
  }
}

interface DecodedSample extends Omit<Sample, 'image'> {
  /** How many samples were drawn before it. */
  place: number;
  pixels: Uint8Array;
}

/** Bad pictures come back as values, so that they are counted in the stream's order and not in decoding's. */
async function decodeSample(
  { key, image, texts, meta }: Sample,
  place: number,
  random: Random,
  { augment, size, fit, background, limitInputPixels }: StreamOptions,
): Promise<DecodedSample | BadSampleError> {
  const decoding = { size, background, limitInputPixels, key };
  try {
    const pixels = augment
      ? await augmentImage(image, random, { ...decoding, ...augment })
      : await decodeImage(image, { ...decoding, fit });
    return { key, texts, meta, place, pixels };
  } catch (error) {
    if (error instanceof BadSampleError) return error;
    throw error;
  }
}

function toBatch(samples: readonly DecodedSample[], size: number): Batch {
  return {
    keys: samples.map(({ key }) => key),
    pixels: joinBytes(samples.map(({ pixels }) => pixels)),
    size,
    texts: samples.map(({ texts }) => texts),
    metas: samples.map(({ meta }) => meta),
  };
}
