import { type Embeddings, normaliseRows } from './embeddings';

/** How far apart pictures and texts lie as groups, and a map of both. */
export interface ModalityGap {
  /** The distance between the mean picture and the mean text, rows at unit length: 0 where the groups lie in one place, at most 2. */
  distance: number;
  /**
   * Every row's place on a plane: first along the line from the mean text to the mean picture, 0 half-way, then along the
   * direction across it in which rows vary most. `[rows][2]`
   */
  images: [number, number][];
  texts: [number, number][];
}

/**
 * The modality gap (Liang et al. 2022, "Mind the Gap", section 2): both towers answer in one space, but not in one region of it.
 *
 * @param images and texts of one width, any lengths
 * @throws when the widths differ or a side has no rows
 */
export function modalityGap(images: Embeddings, texts: Embeddings): ModalityGap {
  if (images.width !== texts.width || images.rows === 0 || texts.rows === 0) {
    throw new Error(
      `Expected pictures and texts of one width, at least one each, got ${images.rows}×${images.width} and ` +
        `${texts.rows}×${texts.width}: embed both with one model.`,
    );
  }
  const sides = [rowsOf(normaliseRows(images)), rowsOf(normaliseRows(texts))];
  const means = sides.map(meanOf);
  const difference = means[0].map((value, i) => value - means[1][i]);
  const middle = means[0].map((value, i) => (value + means[1][i]) / 2);
  const distance = Math.hypot(...difference);
  const along = distance > 0 ? difference.map((value) => value / distance) : difference;
  const centred = sides.map((rows, side) =>
    rows.map((row) => {
      const offset = row.map((value, i) => value - means[side][i]);
      return without(offset, along);
    }),
  );
  const across = mainDirection(centred.flat());
  const placed = sides.map((rows) =>
    rows.map((row): [number, number] => {
      const offset = row.map((value, i) => value - middle[i]);
      return [dot(offset, along), dot(offset, across)];
    }),
  );
  return { distance, images: placed[0], texts: placed[1] };
}

function rowsOf({ values, rows, width }: Embeddings): number[][] {
  return Array.from({ length: rows }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

function meanOf(rows: readonly number[][]): number[] {
  return rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/** What is left of a vector without its part along a unit direction. */
function without(row: readonly number[], direction: readonly number[]): number[] {
  const part = dot(row, direction);
  return row.map((value, i) => value - part * direction[i]);
}

const ROUNDS = 200;

/** The unit vector along which centred rows vary most, by repeated multiplication; zeros where none varies. */
function mainDirection(rows: readonly number[][]): number[] {
  const lengths = rows.map((row) => Math.hypot(...row));
  const longest = rows[lengths.indexOf(Math.max(...lengths))];
  let direction = unit(longest);
  for (let round = 0; round < ROUNDS; round++) {
    const next = direction.map(() => 0);
    for (const row of rows) {
      const part = dot(row, direction);
      row.forEach((value, i) => {
        next[i] += part * value;
      });
    }
    direction = unit(next);
  }
  return direction;
}

function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : [...vector];
}
