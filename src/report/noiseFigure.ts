import type { Data, LayoutAxis, PlotData } from 'plotly.js';
import { mean, studentInterval } from '../evaluation/statistics';
import { AXIS, type Figure, MUTED, PALETTE, WIDTH } from './figureLayout';
import { axesOf, linesOver, panelGrid } from './panels';
import { fittingTicks, formatTick } from './svgAxes';
import type { SweepSeries } from './sweepMarks';
import { wrapText } from './textWidth';

/** One measurement of all arms at every level of noise. */
export interface NoisePanel {
  title: string;
  /** For instance `R@1, %`. */
  unit: string;
  /** At each level, a value per seed. */
  arms: readonly Pick<SweepSeries, 'name' | 'points'>[];
  /** A value drawn across, e.g. 0 for differences, or guessing. */
  reference?: number;
}

const MARGIN = { l: 46, r: 16, b: 52 };
const GAP = { across: 46, down: 34 };
const PLOT = WIDTH - MARGIN.l - MARGIN.r;
const HEIGHT = 230;
/** Pixels between neighbouring arms at one level, at most; all arms together take a third of the way to the next. */
const APART = 6;
const TOGETHER = 0.36;

/**
 * Scores against the level of noise, a line for each arm in a panel for each measurement: means over seeds with
 * Student's 95 % intervals (absent with one seed). Arms stand beside each other at each level, so that their intervals
 * are seen; the level is where the tick is. An arm has the same look in every panel.
 *
 * @param input.x title of the horizontal axis; default `noisy raw texts, %`
 * @throws when there is nothing to draw, or a value is not a finite number
 */
export function noiseFigure(input: {
  id: string;
  title: string;
  x?: string;
  panels: readonly NoisePanel[];
}): Figure {
  const { panels, x = 'noisy raw texts, %' } = input;
  check(panels);
  const names = [...new Set(panels.flatMap(({ arms }) => arms.map(({ name }) => name)))];
  const count = panels.length;
  const rows = Math.ceil(count / 3);
  const columns = Math.ceil(count / rows);
  const titles = panels.map((panel) => wrapText(panel.title, (0.9 * PLOT) / columns - GAP.across));
  const grid = panelGrid({
    title: input.title,
    names,
    columns,
    rows,
    height: HEIGHT,
    heading: 26 + 16 * Math.max(...titles.map(({ length }) => length)),
    gap: GAP,
    margin: MARGIN,
  });
  const found = panels.flatMap(({ arms }) => arms.flatMap(({ points }) => points.map((point) => point.x)));
  const levels = levelAxis(found, grid.own, names.length);

  const axes: Record<string, Partial<LayoutAxis>> = {};
  panels.forEach((panel, i) => {
    const { xaxis, yaxis, xKey, yKey } = axesOf(i);
    const { across, down } = grid.placeOf(i);
    const title = { text: i + columns < count ? '' : x, font: { size: 12 } };
    axes[xKey] = { ...levels.axis, domain: across, anchor: yaxis, title };
    axes[yKey] = { ...valueAxis(panel), domain: down, anchor: xaxis };
  });
  const annotations = panels.flatMap(({ unit }, i) => {
    const { across, down } = grid.placeOf(i);
    return [
      linesOver(titles[i], across[0], down[1], { bold: true, over: 20 }),
      linesOver([unit], across[0], down[1], { size: 11, color: MUTED }),
    ];
  });
  const layout = grid.layout({ showlegend: names.length > 1, annotations });
  const data = onceEach(panels.flatMap((panel, i) => tracesOf(panel, i, names, levels)));
  return { id: input.id, data, layout: { ...layout, ...axes } };
}

/** Every name once in the legend. */
function onceEach(data: readonly Data[]): Data[] {
  const seen = new Set<string>();
  return (data as Partial<PlotData>[]).map((trace) => {
    const showlegend = trace.name !== undefined && !seen.has(trace.name);
    if (trace.name) seen.add(trace.name);
    return { ...trace, showlegend } as Data;
  });
}

