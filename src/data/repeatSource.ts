import type { Random } from '../engine/random';
import { shuffleStream } from './streams';
import type { Sample } from './types';

/** One pass over the data; the random generator is the pass's own and orders the shards or files. */
export type SampleSource = (random: Random) => AsyncIterable<Sample>;

export interface RepeatOptions {
  /** How errors call the source. */
  name: string;
  /** Fixes the order of every pass. */
  random: Random;
  /** How many samples to draw from at random within a pass; 0 keeps the source's order. */
  shuffleBuffer: number;
  /** The pass to begin with; default 0. */
  firstPass?: number;
  /** Called at the end of each pass with the number of its samples. */
  onPassEnd?: (length: number) => void;
}

/**
 * A source again and again without end, each pass in an order of its own. A pass is whole before the next one begins,
 * and its order depends on nothing before it.
 *
 * @throws Error where a pass has no sample; whatever the source throws
 */
export async function* repeatSource(
  source: SampleSource,
  { name, random, shuffleBuffer, firstPass = 0, onPassEnd }: RepeatOptions,
): AsyncGenerator<Sample> {
  for (let pass = firstPass; ; pass++) {
    const ofPass = random.fork(`pass ${pass}`);
    let length = 0;
    for await (const sample of shuffleStream(
      source(ofPass.fork('order')),
      shuffleBuffer,
      ofPass.fork('buffer'),
    )) {
      length++;
      yield sample;
    }
    if (length === 0) {
      throw new Error(
        `Expected samples in ${name}, but it has no usable one; check its shards or leave it out.`,
      );
    }
    onPassEnd?.(length);
  }
}
