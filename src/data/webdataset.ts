import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { readTarMembers } from '../files/tarMembers';
import { BadInputCounter, BadSampleError } from './badInput';
import { splitName } from './memberName';
import { isPictureName } from './pictureNames';
import { expandShards } from './shards';
import { cleanTexts, DEFAULT_TEXT_FIELDS, textsOf } from './texts';
import type { Sample } from './types';

export interface WebDatasetOptions {
  /** Counts what is skipped; default: a new counter, so too many bad samples still stop the reading. */
  counter?: BadInputCounter;
  /** The JSON fields that hold captions, in order; default `text`, `texts`, `caption`, `captions`. */
  textFields?: readonly string[];
  /** Bytes that one sample's members may have: a small shard in gzip can unpack to any size. Default 256 MiB. */
  largestSample?: number;
}

/** The members of one sample, as they lie in the shard one after another. */
interface Group {
  key: string;
  members: Map<string, Buffer>;
  bytes: number;
  /** Did the shard hold members of this key before, apart from these? */
  repeated: boolean;
}

/**
 * The samples of WebDataset shards, in order.
 *
 * Members belong together where their names agree up to the first dot of the file name; of each sample the picture
 * member is taken as it is, `.txt` members become texts, `.json` members become `meta` (and texts, from `textFields`),
 * and a `.cls` member becomes the number `meta.cls`. Texts are trimmed, and blank ones and repetitions left out.
 * A sample without a picture, with broken JSON or with only blank captions is skipped and counted; so is the rest of
 * a truncated shard, and a missing file of a brace pattern. A sample with no caption member at all is a sample
 * without texts.
 *
 * Format: https://github.com/webdataset/webdataset (`base_plus_ext`, `group_by_keys`).
 *
 * @param shards one or several files, directories, brace patterns or globs; see {@link expandShards}
 * @throws Error where a specification leads to no file or a shard scatters its samples' members; TooManyBadSamplesError
 */
export async function* readWebDataset(
  shards: string | readonly string[],
  { counter = new BadInputCounter(), ...options }: WebDatasetOptions = {},
): AsyncGenerator<Sample> {
  for (const shard of expandShards(shards)) yield* readTarShard(shard, { counter, ...options });
}

/** The samples of one shard; a shard that is missing is counted. */
export async function* readTarShard(
  shard: string,
  {
    counter = new BadInputCounter(),
    textFields = DEFAULT_TEXT_FIELDS,
    largestSample = 2 ** 28,
  }: WebDatasetOptions = {},
): AsyncGenerator<Sample> {
  for await (const group of readGroups(shard, counter, largestSample)) {
    counter.saw();
    let sample: Sample;
    try {
      sample = toSample(group, textFields);
    } catch (error) {
      counter.skip(error);
      continue;
    }
    yield sample;
  }
}

/** Consecutive members with one key; the last, possibly incomplete group of a truncated shard is left out. */
async function* readGroups(shard: string, counter: BadInputCounter, largest: number): AsyncGenerator<Group> {
  if (!existsSync(shard)) {
    counter.skip(new BadSampleError('missing-file', shard, `The shard "${shard}" does not exist.`));
    return;
  }
  let group: Group | undefined;
  const finished = new Set<string>();
  try {
    for await (const { name: path, content } of readTarMembers(shard, largest)) {
      const name = splitName(path);
      if (!name) continue;
      if (group && (group.key !== name.key || group.members.has(name.suffix))) {
        finished.add(group.key);
        yield group;
        group = undefined;
      }
      group ??= { key: name.key, members: new Map(), bytes: 0, repeated: finished.has(name.key) };
      group.bytes += content.length;
      if (group.bytes > largest) throw new Error(`its members have more than ${largest} bytes`);
      group.members.set(name.suffix, content);
    }
  } catch (error) {
    const place = group ? `at sample "${group.key}"` : 'at its start';
    const message = `The shard "${shard}" ends early or is damaged ${place} (${(error as Error).message}).`;
    counter.skip(new BadSampleError('truncated-shard', basename(shard), message));
    return;
  }
  if (group) yield group;
}

function toSample({ key, members, repeated }: Group, textFields: readonly string[]): Sample {
  let image: Buffer | undefined;
  let meta: Record<string, unknown> = {};
  const captions: string[] = [];
  for (const [suffix, content] of members) {
    if (isPictureName(`.${suffix}`)) image ??= content;
    else if (hasEnding(suffix, 'json')) meta = { ...meta, ...parseJson(key, content) };
    else if (hasEnding(suffix, 'txt')) captions.push(content.toString('utf8'));
    else if (suffix === 'cls') meta.cls = Number(content.toString('utf8'));
  }
  if (!image?.length) {
    if (repeated) {
      throw new Error(
        `Expected the members of sample "${key}" one after another in the shard, but others lie between them; ` +
          'pack the shard anew in order of names (`tar --sort=name`).',
      );
    }
    throw new BadSampleError('missing-picture', key, `The sample "${key}" has no picture.`);
  }
  captions.push(...textsOf(meta, textFields));
  const texts = cleanTexts(captions);
  if (captions.length > 0 && texts.length === 0) {
    throw new BadSampleError('empty-caption', key, `The caption of sample "${key}" is empty.`);
  }
  return { key, image, texts, meta };
}

function hasEnding(suffix: string, ending: string): boolean {
  return suffix === ending || suffix.endsWith(`.${ending}`);
}

function parseJson(key: string, content: Buffer): Record<string, unknown> {
  try {
    const value = JSON.parse(content.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // A syntax error and a value that is no object end in the same sentence.
  }
  throw new BadSampleError('broken-json', key, `The JSON member of sample "${key}" is not a JSON object.`);
}
