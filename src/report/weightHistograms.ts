import type { Annotations, Data, LayoutAxis } from 'plotly.js';
import { AXIS, brokenTitle, type Figure, layoutOf, legendPlaces, PALETTE, WIDTH } from './figureLayout';
import { axesOf, domainOf, linesOver } from './panels';
import { formatTick, roundTicks } from './svgAxes';
import { wrapText } from './textWidth';
import { outline, sharesOf, type WeightShares } from './weightShares';

/** Weights of one kind of pairs. */
export interface WeightGroup {
  /** For instance `clean`. The group named first is drawn as an area, the others as outlines. */
  name: string;
  values: ArrayLike<number>;
}

/** A gate, and its weights at several moments of training. */
export interface WeightRow {
  /** For instance `W_s`. */
  label: string;
  /** Where the axis begins and ends; default 0 to 1, or to the row's largest weight. Its ends say ≤ and ≥ where weights lie beyond. */
  range?: readonly [number, number];
  panels: readonly { title: string; groups: readonly WeightGroup[] }[];
}

type Range = readonly [number, number];

const MARGIN = { l: 62, r: 40, b: 52 };
const GAP = { across: 20, down: 40 };
const HEIGHT = 124;
/** The share of a panel's width that belongs to weights of exactly 1, with the space before it. */
const STRIP = 0.27;
const SPACE = 0.04;
/** Blue for the first group, and what stands out from it and from each other for every kind of colour vision. */
const COLOURS = [PALETTE[0], PALETTE[3], PALETTE[2], PALETTE[1], PALETTE[5]];

/**
 * How gates' weights are spread over kinds of pairs: a row for each gate, a column for each moment. Shares are of the
 * whole group, so that groups of different size compare. A gate gives many pairs a weight of exactly 1; their share has
 * bars, and an axis, of its own at the right of each panel, where it cannot flatten the rest.
 *
 * @param input.bins of the weights that are not 1; default 20
 * @throws when rows have not all as many panels, there are none, a group is empty or has a weight that is not a number
 */
export function weightHistograms(input: {
  id: string;
  title: string;
  rows: readonly WeightRow[];
  bins?: number;
}): Figure {
  const { rows, bins = 20 } = input;
  const columns = columnsOf(rows);
  const names = [
    ...new Set(rows.flatMap(({ panels }) => panels.flatMap(({ groups }) => groups.map(({ name }) => name)))),
  ];
  const plot = {
    width: WIDTH - MARGIN.l - MARGIN.r,
    height: rows.length * (HEIGHT + GAP.down) - GAP.down,
  };
  const title = brokenTitle(input.title);
  const titles = rows[0].panels.map((panel) => wrapText(panel.title, plot.width / columns - GAP.across));
  const over = 12 + 16 * Math.max(...titles.map(({ length }) => length));
  const legend = 1 + Math.max(...legendPlaces(names, plot.width).map(({ row }) => row));
  const margin = { ...MARGIN, t: 22 + 21 * title.lines + 19 * legend + over };

  const data: Data[] = [];
  const axes: Record<string, Partial<LayoutAxis>> = {};
  rows.forEach((row, r) => {
    const range = row.range ?? rangeOf(row);
    const shares = row.panels.map(({ groups }) => groups.map(({ values }) => sharesOf(values, range, bins)));
    const highest = 1.06 * Math.max(1, ...shares.flat().flatMap((one) => one.bins));
    const bottom = 1 - domainOf(r, rows.length, plot.height, GAP.down)[1];
    const down: Range = [bottom, bottom + HEIGHT / plot.height];
    row.panels.forEach(({ groups }, c) => {
      const panel = 2 * (r * columns + c);
      const [main, strip] = [axesOf(panel), axesOf(panel + 1)];
      const [left, right] = domainOf(c, columns, plot.width, GAP.across);
      const middle = right - STRIP * (right - left);
      const last = r === rows.length - 1;
      axes[main.xKey] = {
        ...weightAxis(row, range, last),
        domain: [left, middle - SPACE * (right - left)],
        anchor: main.yaxis,
      };
      axes[main.yKey] = {
        ...shareAxis(highest, c === 0 ? row.label : undefined),
        domain: [...down],
        anchor: main.xaxis,
      };
      axes[strip.xKey] = { ...stripAxis(names.length), domain: [middle, right], anchor: strip.yaxis };
      axes[strip.yKey] = { ...wholeAxis(c === columns - 1), domain: [...down], anchor: strip.xaxis };
      const look = (i: number) => ({
        name: groups[i].name,
        place: names.indexOf(groups[i].name),
        first: panel === 0,
      });
      data.push(
        ...shares[c].flatMap((own, i) => [
          ...histogram(own, range, look(i), main),
          onesBar(own, look(i), strip),
        ]),
      );
    });
  });
  const annotations: Partial<Annotations>[] = titles.map((lines, c) =>
    linesOver(lines, domainOf(c, columns, plot.width, GAP.across)[0], 1, { bold: true }),
  );
  const layout = layoutOf(title.text, '', '', {
    height: margin.t + plot.height + margin.b,
    margin,
    annotations,
    barmode: 'overlay',
    legend: { orientation: 'h', x: 0, xanchor: 'left', y: 1 + over / plot.height, yanchor: 'bottom' },
  });
  return { id: input.id, data, layout: { ...layout, ...axes } };
}

