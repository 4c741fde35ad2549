import { createRandom, type Random } from '../engine/random';
import { type AugmentOptions, augmentImage } from './augment';
import { BadInputCounter, BadSampleError } from './badInput';
import { corruptPicture, type DecodeOptions, decodeImage } from './decode';
import { type DrawPosition, drawSamples, type StreamSource } from './drawSamples';
import { joinBytes } from './memory';
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
  /** Of several processes: the rows whose pixels its batches hold; keys and texts are of all. Default all. */
  rows?: OwnRows;
  /** Where to start; default the beginning. */
  start?: StreamPosition;
  /** Called after each sample that is read and passed over on the way to `start`, with the number so far. */
  onPassedOver?: (count: number) => void;
  /** Called when `start` is reached, before the first sample is drawn. */
  onStart?: () => void;
  /** Counts the pictures that cannot be decoded; give the source's own counter, so that one limit holds for both. */
  counter?: BadInputCounter;
}

/** The rows of each batch that one of several processes decodes, where all read the same stream. */
export interface OwnRows {
  first: number;
  count: number;
  /** Adds numbers up over all processes, in place. */
  sumInPlace(values: Float32Array): void;
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
  const { batchSize, seed = 0, shuffleBuffer = 1000, prefetch = 2, size, onPassedOver, onStart } = options;
  const { rows = { first: 0, count: batchSize, sumInPlace: () => {} } } = options;
  const { start = { step: 0, drawn: 0, passLengths: sources.map(() => null) } } = options;
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
  const ahead = batchSize * (prefetch + 1);
  const candidates = openCandidates(samples, start.drawn, options);
  try {
    for (let { step } = start; ; step++) {
      await candidates.fill(ahead, (place) => isWithin(rows, place % batchSize));
      const batch = await candidates.take(batchSize, rows);
      const pixels = await Promise.all(
        ownOf(batch, rows).map(({ decoded }) => decoded as Promise<Uint8Array>),
      );
      const next = { step: step + 1, drawn: batch[batchSize - 1].place + 1, passLengths: [...passLengths] };
      yield { ...toBatch(batch, pixels, size), step, next };
    }
  } finally {
    await samples.return(undefined);
  }
}

const isWithin = ({ first, count }: OwnRows, row: number) => row >= first && row < first + count;
const ownOf = <Item>(batch: readonly Item[], { first, count }: OwnRows) => batch.slice(first, first + count);

/** A sample that was drawn, and its pixels where they are wanted; a bad picture comes back as a value. */
interface Candidate extends Sample {
  /** How many samples were drawn before it. */
  place: number;
  decoded?: Promise<Uint8Array | BadSampleError>;
}

/** Samples in the order in which they were drawn, of which some are decoded. */
function openCandidates(samples: AsyncGenerator<Sample>, drawn: number, options: StreamOptions) {
  const { seed = 0, counter = new BadInputCounter() } = options;
  const random = createRandom(seed).fork('stream');
  const queue: Candidate[] = [];
  const decode = (candidate: Candidate) => {
    candidate.decoded ??= decodeSample(candidate, random.fork(`sample ${candidate.place}`), options);
    candidate.decoded.catch(() => {}); // It is awaited later, or not at all where the consumer has stopped.
    return candidate.decoded;
  };

  async function fill(length: number, isWanted: (place: number) => boolean): Promise<void> {
    while (queue.length < length) {
      const { value } = (await samples.next()) as { value: Sample };
      const candidate = { ...value, place: drawn++ };
      queue.push(candidate);
      if (isWanted(queue.length - 1)) decode(candidate);
    }
  }

  /**
   * The next batch: samples whose pictures their owners could decode. Where one is bad those behind it move up, to a row
   * that another process may own, and are looked at again.
   */
  async function take(batchSize: number, rows: OwnRows): Promise<Candidate[]> {
    for (;;) {
      await fill(batchSize, () => false);
      const isBad = new Float32Array(batchSize);
      for (let row = rows.first; row < rows.first + rows.count; row++) {
        if ((await decode(queue[row])) instanceof Error) isBad[row] = 1;
      }
      rows.sumInPlace(isBad);
      const bad = queue.slice(0, batchSize).filter((_, row) => isBad[row] > 0);
      if (bad.length === 0) return queue.splice(0, batchSize);
      for (const candidate of bad) {
        queue.splice(queue.indexOf(candidate), 1);
        const error = await decode(candidate);
        counter.skip(error instanceof Error ? error : badElsewhere(candidate));
      }
    }
  }

  return { fill, take };
}

const badElsewhere = ({ key }: Sample) =>
  corruptPicture(key, new Error('by another process, though by this one'));

async function decodeSample(
  { key, image }: Sample,
  random: Random,
  { augment, size, fit, background, limitInputPixels }: StreamOptions,
): Promise<Uint8Array | BadSampleError> {
  const decoding = { size, background, limitInputPixels, key };
  try {
    return augment
      ? await augmentImage(image, random, { ...decoding, ...augment })
      : await decodeImage(image, { ...decoding, fit });
  } catch (error) {
    if (error instanceof BadSampleError) return error;
    throw error;
  }
}

function toBatch(samples: readonly Sample[], pixels: readonly Uint8Array[], size: number): Batch {
  return {
    keys: samples.map(({ key }) => key),
    pixels: joinBytes(pixels),
    size,
    texts: samples.map(({ texts }) => texts),
    metas: samples.map(({ meta }) => meta),
  };
}
