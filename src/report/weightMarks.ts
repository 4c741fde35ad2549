import type { Data, LayoutAxis } from 'plotly.js';
import { AXIS, PALETTE } from './figureLayout';
import type { axesOf } from './panels';
import { formatTick, roundTicks } from './svgAxes';
import { outline, type WeightShares } from './weightShares';

export type Range = readonly [number, number];
type Axes = ReturnType<typeof axesOf>;

/** Blue for the first group, and what stands out from it and from each other for every kind of colour vision. */
const COLOURS = [PALETTE[0], PALETTE[3], PALETTE[2], PALETTE[1], PALETTE[5]];

/** The weights of one kind of pairs in one panel: `main` holds those that are not 1, `strip` a bar for the others. */
export function groupTraces(
  { bins, one }: WeightShares,
  range: Range,
  { name, place, legend }: { name: string; place: number; legend: boolean },
  { main, strip }: { main: Axes; strip: Axes },
): Data[] {
  const color = COLOURS[place % COLOURS.length];
  const shared = { name, legendgroup: name, showlegend: false };
  const onMain = { ...shared, type: 'scatter', mode: 'lines', xaxis: main.xaxis, yaxis: main.yaxis } as const;
  const corners = outline(bins, range);
  const area: Data = {
    ...onMain,
    ...corners,
    showlegend: legend,
    fill: 'toself',
    fillcolor: color,
    opacity: 0.35,
    line: { color, width: 0 },
    hoverinfo: 'skip',
  };
  const line: Data = {
    ...onMain,
    ...corners,
    showlegend: legend && place > 0,
    line: { color, width: place === 0 ? 1 : 1.8 },
    hovertemplate: '%{y:.1f} %',
  };
  const bar: Data = {
    ...shared,
    type: 'bar',
    xaxis: strip.xaxis,
    yaxis: strip.yaxis,
    x: [place],
    y: [one],
    width: 0.8,
    opacity: place === 0 ? 0.55 : 0.9,
    marker: { color },
    hovertemplate: '%{y:.1f} %',
  };
  return place === 0 ? [area, line, bar] : [line, bar];
}

/** The axis of weights; its ends say ≤ and ≥ where some of the weights lie beyond. */
export function weightAxis([low, high]: Range, [lowest, highest]: Range): Partial<LayoutAxis> {
  const inside = low < 1 && high > 1 ? [1] : roundTicks(low, high, 2);
  const ends = (high - low) / 4;
  const tickvals = [low, ...inside.filter((tick) => tick - low > ends && high - tick > ends), high];
  const signOf = (tick: number) =>
    tick === low && lowest < low ? '≤ ' : tick === high && highest > high ? '≥ ' : '';
  return {
    ...AXIS,
    range: [low, high],
    tickvals,
    ticktext: tickvals.map((tick) => signOf(tick) + formatTick(Number(tick.toPrecision(2)))),
    showgrid: false,
  };
}

/** The axis of shares at the left. */
export function shareAxis(highest: number): Partial<LayoutAxis> {
  const tickvals = roundTicks(0, highest, 4);
  return { ...AXIS, range: [0, highest], tickvals, ticktext: tickvals.map(formatTick) };
}

/** The two axes of the strip at the right: one place for each group, and shares up to the whole. */
export function stripAxes(groups: number): { x: Partial<LayoutAxis>; y: Partial<LayoutAxis> } {
  const tickvals = [0, 50, 100];
  return {
    x: {
      ...AXIS,
      range: [-0.7, groups - 0.3],
      tickvals: [(groups - 1) / 2],
      ticktext: ['= 1'],
      showgrid: false,
    },
    y: { ...AXIS, range: [0, 100], tickvals, ticktext: tickvals.map(String), side: 'right' },
  };
}