function columnsOf(rows: readonly WeightRow[]): number {
  const counts = new Set(rows.map(({ panels }) => panels.length));
  if (counts.size !== 1 || counts.has(0)) {
    throw new Error(`Expected rows with as many panels each, got ${[...counts].join(' and ') || 'none'}.`);
  }
  return [...counts][0];
}

function rangeOf({ panels }: WeightRow): Range {
  let highest = 1;
  for (const { values } of panels.flatMap(({ groups }) => groups)) {
    for (const value of Array.from(values)) highest = Math.max(highest, value);
  }
  return [0, highest];
}

function weightAxis({ panels }: WeightRow, [low, high]: Range, last: boolean): Partial<LayoutAxis> {
  const values = panels.flatMap(({ groups }) => groups.flatMap((group) => Array.from(group.values)));
  const tickvals = roundTicks(low, high, 2);
  const beyond = (tick: number) => {
    if (tick === tickvals.at(-1) && tick === high && values.some((value) => value > high)) return '≥ ';
    return tick === low && values.some((value) => value < low) ? '≤ ' : '';
  };
  return {
    ...AXIS,
    range: [low, high],
    tickvals,
    ticktext: tickvals.map((tick) => beyond(tick) + formatTick(tick)),
    showgrid: false,
    title: { text: last ? 'weight' : '', font: { size: 12 } },
  };
}

function shareAxis(highest: number, label?: string): Partial<LayoutAxis> {
  const tickvals = roundTicks(0, highest, 3);
  return {
    ...AXIS,
    range: [0, highest],
    tickvals,
    ticktext: tickvals.map(formatTick),
    showticklabels: label !== undefined,
    title: { text: label === undefined ? '' : `${label}: share, %`, font: { size: 12 } },
  };
}

function stripAxis(groups: number): Partial<LayoutAxis> {
  const range = [-0.7, groups - 0.3];
  return {
    ...AXIS,
    range,
    tickvals: [(groups - 1) / 2],
    ticktext: ['exactly 1'],
    showgrid: false,
    title: { text: '' },
  };
}

function wholeAxis(labelled: boolean): Partial<LayoutAxis> {
  const tickvals = [0, 50, 100];
  const ticktext = tickvals.map(String);
  return {
    ...AXIS,
    range: [0, 100],
    tickvals,
    ticktext,
    showticklabels: labelled,
    side: 'right',
    title: { text: '' },
  };
}

interface Look {
  name: string;
  /** Of the group among all. */
  place: number;
  /** Is this the panel whose traces stand in the legend? */
  first: boolean;
}

type Axes = ReturnType<typeof axesOf>;

function histogram(
  { bins }: WeightShares,
  range: Range,
  { name, place, first }: Look,
  { xaxis, yaxis }: Axes,
): Data[] {
  const color = COLOURS[place % COLOURS.length];
  const shared = {
    type: 'scatter',
    mode: 'lines',
    name,
    legendgroup: name,
    xaxis,
    yaxis,
    ...outline(bins, range),
  } as const;
  const line: Data = {
    ...shared,
    showlegend: first && place > 0,
    line: { color, width: place === 0 ? 1 : 1.8 },
    hovertemplate: '%{y:.1f} %',
  };
  const area: Data = {
    ...shared,
    showlegend: first,
    fill: 'toself',
    fillcolor: color,
    opacity: 0.35,
    line: { color, width: 0 },
    hoverinfo: 'skip',
  };
  return place === 0 ? [area, line] : [line];
}

function onesBar({ one }: WeightShares, { name, place }: Look, { xaxis, yaxis }: Axes): Data {
  return {
    type: 'bar',
    name,
    legendgroup: name,
    showlegend: false,
    xaxis,
    yaxis,
    x: [place],
    y: [one],
    width: 0.8,
    opacity: place === 0 ? 0.55 : 0.9,
    marker: { color: COLOURS[place % COLOURS.length] },
    hovertemplate: '%{y:.1f} %',
  };
}
