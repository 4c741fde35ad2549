import { createRandom } from '../engine/random';
import { type ImageFolderOptions, readImageFolder } from './imageFolder';
import { countTurns, mixStreams } from './mixture';
import { findShards, type ReadShardsOptions, readShardFiles } from './readShards';
import { repeatSource, type SampleSource } from './repeatSource';
import type { Sample } from './types';

/** Shards, WebDataset or RecordIO, as a source; their order is drawn anew for each pass. */
export function shardSource(
  shards: string | readonly string[],
  options: ReadShardsOptions = {},
): SampleSource {
  const paths = findShards(shards);
  return (random) => readShardFiles(random.shuffle([...paths]), options);
}

/** A folder of pictures as a source; its order is drawn anew for each pass. */
export function folderSource(folder: string, options: Omit<ImageFolderOptions, 'random'> = {}): SampleSource {
  return (random) => readImageFolder(folder, { ...options, random });
}

/** A source and how often it is drawn in comparison with others. */
export interface StreamSource {
  source: SampleSource;
  /** Positive; a source's share is its weight over the sum of all. */
  weight: number;
  /** How errors call it; default its number. */
  name?: string;
}

/** A place in the mixture of sources. */
export interface DrawPosition {
  /** Samples drawn before, from all sources together. */
  drawn: number;
  /** Samples in one pass over each source; null where none has been completed yet. */
  passLengths: (number | null)[];
}

export interface DrawOptions {
  seed: number | string;
  /** How many samples of each source to draw from at random. */
  shuffleBuffer: number;
  start: DrawPosition;
  onPassedOver?: (count: number) => void;
  onStart?: () => void;
  /** Called at the end of each pass over a source with the number of its samples. */
  onPassEnd?: (source: number, length: number) => void;
}

/**
 * Samples of several endlessly repeated sources, in random turns by their weights.
 *
 * To start later, whole passes are left out unread; what was drawn of each source's current pass is read again and
 * passed over, undecoded. So the way there costs at most one reading of each source, at the speed of the disk, however
 * long the run; where no pass has been completed, it is all that was drawn.
 *
 * @throws whatever a source throws; Error where a source has no sample or the weights are not positive
 */
export async function* drawSamples(
  sources: readonly StreamSource[],
  { seed, shuffleBuffer, start, onPassedOver, onStart, onPassEnd }: DrawOptions,
): AsyncGenerator<Sample> {
  const turns = { weights: sources.map(({ weight }) => weight), seed, turns: start.drawn };
  const random = createRandom(seed);
  const begun = countTurns(turns).map((count, i) => placeInPasses(count, start.passLengths[i]));
  const streams = sources.map(({ source, name }, i) =>
    repeatSource(source, {
      name: name ?? `source ${i + 1}`,
      random: random.fork(`source ${i}`),
      shuffleBuffer,
      firstPass: begun[i].pass,
      onPassEnd: (length) => onPassEnd?.(i, length),
    }),
  );
  try {
    let passedOver = 0;
    for (const [i, stream] of streams.entries()) {
      for (let done = 0; done < begun[i].ofPass; done++) {
        await stream.next();
        onPassedOver?.(++passedOver);
      }
    }
    onStart?.();
    yield* mixStreams(streams, turns);
  } finally {
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  }
}

/** Whole passes before, and samples of the pass after them; without a known length all belong to the first pass on. */
function placeInPasses(count: number, length: number | null): { pass: number; ofPass: number } {
  return length === null
    ? { pass: 0, ofPass: count }
    : { pass: Math.floor(count / length), ofPass: count % length };
}
