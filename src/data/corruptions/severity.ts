import type { Random } from '../../engine/random';
import type { RgbPicture } from '../pillow/picture';

/** 1 is weakest. */
export type Severity = 1 | 2 | 3 | 4 | 5;

export const SEVERITIES: readonly Severity[] = [1, 2, 3, 4, 5];

/** A constant, or several, for each severity. */
export type PerSeverity<Constants = number> = readonly [
  Constants,
  Constants,
  Constants,
  Constants,
  Constants,
];

/** Makes a corrupted copy of a picture of any size; only the random numbers it takes make two copies differ. */
export type Corruption = (
  picture: RgbPicture,
  severity: Severity,
  random: Random,
) => RgbPicture | Promise<RgbPicture>;
