import type { Data } from 'plotly.js';
import { mean } from '../evaluation/statistics';
import { type Figure, INK, layoutOf, PALETTE } from './figureLayout';

/** One setting under two measurements: a value per seed of each, in the same order. */
export interface TradePoint {
  label: string;
  x: readonly number[];
  y: readonly number[];
}

/**
 * Two measurements against each other, for settings that trade one for the other: small dots are seeds, large ones their
 * means, labelled, and joined in the order given unless `joined` is false.
 */
export function tradeFigure(input: {
  id: string;
  title: string;
  x: string;
  y: string;
  points: readonly TradePoint[];
  joined?: boolean;
}): Figure {
  const { id, title, points, joined = true } = input;
  const color = PALETTE[0];
  const means = points.map(({ x, y }) => [mean(x), mean(y)]);
  const data: Data[] = [
    {
      type: 'scatter',
      mode: 'markers',
      name: 'one seed',
      x: points.flatMap(({ x }) => [...x]),
      y: points.flatMap(({ y }) => [...y]),
      marker: { color, size: 5, opacity: 0.5 },
    },
    {
      type: 'scatter',
      mode: joined ? 'lines+markers' : 'markers',
      name: 'mean',
      x: means.map(([x]) => x),
      y: means.map(([, y]) => y),
      line: { color, width: 2 },
      marker: { color, size: 10, line: { color: '#ffffff', width: 1.5 } },
    },
  ];
  const annotations = points.map(({ label }, i) => ({
    text: label,
    x: means[i][0],
    y: means[i][1],
    xref: 'x' as const,
    yref: 'y' as const,
    xanchor: 'left' as const,
    yanchor: 'bottom' as const,
    xshift: 7,
    yshift: 4,
    showarrow: false,
    font: { color: INK, size: 12 },
  }));
  const places = means.map(([x]) => x);
  const [low, high] = [Math.min(...places), Math.max(...places)];
  const room = 0.18 * (high - low || 1); // labels stand to the right of their points
  const xaxis = joined ? {} : { xaxis: { range: [low - room / 4, high + room] } };
  return { id, data, layout: layoutOf(title, input.x, input.y, { annotations, ...xaxis }) };
}
