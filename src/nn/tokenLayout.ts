import * as tf from '@tensorflow/tfjs-core';

/** A number for each pair of neighbours, one tensor for each direction: of a chain one, of a grid across and down. */
export type Links = readonly tf.Tensor[];

/** How the tokens that form groups lie beside each other. */
export interface TokenLayout {
  /** 1 where two tokens are neighbours, else 0. `[batch or 1, tokens, tokens]` */
  neighbours: tf.Tensor3D;
  /** In each direction: the neighbours, as places in a flat matrix of tokens by tokens, and the shape of its links. */
  directions: readonly { forward: number[]; backward: number[]; shape: number[] }[];
  /** The length of the way between any two tokens, from that of each link. `[batch, tokens, tokens]` */
  distances(lengths: Links): tf.Tensor3D;
  /** Does a class token stand before the others, a neighbour of none? */
  hasClassToken: boolean;
}

/**
 * The tokens of texts, each beside the next; padding is beside nothing. Start and end are tokens like others.
 *
 * Links: `[batch, tokens − 1]`.
 *
 * @param lengths tokens of each text, start and end included
 * @param tokens of the longest, or more
 */
export function chainLayout(lengths: Int32Array, tokens: number): TokenLayout {
  const open = new Float32Array(lengths.length * tokens * tokens);
  lengths.forEach((length, row) => {
    const first = row * tokens * tokens;
    for (let i = 0; i + 1 < length; i++) {
      open[first + i * tokens + i + 1] = 1;
      open[first + (i + 1) * tokens + i] = 1;
    }
  });
  const next = Array.from({ length: tokens - 1 }, (_, i) => [i, i + 1] as const);
  return {
    neighbours: tf.tensor3d(open, [lengths.length, tokens, tokens]),
    directions: [{ ...flatPlaces(next, tokens), shape: [tokens - 1] }],
    distances: ([along]) => distancesOnLines(along) as tf.Tensor3D,
    hasClassToken: false,
  };
}

/**
 * A picture's patches, each beside up to four others, row by row behind a class token.
 *
 * Links: across `[batch, side, side − 1]`, down `[batch, side − 1, side]`. The way between two patches is the shorter of
 * two: along the row first, or along the column first. This is the lab's design: HiCLIP's own rule for pictures could not be
 * read.
 */
export function gridLayout(side: number): TokenLayout {
  const cells = Array.from({ length: side * side }, (_, i) => i);
  const across = cells.filter((i) => (i + 1) % side !== 0).map((i) => [i, i + 1] as const);
  const down = cells.slice(0, -side).map((i) => [i, i + side] as const);
  const directions = [
    { ...flatPlaces(across, side * side), shape: [side, side - 1] },
    { ...flatPlaces(down, side * side), shape: [side - 1, side] },
  ];
  const open = new Float32Array(side ** 4);
  for (const { forward, backward } of directions) for (const at of [...forward, ...backward]) open[at] = 1;
  return {
    neighbours: tf.tensor3d(open, [1, side * side, side * side]),
    directions,
    distances: ([across, down]) => distancesOnGrid(across as tf.Tensor3D, down as tf.Tensor3D),
    hasClassToken: true,
  };
}

function flatPlaces(pairs: readonly (readonly [number, number])[], tokens: number) {
  return {
    forward: pairs.map(([i, j]) => i * tokens + j),
    backward: pairs.map(([i, j]) => j * tokens + i),
  };
}

/** |difference| of the sums from the line's begin. `[…, n − 1]` → `[…, n, n]` */
function distancesOnLines(lengths: tf.Tensor): tf.Tensor {
  const axis = lengths.rank - 1;
  const begin = tf.zeros([...lengths.shape.slice(0, axis), 1]);
  const places = tf.cumsum(tf.concat([begin, lengths], axis), axis);
  return tf.abs(tf.sub(tf.expandDims(places, axis), tf.expandDims(places, axis + 1)));
}

/** No tensor of pairs by path is made: the two parts of each way are differences, added by broadcasting. */
function distancesOnGrid(across: tf.Tensor3D, down: tf.Tensor3D): tf.Tensor3D {
  const [batch, side] = across.shape;
  const alongRows = distancesOnLines(across); // [batch, row, from column, to column]
  const alongColumns = distancesOnLines(tf.transpose(down, [0, 2, 1])); // [batch, column, from row, to row]
  const rowFirst = tf.add(
    tf.reshape(alongRows, [batch * side, side, 1, side]),
    tf.reshape(tf.transpose(alongColumns, [0, 2, 3, 1]), [batch * side, 1, side, side]),
  ); // [batch · from row, from column, to row, to column]
  const there = tf.reshape(rowFirst, [batch, side * side, side * side]) as tf.Tensor3D;
  return tf.minimum(there, tf.transpose(there, [0, 2, 1])); // column first is row first on the way back
}
