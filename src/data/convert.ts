import { join } from 'node:path';
import { type BadInputSummary, BadSampleError } from './badInput';
import { type KeptPart, type Manifest, openManifest } from './conversionManifest';
import {
  checkApart,
  type DataFormat,
  detectSource,
  fingerprintOf,
  openTarget,
  type Place,
  placeOf,
  readSource,
} from './convertFormats';
import { dealParts, type Parts, type PartsOptions } from './convertParts';
import type { PairTokenizer } from './pairRecord';
import { ConversionInterruptedError, type Target, type WrittenFile } from './parts';
import { isSafeKey, keyWithoutEnding } from './sampleNames';
import { ListingCounter } from './skippedList';
import type { Sample } from './types';
import { KEY_FIELD } from './writeWebDataset';

export type { DataFormat } from './convertFormats';

export interface ConversionOptions extends Partial<PartsOptions> {
  /** What to read; see `detectSource`. */
  from: string;
  /** Where to write; see `placeOf`. */
  to: string;
  /** Default: by the path. */
  fromFormat?: DataFormat;
  toFormat?: DataFormat;
  /** Between texts and the token ids of RecordIO. */
  tokenizer: PairTokenizer;
  /** How many samples a shard, a RecordIO file or another step of the work holds; default 10,000. */
  samplesPerPart?: number;
  /** The largest tolerated share of samples that cannot be used; default 0.05. */
  limitFraction?: number;
  /** Asks the conversion to stop. */
  signal?: AbortSignal;
  /** Told of each sample that is left out. */
  onSkip?: (error: BadSampleError) => void;
}

export interface ConversionSummary {
  from: DataFormat;
  to: DataFormat;
  folder: string;
  samples: number;
  parts: number;
  /** How many of the parts an earlier attempt had made. */
  kept: number;
  files: number;
  bytes: number;
  bad: BadInputSummary;
}

const SKIPPED = 'skipped.jsonl';

/**
 * Copies samples from one format to another: pictures byte for byte, keys without their pictures' endings, texts in
 * order. One sample is in memory at a time (of folders and caption files also all names and captions).
 *
 * Each part of the target is whole or not there; `manifest.jsonl` lists its files with their SHA-256. The same call
 * goes on with an interrupted conversion: parts that are as the manifest says stay, all others are made again, from
 * the same samples with the same bytes. Samples that cannot be used are left out and listed in `skipped.jsonl`.
 *
 * @throws Error with one sentence; ConversionInterruptedError; TooManyBadSamplesError
 */
export async function convertData(options: ConversionOptions): Promise<ConversionSummary> {
  const { from, to, tokenizer, samplesPerPart = 10_000, signal, onPart } = options;
  const format = options.fromFormat ?? detectSource(from);
  const place = placeOf(to, options.toFormat);
  checkApart(from, format, place);
  const fingerprint = fingerprintOf(from, format);
  const settings = { from: format, fingerprint, to: place.format, name: place.name, samplesPerPart };
  const manifest = await openManifest(place.folder, settings, signal);
  const { complete, kept } = manifest;
  if (complete) return summaryOf(format, place, manifest, kept, complete.files, complete.bad);

  const counter = new ListingCounter(join(place.folder, SKIPPED), options.onSkip, {
    limitFraction: options.limitFraction,
  });
  const target = openTarget(place, tokenizer);
  const parts = dealParts(target, manifest, { samplesPerPart, onPart });
  const skipped = await dealOut(
    readSource(from, format, { counter, tokenizer }),
    parts,
    target,
    counter,
    signal,
  );
  const bad = counter.summary();
  if (parts.samples === 0) {
    throw new Error(`Expected samples in "${from}", but ${counter.describe()}; check the path.`);
  }
  const hasTexts = [...parts.whole.values()].some(({ withText }) => withText > 0);
  const files = [...target.finish(parts.whole.size, hasTexts), ...skipped];
  manifest.append({ complete: true, samples: parts.samples, bad, files });
  return summaryOf(format, place, manifest, parts.whole, files, bad);
}

/** Writes all samples; the list of those left out is finished however it ends. */
async function dealOut(
  source: AsyncIterable<Sample>,
  parts: Parts,
  { namedByKeys }: Target,
  counter: ListingCounter,
  signal?: AbortSignal,
): Promise<WrittenFile[]> {
  let listed: WrittenFile[] = [];
  try {
    for await (const read of source) {
      if (signal?.aborted) throw new ConversionInterruptedError(`Stopped after ${parts.samples} samples.`);
      const sample = withOwnKey(read);
      if (!namedByKeys || isSafeKey(sample.key)) await parts.add(sample);
      else counter.skip(unsafe(sample.key));
    }
    await parts.finish();
  } catch (error) {
    parts.discard();
    throw error;
  } finally {
    listed = counter.finish(SKIPPED);
  }
  return listed;
}

/** The key that the conversion keeps: the one a shard's JSON member remembers, without its picture's ending. */
function withOwnKey({ key, image, texts, meta }: Sample): Sample {
  const { [KEY_FIELD]: remembered, ...rest } = meta;
  const own = typeof remembered === 'string' ? remembered : key.replace(/^(\.\/)+/, '');
  return { key: keyWithoutEnding(own, image), image, texts, meta: rest };
}

function unsafe(key: string): BadSampleError {
  return new BadSampleError('unsafe-key', key, `The key "${key}" cannot be a file name.`);
}

function summaryOf(
  from: DataFormat,
  { format: to, folder }: Place,
  { kept }: Manifest,
  whole: Map<number, KeptPart>,
  others: WrittenFile[],
  bad: BadInputSummary,
): ConversionSummary {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const parts = [...whole.values()];
  return {
    from,
    to,
    folder,
    samples: sum(parts.map(({ samples }) => samples)),
    parts: parts.length,
    kept: kept.size,
    files: sum(parts.map(({ files }) => files)) + others.length,
    bytes: sum([...parts, ...others].map(({ bytes }) => bytes)),
    bad,
  };
}
