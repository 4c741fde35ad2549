import type { Data, Layout } from 'plotly.js';
import type { RetrievalResult } from '../evaluation/retrieval';
import { type Figure, HEAT_SCALE, INK, layoutOf, PALETTE } from './figureLayout';
import { filledColumns, fullHeading, type Section, type Table, titleOf } from './table';

export { DIVERGING_SCALE, type Figure, HEAT_SCALE, PALETTE } from './figureLayout';

/** Curves over training steps, e.g. the loss of several runs. */
export function curvesFigure(input: {
  id: string;
  title: string;
  x?: string;
  y: string;
  curves: readonly { name: string; steps: readonly number[]; values: readonly number[] }[];
}): Figure {
  const data = input.curves.map(
    ({ name, steps, values }, i): Data => ({
      type: 'scatter',
      mode: 'lines',
      name,
      x: [...steps],
      y: [...values],
      line: { width: 2, color: PALETTE[i % PALETTE.length] },
    }),
  );
  return { id: input.id, data, layout: layoutOf(input.title, input.x ?? 'step', input.y) };
}

/** Bars with error bars: one colour for each series, one place for each label. A null value leaves its place empty. */
export function barsFigure(input: {
  id: string;
  title: string;
  y: string;
  labels: readonly string[];
  series: readonly {
    name: string;
    values: readonly (number | null)[];
    intervals?: readonly (number | null)[];
  }[];
}): Figure {
  const data = input.series.map(
    ({ name, values, intervals }, i): Data => ({
      type: 'bar',
      name,
      x: [...input.labels],
      y: [...values],
      marker: { color: PALETTE[i % PALETTE.length] },
      ...(intervals && {
        error_y: {
          type: 'data',
          array: intervals.map((width) => width ?? 0),
          color: INK,
          thickness: 1.2,
          width: 3,
        },
      }),
    }),
  );
  const more: Partial<Layout> = {
    barmode: 'group',
    bargap: 0.25,
    xaxis: { showgrid: false },
    yaxis: { rangemode: 'tozero' },
  };
  return { id: input.id, data, layout: layoutOf(input.title, '', input.y, more) };
}

/** The bars of one section of a table: its rows are the series, the columns it has numbers for are the labels. */
export function tableFigure(table: Table, section: Section): Figure {
  const columns = filledColumns(table, section);
  return barsFigure({
    id: `${table.id}-bars`,
    title: titleOf(section),
    y: table.unit,
    labels: columns.map((column) => fullHeading(table, column, section)),
    series: section.rows.map(({ label, cells }) => ({
      name: label,
      values: columns.map(({ id }) => cells[id]?.value ?? null),
      intervals: columns.map(({ id }) => cells[id]?.interval ?? null),
    })),
  });
}

/** Recall within k of several models, both directions side by side. */
export function recallFigure(input: {
  id: string;
  title: string;
  models: readonly { name: string; result: RetrievalResult }[];
}): Figure {
  const ks = Object.keys(input.models[0]?.result.imageToText ?? {}).map(Number);
  return barsFigure({
    id: input.id,
    title: input.title,
    y: 'recall, %',
    labels: [...ks.map((k) => `image→text R@${k}`), ...ks.map((k) => `text→image R@${k}`)],
    series: input.models.map(({ name, result }) => ({
      name,
      values: [...ks.map((k) => 100 * result.imageToText[k]), ...ks.map((k) => 100 * result.textToImage[k])],
    })),
  });
}

/**
 * Cosine similarities of pictures (rows) and texts (columns) as a heat map; a trained model shows a dark diagonal.
 *
 * @param input.values `[pictures][texts]`
 */
export function similarityFigure(input: {
  id: string;
  title: string;
  values: readonly (readonly number[])[];
  pictures: readonly string[];
  texts: readonly string[];
  /** The colours' ends; default the lowest and highest value. Give the same to figures that are compared. */
  range?: [number, number];
}): Figure {
  const all = input.values.flat();
  const [low, high] = input.range ?? [Math.min(...all), Math.max(...all)];
  const data: Data = {
    type: 'heatmap',
    z: input.values.map((row) => [...row]),
    x: [...input.texts],
    y: [...input.pictures],
    zmin: low,
    zmax: high,
    colorscale: HEAT_SCALE,
    hovertemplate: '%{y}<br>%{x}<br>cosine %{z:.3f}<extra></extra>',
  };
  const side = 24 * Math.max(input.pictures.length, input.texts.length);
  const layout = layoutOf(input.title, 'text', 'picture', {
    width: 640,
    height: Math.min(720, Math.max(400, 220 + side)),
    margin: { l: 140, r: 90, t: 48, b: 100 },
    xaxis: { showgrid: false, tickangle: -45 },
    yaxis: { showgrid: false, autorange: 'reversed' },
  });
  return { id: input.id, data: [data], layout };
}
