import type { Data, LayoutAxis } from 'plotly.js';
import { type Figure, WIDTH } from './figureLayout';
import { axesOf, linesOver, panelGrid } from './panels';
import { wrapText } from './textWidth';
import { groupTraces, type Range, shareAxis, stripAxes, weightAxis } from './weightMarks';
import { sharesOf } from './weightShares';

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
  /** Where the axis begins and ends; default 0 to the largest weight, 1 at least. Weights beyond are in the end bins. */
  range?: readonly [number, number];
  panels: readonly { title: string; groups: readonly WeightGroup[] }[];
}

const MARGIN = { l: 62, r: 40, b: 52 };
const GAP = { across: 20, down: 40 };
const PLOT = WIDTH - MARGIN.l - MARGIN.r;
const HEIGHT = 124;
/** The share of a panel's width that belongs to weights of exactly 1, and the space before it. */
const STRIP = 0.24;
const SPACE = 0.06;

/**
 * How gates' weights are spread over kinds of pairs: a row for each gate, a column for each moment. Shares are of the
 * whole group, so that groups of different size compare. A gate gives many pairs a weight of exactly 1; their share has
 * bars, and an axis from 0 to 100 %, of its own at the right of each panel, where it cannot flatten the rest.
 *
 * @param input.bins of the weights that are not 1; default 20
 * @throws when rows have not all as many panels, there are none, a group is empty or a weight is not a number
 */
export function weightHistograms(input: {
  id: string;
  title: string;
  rows: readonly WeightRow[];
  bins?: number;
}): Figure {
  const { rows, bins = 20 } = input;
  const columns = columnsOf(rows);
  const names = [...new Set(rows.flatMap(groupsOf).map(({ name }) => name))];
  const titles = rows[0].panels.map(({ title }) => wrapText(title, PLOT / columns - GAP.across));
  const heading = 12 + 16 * Math.max(...titles.map(({ length }) => length));
  const grid = panelGrid({
    title: input.title,
    names,
    columns,
    rows: rows.length,
    height: HEIGHT,
    heading,
    gap: { ...GAP, down: GAP.down - heading },
    margin: MARGIN,
  });

  const data: Data[] = [];
  const axes: Record<string, Partial<LayoutAxis>> = {};
  const inLegend = new Set<string>();
  rows.forEach((row, r) => {
    const { range, ends } = rangesOf(row);
    const shares = row.panels.map(({ groups }) => groups.map(({ values }) => sharesOf(values, range, bins)));
    const highest = 1.06 * Math.max(1, ...shares.flat().flatMap((own) => own.bins));
    row.panels.forEach(({ groups }, c) => {
      const panel = r * columns + c;
      const [main, strip] = [axesOf(2 * panel), axesOf(2 * panel + 1)];
      const { across, down } = grid.placeOf(panel);
      const middle = across[1] - STRIP * (across[1] - across[0]);
      const end = middle - SPACE * (across[1] - across[0]);
      const whole = stripAxes(names.length);
      axes[main.xKey] = {
        ...weightAxis(range, ends),
        domain: [across[0], end],
        anchor: main.yaxis,
        title: titleOf(r === rows.length - 1, 'weight, if not 1'),
      };
      axes[main.yKey] = {
        ...shareAxis(highest),
        domain: down,
        anchor: main.xaxis,
        showticklabels: c === 0,
        title: titleOf(c === 0, `${row.label}: share, %`),
      };
      axes[strip.xKey] = { ...whole.x, domain: [middle, across[1]], anchor: strip.yaxis };
      axes[strip.yKey] = {
        ...whole.y,
        domain: down,
        anchor: strip.xaxis,
        showticklabels: c === columns - 1,
      };
      groups.forEach(({ name }, i) => {
        const look = { name, place: names.indexOf(name), legend: !inLegend.has(name) };
        inLegend.add(name);
        data.push(...groupTraces(shares[c][i], range, look, { main, strip }));
      });
    });
  });
  const annotations = titles.map((lines, c) =>
    linesOver(lines, grid.placeOf(c).across[0], 1, { bold: true }),
  );
  const layout = grid.layout({ annotations, barmode: 'overlay' });
  return { id: input.id, data, layout: { ...layout, ...axes } };
}

function columnsOf(rows: readonly WeightRow[]): number {
  const counts = new Set(rows.map(({ panels }) => panels.length));
  if (counts.size !== 1 || counts.has(0)) {
    throw new Error(`Expected rows with as many panels each, got ${[...counts].join(' and ') || 'none'}.`);
  }
  return [...counts][0];
}

function groupsOf({ panels }: WeightRow): readonly WeightGroup[] {
  return panels.flatMap(({ groups }) => groups);
}

/** Where the axis begins and ends, and where the weights do. */
function rangesOf(row: WeightRow): { range: Range; ends: Range } {
  let [lowest, highest] = [0, 1];
  for (const { values } of groupsOf(row)) {
    for (const value of Array.from(values)) {
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
  }
  return { range: row.range ?? [0, highest], ends: [lowest, highest] };
}

function titleOf(shown: boolean, text: string) {
  return { text: shown ? text : '', font: { size: 12 } };
}
