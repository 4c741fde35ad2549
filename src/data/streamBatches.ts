import { createRandom, type Random } from '../engine/random';
import { type AugmentOptions, augmentImage } from './augment';
import { BadInputCounter, BadSampleError } from './badInput';
import { type DecodeOptions, decodeImage } from './decode';
import { type ImageFolderOptions, readImageFolder } from './imageFolder';
import { joinBytes } from './memory';
import { expandShards } from './shards';
import { mapConcurrently, shuffleStream } from './streams';
import type { Batch, Sample } from './types';
import { readWebDataset, type WebDatasetOptions } from './webdataset';

/** One pass over the data; the random generator is the epoch's own and orders the shards or files. */
export type SampleSource = (random: Random) => AsyncIterable<Sample>;

/** WebDataset shards as a source; their order is drawn anew for each epoch. */
export function shardSource(
  shards: string | readonly string[],
  options: WebDatasetOptions = {},
): SampleSource {
  const paths = expandShards(shards);
  return (random) => readWebDataset(random.shuffle([...paths]), options);
}

/** A folder of pictures as a source; its order is drawn anew for each epoch. */
export function folderSource(folder: string, options: Omit<ImageFolderOptions, 'random'> = {}): SampleSource {
  return (random) => readImageFolder(folder, { ...options, random });
}

/** A place in a run over a stream: the next batch to come. */
export interface StreamPosition {
  epoch: number;
  /** Batches of this epoch already done. */
  stepInEpoch: number;
  /** Batches of the entire run already done. */
  step: number;
}

/** A batch that knows its place in the run. */
export interface StreamBatch extends Batch {
  /** Steps since the start of the run, from 0. */
  step: number;
  /** Passes over the source, from 0. */
  epoch: number;
  /** Each sample's place in the epoch's shuffled stream. */
  indices: number[];
  /** Where to go on after this batch; a checkpoint carries it. */
  next: StreamPosition;
}

export interface StreamOptions extends Omit<DecodeOptions, 'key'> {
  batchSize: number;
  seed?: number | string;
  /** How many encoded samples to draw from at random; default 1000, 0 keeps the source's order. */
  shuffleBuffer?: number;
  /** How many batches are decoded ahead of the consumer; default 2. */
  prefetch?: number;
  /** Random crops (and flips and colours) in place of `fit`. */
  augment?: Omit<AugmentOptions, keyof DecodeOptions>;
  /** How many passes; default without end. */
  epochs?: number;
  /** Leave out an epoch's last batch where it is smaller than the others; default true. */
  dropLast?: boolean;
  /** Where to start; default the beginning. Earlier epochs are not read, earlier batches of this epoch are. */
  start?: StreamPosition;
  /** Counts the pictures that cannot be decoded; give the source's own counter, so that one limit holds for both. */
  counter?: BadInputCounter;
}

/**
 * Batches from a source that need not fit in memory, read and decoded ahead of the consumer.
 *
 * Decoding runs on libuv's threads, so the pictures of the next batches are decoded while the training step holds the
 * main thread. Batches are a pure function of the source, the seed and the position: a run that starts at a batch's
 * `next` sees exactly what an uninterrupted one sees from there on. When the consumer stops, the source is closed.
 *
 * @throws Error where an epoch yields no batch; whatever the source throws; TooManyBadSamplesError
 */
export async function* streamBatches(
  source: SampleSource,
  options: StreamOptions,
): AsyncGenerator<StreamBatch> {
  const { epochs = Number.POSITIVE_INFINITY, start = { epoch: 0, stepInEpoch: 0, step: 0 } } = options;
  let step = start.step - start.stepInEpoch;
  for (let epoch = start.epoch; epoch < epochs; epoch++) {
    let stepInEpoch = 0;
    for await (const samples of epochBatches(source, epoch, options)) {
      stepInEpoch++;
      step++;
      if (epoch === start.epoch && stepInEpoch <= start.stepInEpoch) continue;
      const next = { epoch, stepInEpoch, step };
      yield { ...toBatch(samples, options.size), step: step - 1, epoch, next };
    }
    if (stepInEpoch === 0) {
      throw new Error(
        `Expected at least one batch of ${options.batchSize} samples, but the source gave fewer; choose a smaller batch size.`,
      );
    }
  }
}

interface DecodedSample extends Omit<Sample, 'image'> {
  /** Place in the epoch's shuffled stream. */
  place: number;
  pixels: Uint8Array;
}

async function* epochBatches(
  source: SampleSource,
  epoch: number,
  { shuffleBuffer = 1000, prefetch = 2, dropLast = true, seed = 0, ...options }: StreamOptions,
): AsyncGenerator<DecodedSample[]> {
  const { batchSize, counter = new BadInputCounter() } = options;
  const random = createRandom(seed).fork(`stream of epoch ${epoch}`);
  const samples = shuffleStream(source(random.fork('source')), shuffleBuffer, random.fork('buffer'));
  let read = 0;
  const decoded = mapConcurrently(samples, Math.max(1, batchSize * prefetch), (sample) => {
    const place = read++;
    return decodeSample(sample, place, random.fork(`sample ${place}`), options);
  });
  let batch: DecodedSample[] = [];
  for await (const sample of decoded) {
    if (sample instanceof Error) {
      counter.skip(sample);
      continue;
    }
    batch.push(sample);
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0 && !dropLast) yield batch;
}

/** Bad pictures come back as values, so that they are counted in the stream's order and not in decoding's. */
async function decodeSample(
  { key, image, texts, meta }: Sample,
  place: number,
  random: Random,
  { augment, ...options }: StreamOptions,
): Promise<DecodedSample | BadSampleError> {
  try {
    const pixels = augment
      ? await augmentImage(image, random, { ...options, ...augment, key })
      : await decodeImage(image, { ...options, key });
    return { key, texts, meta, place, pixels };
  } catch (error) {
    if (error instanceof BadSampleError) return error;
    throw error;
  }
}

function toBatch(
  samples: readonly DecodedSample[],
  size: number,
): Omit<StreamBatch, 'step' | 'epoch' | 'next'> {
  return {
    keys: samples.map(({ key }) => key),
    pixels: joinBytes(samples.map(({ pixels }) => pixels)),
    size,
    texts: samples.map(({ texts }) => texts),
    metas: samples.map(({ meta }) => meta),
    indices: samples.map(({ place }) => place),
  };
}
