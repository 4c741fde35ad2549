import type { Annotations, Image } from 'plotly.js';
import { INK, MUTED } from './figureLayout';
import { linesOf, shortenText } from './textWidth';

/** What stands at the left of a row, and its matrices from left to right. */
export interface MatrixRow {
  label: string;
  /** A small picture over the label, as an address: a path, or `pictureUri`'s. */
  picture?: string;
  /** Square matrices, `[size][size]`. */
  matrices: readonly (readonly (readonly number[])[])[];
}

/** Room at the left for labels and pictures. */
export const LEFT = 116;
const LINE = 14;

/** A heading over a column of matrices; `x` and the like in shares of the plot. */
export function headingOf(text: string, x: number, side: number): Partial<Annotations> {
  return {
    text: shortenText(text, side),
    xref: 'paper',
    x,
    xanchor: 'center',
    yref: 'paper',
    y: 1,
    yanchor: 'bottom',
    yshift: 4,
    showarrow: false,
    font: { size: 12, color: INK },
  };
}

/** Room for a label under its picture: two lines. */
function pictureSide(side: number): number {
  return Math.min(LEFT - 28, side - 2 * LINE - 4);
}

/** A row's label: beside its matrices, or under its picture. */
export function labelOf({ label, picture }: MatrixRow, middle: number, side: number): Partial<Annotations>[] {
  const width = LEFT - 28;
  const room = Math.max(1, picture ? 2 : Math.floor(side / LINE));
  return [
    {
      text: linesOf(label, width, 11, room).join('<br>'),
      xref: 'paper',
      x: 0,
      xanchor: 'left',
      xshift: 12 - LEFT,
      yref: 'paper',
      y: middle,
      yanchor: picture ? 'top' : 'middle',
      yshift: picture ? side / 2 - pictureSide(side) - 4 : 0,
      align: 'left',
      showarrow: false,
      font: { size: 11, color: picture ? MUTED : INK },
    },
  ];
}

/** A row's picture, at the left of its matrices. */
export function pictureOf(
  { picture }: MatrixRow,
  top: number,
  side: number,
  plot: { width: number; height: number },
): Partial<Image>[] {
  if (!picture) return [];
  const length = pictureSide(side);
  return [
    {
      source: picture,
      xref: 'paper',
      yref: 'paper',
      x: (12 - LEFT) / plot.width,
      y: top,
      sizex: length / plot.width,
      sizey: length / plot.height,
      sizing: 'contain',
    },
  ];
}
