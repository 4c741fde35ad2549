import { openNpyMatrix } from './npyMatrix';

/** Some rows of a matrix. */
export interface NpyBlock {
  /** The first one's place. */
  from: number;
  /** `[rows, width]` */
  values: Float32Array;
  width: number;
}

const BYTES = 2 ** 24;

/**
 * The rows of a `.npy` matrix from the first to the last, a block of some megabytes at a time.
 *
 * @throws as `openNpyMatrix` does
 */
export function* npyBlocks(path: string, bytes = BYTES): Generator<NpyBlock> {
  const matrix = openNpyMatrix(path);
  const { rows, width } = matrix;
  try {
    const most = Math.max(1, Math.floor(bytes / (4 * width)));
    for (let from = 0; from < rows; from += most) {
      yield { from, values: matrix.read(from, Math.min(most, rows - from)), width };
    }
  } finally {
    matrix.close();
  }
}
