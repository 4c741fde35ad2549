import type { Data } from 'plotly.js';
import { mean, studentInterval } from '../evaluation/statistics';
import type { AblationPanel, AblationRow, Slot } from './ablationRows';
import { baselineOf, keyOf } from './ablationRows';
import { INK, MUTED, PALETTE } from './figureLayout';

/** Everything drawn in one panel: the reference line, the seeds, the means with their intervals. */
export function tracesOf(
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
export function halfWidth(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const { estimate, high } = studentInterval(values);
  return high - estimate;
}
