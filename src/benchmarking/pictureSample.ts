import { createRandom } from '../engine/random';

/** Some pictures of a split, drawn by seed. */
export interface PictureSample {
  /** How many to draw. */
  pictures: number;
  /** From how many. */
  of: number;
  seed: number;
}

/** The places of the drawn pictures in the split's order. */
export function sampledPlaces({ pictures, of, seed }: PictureSample): Set<number> {
  const places = Array.from({ length: of }, (_, place) => place);
  return new Set(createRandom(seed).fork('sample of pictures').shuffle(places).slice(0, pictures));
}
