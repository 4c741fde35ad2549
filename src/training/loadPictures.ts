import {
  BadInputCounter,
  type BadInputSummary,
  BadSampleError,
  CaptionJoin,
  type CaptionReport,
  findShards,
  importCaptions,
  loadInMemory,
  type PictureSet,
  readImageFolder,
  readShardFiles,
  type Sample,
} from '../data';
import type { Random } from '../engine';
import { createTokenizer } from '../text';
import type { AddCaptionsConfig, DataConfig, TextChoice } from './dataConfig';
import type { ObjectiveConfig } from './objectiveConfig';
import { RunInterruptedError } from './run';

export interface LoadPicturesOptions {
  /** Stops the reading. */
  signal?: AbortSignal;
  /** Called after each picture with the number so far. */
  onPicture?: (count: number) => void;
}

/** Decoded pictures with at least one text each, and what was left out. */
export interface LoadedPictures {
  set: PictureSet;
  skipped: BadInputSummary;
  /** Where captions were added. */
  captions?: CaptionReport;
}

/**
 * Reads and decodes all pictures of a run; damaged ones and those without a text are skipped and counted.
 *
 * @throws Error where nothing usable is found, or where a picture lacks the second text that ALIP needs; as
 *   `importCaptions` and `CaptionJoin` do; TooManyBadSamplesError; RunInterruptedError
 */
export async function loadPictures(
  data: DataConfig,
  objective: ObjectiveConfig['name'],
  { signal, onPicture }: LoadPicturesOptions = {},
): Promise<LoadedPictures> {
  const counter = new BadInputCounter({ limitFraction: data.limitFraction });
  const join = await openCaptions(data.addCaptions);
  const samples = samplesOf(data, counter);
  const needed = data.textChoice === 'second' ? 2 : 1;
  const set = await loadInMemory(withTexts(join ? join.stream(samples) : samples, counter, needed), {
    size: data.pictureSize,
    counter,
    onProgress: (count) => {
      if (signal?.aborted) throw new RunInterruptedError('Stopped while reading the pictures.');
      onPicture?.(count);
    },
  });
  if (data.limitFraction !== undefined) counter.checkAll();
  if (objective === 'alip') checkCaptions(set);
  return { set, skipped: counter.summary(), ...(join && { captions: join.report() }) };
}

/** Reads the captions that a configuration adds; undefined where it adds none. */
export async function openCaptions(config: AddCaptionsConfig | undefined): Promise<CaptionJoin | undefined> {
  if (!config) return undefined;
  const { file, missing, ...options } = config;
  return new CaptionJoin(await importCaptions(file, options), missing);
}

function samplesOf(
  { shards, textFields, folder, captions }: DataConfig,
  counter: BadInputCounter,
): AsyncIterable<Sample> {
  if (folder !== undefined) return readImageFolder(folder, { counter, captions });
  return readShardFiles(findShards(shards!), { counter, textFields, recordTokenizer });
}

let published: ReturnType<typeof createTokenizer> | undefined;

/** The tokens in RecordIO files are of the published vocabulary, whatever the model's is. */
export function recordTokenizer() {
  published ??= createTokenizer();
  return published;
}

/** Takes one of a picture's texts. */
export function chooseText(choice: TextChoice = 'any'): (texts: readonly string[], random: Random) => string {
  if (choice === 'any') return (texts, random) => random.pick(texts);
  return (texts) => texts[choice === 'first' ? 0 : 1];
}

/** Without the samples that have fewer texts than needed; they are counted. */
export async function* withTexts(
  samples: AsyncIterable<Sample>,
  counter: BadInputCounter,
  needed = 1,
): AsyncGenerator<Sample> {
  for await (const sample of samples) {
    const { key, texts } = sample;
    if (texts.length >= needed) yield sample;
    else counter.skip(new BadSampleError('missing-text', key, missingText(key, texts.length, needed)));
  }
}

function missingText(key: string, found: number, needed: number): string {
  return found === 0
    ? `The sample "${key}" has no text.`
    : `The sample "${key}" has ${found} text where ${needed} are needed.`;
}

function checkCaptions({ keys, texts, length }: PictureSet): void {
  const lacking = keys.filter((_, index) => texts[index].length < 2);
  if (lacking.length === 0) return;
  throw new Error(
    `Expected two texts of each picture for ALIP, the raw text and a caption, but ${lacking.length} of ${length} ` +
      `have one only (first "${lacking[0]}"); add captions or choose another objective.`,
  );
}
