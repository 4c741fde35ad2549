import { type CropOptions, PLAIN_SCALE } from '../data';

/** How training pictures are cut, in a configuration's data section. */
export interface CropConfig {
  /** Smallest and largest share of a picture's area that a training crop keeps. Default 0.7 to 1; open_clip's is 0.9 to 1. */
  cropScale?: readonly [number, number];
  /** Smallest and largest width over height of a crop. Default 3/4 to 4/3. */
  cropAspect?: [number, number];
  /** Draws until a crop fits into its picture; then the largest centred one is taken. Default 10. */
  cropAttempts?: number;
  /** Probability that a crop is mirrored. Default 0, since texts may say "left" and "right". */
  flip?: number;
}

/** Side of the pictures that crops for a model's input are cut from, unless told otherwise. */
export function pictureSizeFor(imageSize: number): number {
  return Math.ceil((imageSize * 4) / 3);
}

/** The part of some settings that is about crops. */
export function cropsOf({ cropScale, cropAspect, cropAttempts, flip }: CropConfig): CropConfig {
  return { cropScale, cropAspect, cropAttempts, flip };
}

/** The same for `cropBoxes` and `augmentImage`, with the share of the area that training has by default. */
export function toCropOptions({
  cropScale = PLAIN_SCALE,
  cropAspect,
  cropAttempts,
  flip,
}: CropConfig): CropOptions {
  return { scale: cropScale, aspect: cropAspect, attempts: cropAttempts, flip };
}
