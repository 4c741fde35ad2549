import type { FileProof } from '../files';
import type { Sample } from './types';

/** A file of a conversion, whole. */
export interface WrittenFile extends FileProof {
  /** Relative to the target folder, with `/`. */
  path: string;
}

/** Writes the samples of one part of a target; its files appear when it is finished. */
export interface PartWriter {
  add(sample: Sample): void | Promise<void>;
  finish(): Promise<WrittenFile[]>;
  /** Leaves nothing of the part behind. */
  discard(): void;
}

/** A place to which samples are converted. */
export interface Target {
  /** Does the target make files or members named by the keys? Then those that would lie outside are refused. */
  namedByKeys: boolean;
  /** @param first number of the part's first sample in the whole set */
  openPart(part: number, first: number): PartWriter;
  /** Files of the whole set, from those of all parts. */
  finish(parts: number, hasTexts: boolean): WrittenFile[];
}

/** `train` and 3 → `train-00003`. */
export function partName(name: string, part: number): string {
  return `${name}-${String(part).padStart(5, '0')}`;
}

/** Thrown when the signal asks a conversion to stop; the name is the one the command line knows. */
export class ConversionInterruptedError extends Error {
  override readonly name = 'RunInterruptedError';
}
