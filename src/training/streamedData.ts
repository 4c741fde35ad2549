import {
  BadInputCounter,
  type BadInputSummary,
  type CaptionJoin,
  cropBoxes,
  type StreamBatch,
  type StreamPosition,
  type StreamSource,
  shardSource,
  streamBatches,
  toImages,
} from '../data';
import { createRandom, type Ranks } from '../engine';
import type { Tokenizer } from '../text';
import { type BatchNeeds, partsOfBatch } from './batchNeeds';
import { type CropConfig, pictureSizeFor, toCropOptions } from './crops';
import type { ShardSource, TextChoice } from './dataConfig';
import { chooseText, recordTokenizer, withTexts } from './loadPictures';
import type { TrainingBatch } from './objectives';
import { batchOfRank, rowsOfRank } from './rankPairs';
import type { TrainingData } from './trainer';

/** Which batches are made of a stream. */
export interface StreamedDataOptions extends CropConfig {
  batchSize: number;
  seed: number;
  /** Side of the model's input; crops are cut and scaled to it, from the whole pictures unless there are views. */
  imageSize: number;
  /** What the objective wants beside pictures and raw texts. */
  needs?: BatchNeeds;
  /**
   * Side of the square pictures that crops and views are cut from where the objective needs views: one decoding serves them
   * all, as for pictures in memory. Default: 4/3 of the model's input.
   */
  pictureSize?: number;
  /** How many encoded samples of each source to draw from at random. Default 1000. */
  shuffleBuffer?: number;
  /** The JSON fields of WebDataset shards that hold texts, in order. */
  textFields?: string[];
  /** Captions to add to the samples. */
  captions?: CaptionJoin;
  /** Take the first text as the raw one and the second as the caption. */
  withCaptions?: boolean;
  /** Where one text is taken, which; default `any`. */
  textChoice?: TextChoice;
  /** Largest share of unusable samples; default 0.05, checked from 100 samples on. */
  limitFraction?: number;
  /**
   * The processes that read the same stream: batches hold this one's own pairs of each. It decodes no others, and is told
   * which of theirs cannot be decoded, as these decide what the next batch begins with.
   */
  ranks?: Ranks;
  /** Called after each sample that a resumed run passes over, with the number so far; what it throws ends the run. */
  onPassedOver?: (count: number) => void;
}

/** Training batches that are read while training. */
export interface StreamedData extends TrainingData {
  /** What was left out so far. Samples that were read ahead of an interruption are counted again after it. */
  skipped(): BadInputSummary;
  /** Closes the shards; a batch asked for afterwards opens them again. */
  close(): Promise<void>;
}

interface StreamState {
  next: StreamPosition;
  skipped: BadInputSummary;
}

/**
 * Training batches streamed from weighted sources of WebDataset shards and RecordIO files, as `streamBatches` draws them: memory holds the shuffle
 * buffers and a few batches, however large the shards are. Samples without the texts needed are left out and counted.
 *
 * Batches come in order. The state after one leads to the next without decoding anything before it; without a state, a
 * later step is reached by making all batches up to it, and an earlier one from the beginning.
 *
 * @throws Error where a specification leads to no file; its batches throw as `streamBatches` does
 */
export function streamedData(
  sources: readonly ShardSource[],
  tokenizer: Tokenizer,
  options: StreamedDataOptions,
): StreamedData {
  const { batchSize, seed, imageSize, withCaptions = false, textChoice } = options;
  const { shuffleBuffer, onPassedOver, needs = {}, ranks } = options;
  const decoding = needs.views
    ? { size: options.pictureSize ?? pictureSizeFor(imageSize) }
    : { size: imageSize, augment: toCropOptions(options) };
  const counter = new BadInputCounter({ limitFraction: options.limitFraction });
  const { first, count } = rowsOfRank(batchSize, ranks);
  const rows = ranks && { first, count, sumInPlace: ranks.sumInPlace };
  const inputs = sources.map((source) => openSource(source, counter, options));
  let restored: StreamState | null = null;
  let reached = 0;
  let last: StreamState | null = null;
  let stream: AsyncGenerator<StreamBatch> | null = null;

  async function open(state: StreamState | null): Promise<AsyncGenerator<StreamBatch>> {
    await stream?.return(undefined);
    reached = state?.next.step ?? 0;
    return streamBatches(inputs, {
      batchSize,
      seed,
      shuffleBuffer,
      ...decoding,
      rows,
      start: state?.next,
      counter,
      onPassedOver,
      onStart: () => counter.restore(state?.skipped ?? NOTHING_SKIPPED),
    });
  }

  async function streamed(step: number): Promise<StreamBatch> {
    if (!stream || step < reached) {
      stream = await open(restored && restored.next.step <= step ? restored : null);
    }
    for (;;) {
      const { value } = (await stream.next()) as { value: StreamBatch };
      reached = value.next.step;
      last = { next: value.next, skipped: counter.summary() };
      if (value.step === step) return value;
    }
  }

  const textOf = chooseText(withCaptions ? 'first' : textChoice);

  function toTraining(batch: StreamBatch): TrainingBatch {
    const random = createRandom(seed).fork(`batch ${batch.step}`);
    const boxes = needs.views ? cropBoxes(batchSize, random, toCropOptions(options)) : null;
    const rawTexts = batch.texts.map((texts) => textOf(texts, random));
    const texts = tokenizer.tokenize(rawTexts);
    const parts = {
      keys: batch.keys,
      texts,
      captions: withCaptions ? tokenizer.tokenize(batch.texts.map((texts) => texts[1])) : undefined,
      ...partsOfBatch(
        needs,
        { pictures: batch, part: { first, of: batchSize }, rawTexts, texts, tokenizer, imageSize },
        random,
      ),
    };
    const ownBoxes = boxes?.subarray(4 * first, 4 * (first + count)) ?? null;
    return batchOfRank(parts, toImages(batch, ownBoxes, imageSize), ranks);
  }

  return {
    batch: async (step) => toTraining(await streamed(step)),
    getState: () => last,
    setState: (state) => {
      restored = state as StreamState | null;
    },
    skipped: () => counter.summary(),
    close: async () => {
      await stream?.return(undefined);
      stream = null;
    },
  };
}

const NOTHING_SKIPPED: BadInputSummary = { seen: 0, bad: 0, kinds: [] };

function openSource(
  { shards, weight }: ShardSource,
  counter: BadInputCounter,
  { textFields, captions, withCaptions, textChoice }: StreamedDataOptions,
): StreamSource {
  const found = shardSource(shards, { counter, textFields, recordTokenizer });
  const samples: typeof found = captions ? (random) => captions.stream(found(random)) : found;
  return {
    source: (random) => withTexts(samples(random), counter, withCaptions || textChoice === 'second' ? 2 : 1),
    weight,
    name: `"${shards}"`,
  };
}
