import type { Annotations, Data, LayoutAxis } from 'plotly.js';
import { mean } from '../evaluation/statistics';
import { halfWidth, tracesOf } from './ablationMarks';
import { type AblationPanel, baselineOf, checkPanel, slotsOf } from './ablationRows';
import { AXIS, brokenTitle, type Figure, INK, layoutOf, legendPlaces, MUTED, WIDTH } from './figureLayout';
import { fittingTicks, formatTick } from './svgAxes';
import { textWidth, wrapText } from './textWidth';

export type { AblationPanel, AblationRow } from './ablationRows';

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
 * @throws when there are no rows, a value is not a finite number, or a panel's baseline is not one of its rows
 */
export function ablationFigure(input: {
  id: string;
  title: string;
  panels: readonly AblationPanel[];
}): Figure {
  const { panels } = input;
  panels.forEach(checkPanel);
  const slots = slotsOf(panels);
  if (slots.length === 0) throw new Error('Expected a panel with at least one row, got none.');
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

function startOf(panel: number, panelWidth: number, plot: number): number {
  return (panel * (panelWidth + GAP)) / plot;
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
