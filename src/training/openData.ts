import {
  type BadInputSummary,
  type CaptionJoin,
  type CaptionReport,
  type PictureSet,
  shardSizes,
} from '../data';
import type { Random, Ranks } from '../engine';
import type { Tokenizer } from '../text';
import type { BatchNeeds } from './batchNeeds';
import type { TrainingConfig } from './config';
import { cropsOf } from './crops';
import { type DataConfig, isStreamed } from './dataConfig';
import { chooseText, type LoadPicturesOptions, loadPictures, openCaptions } from './loadPictures';
import type { ObjectiveConfig } from './objectiveConfig';
import { keepInput } from './ownRun';
import { type PictureDataOptions, pictureData } from './pictureData';
import { RunInterruptedError } from './run';
import type { RunFolder } from './runFolder';
import { streamedData } from './streamedData';
import type { TrainingData } from './trainer';

/** A run's batches, and what there is to know about them. */
export interface RunData {
  batches: TrainingData;
  /** Usable pictures; a stream does not know their number. */
  pictures?: number;
  /** What was left out so far. */
  skipped(): BadInputSummary;
  /** How added captions and pictures fit together so far; undefined where none were added. */
  captions(): CaptionReport | undefined;
  /** Notes in the run's folder what the data is, or throws where the run began with other data. */
  keep(folder: RunFolder): void;
  /** Ends reading. */
  close(): Promise<void>;
}

export interface OpenDataOptions extends LoadPicturesOptions {
  /** What the objective wants of a batch beside pictures and raw texts. */
  needs?: BatchNeeds;
  /** The processes that train together; see `pictureData` and `streamedData`. */
  ranks?: Ranks;
  /** Called when all pictures begin to be read; not for a stream. */
  onReading?: () => void;
  /** Called after each sample that a resumed stream passes over, with the number so far. */
  onPassedOver?: (count: number) => void;
}

/**
 * The data of a configuration: streamed where it says so, otherwise read into memory.
 *
 * @throws as `loadPictures`, `pictureData` and `streamedData` do
 */
export function openData(
  config: TrainingConfig,
  tokenizer: Tokenizer,
  options: OpenDataOptions = {},
): Promise<RunData> {
  return isStreamed(config.data)
    ? openStream(config, tokenizer, options)
    : openPictures(config, tokenizer, options);
}

async function openPictures(
  { data, objective, model, recipe }: TrainingConfig,
  tokenizer: Tokenizer,
  options: OpenDataOptions,
): Promise<RunData> {
  options.onReading?.();
  const { set, skipped, captions } = await loadPictures(data, objective.name, options);
  const batches = pictureData(set, tokenizer, {
    batchSize: recipe.batchSize,
    seed: recipe.seed,
    imageSize: model.vision.imageSize,
    ...cropsOf(data),
    ...textsFor(objective, data, set),
    needs: options.needs,
    ranks: options.ranks,
  });
  return {
    batches,
    pictures: set.length,
    skipped: () => skipped,
    captions: () => captions,
    keep: (folder) => {
      keepInput(folder, 'pictures', set.keys);
      if (captions)
        keepInput(
          folder,
          'captions',
          set.texts.map((texts) => JSON.stringify(texts)),
        );
    },
    close: async () => {},
  };
}

/** ALIP reads the first text as the raw one and the second as the caption; the others read one text. */
function textsFor(
  { name }: ObjectiveConfig,
  { textChoice }: DataConfig,
  { texts }: PictureSet,
): Pick<PictureDataOptions, 'textOf' | 'captionOf'> {
  const textOf = chooseText(name === 'alip' ? 'first' : textChoice);
  const raw = (index: number, random: Random) => textOf(texts[index], random);
  return { textOf: raw, ...(name === 'alip' && { captionOf: (index) => texts[index][1] }) };
}

async function openStream(
  { data, objective, model, recipe }: TrainingConfig,
  tokenizer: Tokenizer,
  { needs, ranks, signal, onPassedOver }: OpenDataOptions,
): Promise<RunData> {
  const join = await openCaptions(data.addCaptions);
  const sources = data.sources ?? [{ shards: data.shards!, weight: 1 }];
  const batches = streamedData(sources, tokenizer, {
    batchSize: recipe.batchSize,
    seed: recipe.seed,
    imageSize: model.vision.imageSize,
    ...cropsOf(data),
    needs,
    ranks,
    pictureSize: data.pictureSize,
    shuffleBuffer: data.shuffleBuffer,
    textFields: data.textFields,
    captions: join,
    limitFraction: data.limitFraction,
    withCaptions: objective.name === 'alip',
    textChoice: data.textChoice,
    onPassedOver: (count) => {
      if (signal?.aborted) throw new RunInterruptedError('Stopped on the way to where the run had stopped.');
      onPassedOver?.(count);
    },
  });
  return {
    batches,
    skipped: batches.skipped,
    captions: () => join?.report(),
    keep: (folder) => {
      keepInput(
        folder,
        'shards',
        sources.flatMap(({ shards }) => shardSizes(shards)),
      );
      if (join) keepInput(folder, 'captions', captionLines(join));
    },
    close: batches.close,
  };
}

function* captionLines({ captions }: CaptionJoin): Generator<string> {
  for (const [key, caption] of captions.byKey) yield `${key} ${caption}`;
}
