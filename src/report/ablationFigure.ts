import type { Annotations, Data, LayoutAxis } from 'plotly.js';
import { mean, studentInterval } from '../evaluation/statistics';
import {
  AXIS,
  brokenTitle,
  type Figure,
  INK,
  layoutOf,
  legendPlaces,
  MUTED,
  PALETTE,
  WIDTH,
} from './figureLayout';
import { fittingTicks, formatTick } from './svgAxes';
import { textWidth, wrapText } from './textWidth';

/** One arm in one panel: a value per seed. */
export interface AblationRow {
  label: string;
  /** Rows that follow each other with the same group stand under its heading. */
  group?: string;
  values: readonly number[];
}

/** One measurement of all arms. */
export interface AblationPanel {
  title: string;
  /** Written under the axis, e.g. `accuracy, %`. */
  unit: string;
  /** What the arms are compared with: the label of a row, whose mean is marked by an upright line, or a value. */
  baseline?: string | number;
  rows: readonly AblationRow[];
}

/** A line of the figure: an arm, or a group's heading. */
type Slot = { heading: string } | { label: string; group?: string };

const MAX_LABEL = 250;
const GAP = 22;
const SIDE = 12;

/**
 * An ablation as a horizontal dot plot: a row for each arm, a panel for each measurement. Large dots are means over
 * seeds, their whiskers Student's 95 % intervals (absent with one seed), small dots the single seeds.
 *
 * Rows are those of the first panel, in order, and what other panels have besides; an arm that a panel lacks leaves its
 * place there empty.
 *
 * @throws when a value is not a finite number, or a panel's baseline is not one of its rows
 */
export function ablationFigure(input: {
  id: string;
  title: string;
  panels: readonly AblationPanel[];
}): Figure {
  const { panels } = input;
  panels.forEach(check);
  const slots = slotsOf(panels);
  const labels = slots.map((slot) => ('heading' in slot ? [slot.heading] : wrapText(slot.label, MAX_LABEL)));
  const left = 2 * SIDE + Math.max(...labels.flat().map((line) => textWidth(line)));
  const rowHeight = labels.some((lines) => lines.length > 1) ? 36 : 26;
  const plot = WIDTH - left - SIDE;
  const panelWidth = (plot - GAP * (panels.length - 1)) / panels.length;
  const titles = panels.map(({ title }) => wrapText(title, 0.92 * panelWidth));

  const data = panels.flatMap((panel, i) => tracesOf(panel, i, slots, panels));
  const rows = legendRows(data, plot);
  const { text, lines } = brokenTitle(input.title);
  const over = 12 + 16 * Math.max(...titles.map(({ length }) => length));
  const margin = { l: left, r: SIDE, t: 20 + 21 * lines + 19 * rows + over, b: 48 };
  const height = margin.t + rowHeight * slots.length + margin.b;
  const layout = layoutOf(text, '', '', {
    height,
    margin,
    legend: {
      orientation: 'h',
      x: 0,
      xanchor: 'left',
      y: 1 + over / (rowHeight * slots.length),
      yanchor: 'bottom',
      itemclick: false,
      itemdoubleclick: false,
    },
    yaxis: {
      range: [slots.length - 0.5, -0.5],
      tickvals: slots.flatMap((slot, i) => ('heading' in slot ? [] : [i])),
      showticklabels: false,
      showgrid: true,
      fixedrange: true,
      title: { text: '' },
    },
    annotations: [
      ...labels.map((label, i) => labelNote(label, i, 'heading' in slots[i], left)),
      ...titles.map((title, i) => titleNote(title, startOf(i, panelWidth, plot))),
    ],
  });
  panels.forEach((panel, i) => {
    const start = startOf(i, panelWidth, plot);
    Object.assign(layout, {
      [`xaxis${i === 0 ? '' : i + 1}`]: xAxisOf(panel, [start, start + panelWidth / plot], panelWidth),
    });
  });
  return { id: input.id, data, layout };
}

function check({ title, baseline, rows }: AblationPanel): void {
  for (const { label, values } of rows) {
    const odd = values.find((value) => !Number.isFinite(value));
    if (odd !== undefined)
      throw new Error(`Expected finite numbers for "${label}" in "${title}", got ${odd}.`);
  }
  if (
    typeof baseline === 'string' &&
    !rows.some(({ label, values }) => label === baseline && values.length > 0)
  ) {
    throw new Error(
      `The baseline "${baseline}" of "${title}" has no values; name one of ${rows.map(({ label }) => `"${label}"`).join(', ')}.`,
    );
  }
}

function slotsOf(panels: readonly AblationPanel[]): Slot[] {
  const arms = new Map<string, { label: string; group?: string }>();
  for (const { label, group } of panels.flatMap(({ rows }) => rows)) {
    const key = keyOf({ label, group });
    if (!arms.has(key)) arms.set(key, { label, group });
  }
  const groups = [...new Set([...arms.values()].map(({ group }) => group))];
  return groups.flatMap((group): Slot[] => [
    ...(group ? [{ heading: group }] : []),
    ...[...arms.values()].filter((arm) => arm.group === group),
  ]);
}

const keyOf = ({ label, group = '' }: { label: string; group?: string }) => `${group}\n${label}`;

function startOf(panel: number, panelWidth: number, plot: number): number {
  return (panel * (panelWidth + GAP)) / plot;
}