function check(panels: readonly NoisePanel[]): void {
  if (panels.length === 0) throw new Error('Expected at least one panel, got none.');
  for (const { title, arms } of panels) {
    if (!arms.some(({ points }) => points.some(({ values }) => values.length > 0))) {
      throw new Error(`Expected an arm with at least one value in the panel "${title}", got none.`);
    }
    for (const { name, points } of arms) {
      const odd = points.flatMap(({ x, values }) => [x, ...values]).find((value) => !Number.isFinite(value));
      if (odd !== undefined) throw new Error(`Expected finite numbers in "${name}", got ${odd}.`);
    }
  }
}

/** The axis of levels, and where an arm stands beside its level. */
function levelAxis(found: readonly number[], pixels: number, arms: number) {
  const places = [...new Set(found)].sort((a, b) => a - b);
  const [low, high] = [places[0], places[places.length - 1]];
  const apart = Math.min(APART, (TOGETHER * pixels) / (places.length * arms));
  const room = (apart * arms) / 2 + 8;
  const unit = (high - low || 1) / (pixels - 2 * room);
  const axis: Partial<LayoutAxis> = {
    ...AXIS,
    range: [low - room * unit, high + room * unit],
    tickvals: places,
    ticktext: places.map(formatTick),
    showgrid: false,
  };
  return { axis, beside: (x: number, arm: number) => x + (arm - (arms - 1) / 2) * apart * unit };
}

function valueAxis({ arms, reference }: NoisePanel): Partial<LayoutAxis> {
  const ends = arms.flatMap(({ points }) =>
    points.flatMap(({ values }) =>
      values.length > 0 ? [mean(values) - halfWidth(values), mean(values) + halfWidth(values)] : [],
    ),
  );
  if (reference !== undefined) ends.push(reference);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = 0.05 * (high - low || Math.abs(high) || 1);
  const range = [low - room, high + room];
  const tickvals = fittingTicks(range[0], range[1], 3 * HEIGHT);
  return {
    ...AXIS,
    range,
    tickvals,
    ticktext: tickvals.map(formatTick),
    title: { text: '' },
  };
}

function halfWidth(values: readonly number[]): number {
  return values.length < 2 ? 0 : studentInterval(values).high - mean(values);
}

function tracesOf(
  { arms, reference }: NoisePanel,
  panel: number,
  names: readonly string[],
  { axis, beside }: ReturnType<typeof levelAxis>,
): Data[] {
  const { xaxis, yaxis } = axesOf(panel);
  const range = axis.range as number[];
  const across: Data = {
    type: 'scatter',
    mode: 'lines',
    x: range,
    y: [reference!, reference!],
    line: { color: MUTED, width: 1.2, dash: 'dash' },
    hoverinfo: 'skip',
    xaxis,
    yaxis,
  };
  const lines = arms.map(({ name, points }): Data => {
    const arm = names.indexOf(name);
    const color = PALETTE[arm % PALETTE.length];
    const later = arm >= PALETTE.length;
    const filled = points.filter(({ values }) => values.length > 0).sort((a, b) => a.x - b.x);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      legendgroup: name,
      xaxis,
      yaxis,
      x: filled.map(({ x }) => beside(x, arm)),
      y: filled.map(({ values }) => mean(values)),
      line: { color, width: 2, dash: later ? 'dot' : 'solid' },
      marker: { color, size: 8, symbol: later ? 'diamond' : 'circle', line: { color: '#ffffff', width: 1 } },
      error_y: {
        type: 'data',
        array: filled.map(({ values }) => halfWidth(values)),
        color,
        thickness: 1.6,
        width: 0,
      },
      text: filled.map(
        ({ x, values }) => `at ${formatTick(x)}: ${values.map((value) => value.toPrecision(4)).join(', ')}`,
      ),
      hovertemplate: '%{y:.4g}<br>%{text}',
    };
  });
  return reference === undefined ? lines : [across, ...lines];
}
