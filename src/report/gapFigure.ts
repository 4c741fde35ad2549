import type { Data } from 'plotly.js';
import type { ModalityGap } from '../evaluation/modalityGap';
import { type Figure, GRID, layoutOf, PALETTE } from './figureLayout';

/** Half the side of the map, in units of the space, whose vectors have length 1. */
const REACH = 1.05;

/**
 * Pictures and texts on the plane of their modality gap, each picture joined to the text in the same row.
 *
 * @param input.names what a reader sees over a point; default its row
 * @throws when there are not as many pictures as texts
 */
export function gapFigure(input: {
  id: string;
  title: string;
  gap: ModalityGap;
  names?: readonly string[];
}): Figure {
  const { images, texts, distance } = input.gap;
  if (images.length !== texts.length) {
    throw new Error(`Expected a text for each of ${images.length} pictures, got ${texts.length}.`);
  }
  const names = images.map((_, i) => input.names?.[i] ?? `row ${i + 1}`);
  const points = (name: string, places: [number, number][], color: string, symbol: string): Data => ({
    type: 'scatter',
    mode: 'markers',
    name,
    x: places.map(([x]) => rounded(x)),
    y: places.map(([, y]) => rounded(y)),
    text: names,
    hovertemplate: '%{text}<extra></extra>',
    marker: { color, size: 7, symbol },
  });
  const joints = images.map(
    ([x, y], i): Data => ({
      type: 'scatter',
      mode: 'lines',
      x: [rounded(x), rounded(texts[i][0])],
      y: [rounded(y), rounded(texts[i][1])],
      line: { color: GRID, width: 1 },
      showlegend: false,
      hoverinfo: 'skip',
    }),
  );
  const layout = layoutOf(
    `${input.title}: gap ${distance.toFixed(2)}`,
    'along the gap, from texts to pictures',
    'across it',
    {
      xaxis: { range: [-REACH, REACH] },
      yaxis: { range: [-REACH, REACH] },
      width: 520,
      height: 460,
    },
  );
  const data = [
    ...joints,
    points('pictures', images, PALETTE[0], 'circle'),
    points('texts', texts, PALETTE[3], 'diamond'),
  ];
  return { id: input.id, data, layout };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