function tracesOf(
  panel: AblationPanel,
  index: number,
  slots: readonly Slot[],
  panels: readonly AblationPanel[],
): Data[] {
  const place = new Map(slots.map((slot, i) => ['heading' in slot ? '' : keyOf(slot), i]));
  const { baseline } = panel;
  const axis = { xaxis: `x${index === 0 ? '' : index + 1}` as 'x', showlegend: index === 0 };
  const isBaseline = (row: AblationRow) => row.label === baseline;
  const filled = panel.rows.filter(({ values }) => values.length > 0);
  const at = (row: AblationRow) => place.get(keyOf(row))!;
  return [
    ...(baseline === undefined ? [] : [referenceTrace(panel, slots.length, panels)]),
    seedTrace(filled, at),
    meanTrace(
      filled.filter((row) => !isBaseline(row)),
      at,
      PALETTE[0],
    ),
    { ...meanTrace(filled.filter(isBaseline), at, INK), name: undefined },
  ].map((trace): Data => ({ ...trace, ...axis, ...(trace.name ? {} : { showlegend: false }) }));
}

function referenceTrace(
  panel: AblationPanel,
  slots: number,
  panels: readonly AblationPanel[],
): Partial<Data> {
  const value = baselineOf(panel)!;
  const same = panels.every(({ baseline }) => baseline === panel.baseline);
  const name = same && typeof panel.baseline === 'string' ? `mean of ${panel.baseline}` : 'baseline';
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    x: [value, value],
    y: [-0.5, slots - 0.5],
    line: { color: MUTED, width: 1.5, dash: 'dash' },
    hoverinfo: 'skip',
  };
}

function baselineOf({ baseline, rows }: AblationPanel): number | undefined {
  return typeof baseline === 'string' ? mean(rows.find(({ label }) => label === baseline)!.values) : baseline;
}

function seedTrace(rows: readonly AblationRow[], at: (row: AblationRow) => number): Partial<Data> {
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'one seed',
    x: rows.flatMap(({ values }) => values),
    y: rows.flatMap((row) => row.values.map(() => at(row) + 0.27)),
    marker: { color: MUTED, size: 5, opacity: 0.6 },
    hovertemplate: '%{x:.4g}<extra>one seed</extra>',
  };
}

function meanTrace(
  rows: readonly AblationRow[],
  at: (row: AblationRow) => number,
  color: string,
): Partial<Data> {
  const halfWidths = rows.map(({ values }) => halfWidth(values));
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'mean, 95 % interval',
    x: rows.map(({ values }) => mean(values)),
    y: rows.map(at),
    marker: { color, size: 10, line: { color: '#ffffff', width: 1.5 } },
    error_x: { type: 'data', array: halfWidths, color, thickness: 2, width: 0 },
    text: rows.map(
      ({ label, values }, i) =>
        `${label}<br>${mean(values).toFixed(2)} ${values.length < 2 ? '(one seed)' : `± ${halfWidths[i].toFixed(2)} (${values.length} seeds)`}`,
    ),
    hovertemplate: '%{text}<extra></extra>',
  };
}

/** Half the 95 % interval; 0, which draws nothing, with a single seed. */
function halfWidth(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const { estimate, high } = studentInterval(values);
  return high - estimate;
}

function legendRows(data: readonly Data[], width: number): number {
  const names = (data as { name?: string; showlegend?: boolean }[]).flatMap(({ name, showlegend }) =>
    name && showlegend !== false ? [name] : [],
  );
  return 1 + Math.max(...legendPlaces(names, width).map(({ row }) => row));
}

function xAxisOf(panel: AblationPanel, domain: [number, number], width: number): Partial<LayoutAxis> {
  const ends = panel.rows.flatMap(({ values }) => {
    if (values.length === 0) return [];
    const [centre, half] = [mean(values), halfWidth(values)];
    return [centre - half, centre + half, ...values];
  });
  const all = [...ends, ...[baselineOf(panel) ?? []].flat()];
  const [low, high] = all.length > 0 ? [Math.min(...all), Math.max(...all)] : [0, 1];
  const room = 0.06 * (high - low || Math.abs(high) || 1);
  const range = [low - room, high + room];
  const tickvals = fittingTicks(range[0], range[1], width);
  return {
    ...AXIS,
    domain,
    range,
    tickvals,
    ticktext: tickvals.map(formatTick),
    showgrid: true,
    title: { text: panel.unit, font: { size: 12 } },
  };
}

function labelNote(lines: string[], slot: number, heading: boolean, left: number): Partial<Annotations> {
  return {
    text: heading ? `<b>${lines.join('<br>')}</b>` : lines.join('<br>'),
    xref: 'paper',
    x: 0,
    xanchor: 'left',
    xshift: SIDE - left,
    yref: 'y',
    y: heading ? slot + 0.1 : slot,
    yanchor: 'middle',
    align: 'left',
    showarrow: false,
    font: heading ? { size: 11, color: MUTED } : { size: 12, color: INK },
  };
}

function titleNote(lines: string[], start: number): Partial<Annotations> {
  return {
    text: `<b>${lines.join('<br>')}</b>`,
    xref: 'paper',
    x: start,
    xanchor: 'left',
    yref: 'paper',
    y: 1,
    yanchor: 'bottom',
    yshift: 4,
    align: 'left',
    showarrow: false,
    font: { size: 12, color: INK },
  };
}
