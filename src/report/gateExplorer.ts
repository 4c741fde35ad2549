import type { Annotations, Data, Layout } from 'plotly.js';
import { mean } from '../evaluation/statistics';
import type { ControlledFigure } from './controls';
import { AXIS, brokenTitle, type Figure, INK, layoutOf, legendPlaces, PALETTE, WIDTH } from './figureLayout';
import {
  BINS,
  bars,
  binned,
  HIGHEST,
  historyLine,
  PLACES,
  pairLine,
  sampleLine,
  sampleWeight,
} from './gateCurves';
import { formatTick, roundTicks } from './svgAxes';

/** The gammas of the still picture; the published one is the one that moves. */
const MOVING = 2;
const OTHERS = [1, 5];
/** Of more similarities than this only quantiles are kept: the page carries them. */
const MOST = 400;
const MARGIN = { l: 62, r: 36, b: 56 };
const HEIGHT = { weights: 240, gap: 64, batch: 110 };

/**
 * How ALIP's gates turn a similarity S into a weight, to be played with: sliders move the history H and γ. The solid line
 * is W_s, which is 1 from H on; the dotted one goes on as W_t and W_c do where W_s is below 1. A batch's similarities
 * beneath show how many pairs there are at each S, and what the sample gate leaves of them. The still picture has three
 * gammas.
 *
 * @param input.similarities of a real batch, e.g. text–caption cosines
 * @param input.history where H stands at first; default the batch's mean, or 0.3
 */
export function gateExplorer(
  input: { id?: string; title?: string; history?: number; similarities?: ArrayLike<number> } = {},
): ControlledFigure {
  const { id = 'alip-gate-explorer', title = 'From similarity to weight' } = input;
  const batch = thinned(input.similarities ?? []);
  const wanted = input.history ?? (batch.length > 0 ? mean(batch) : 0.3);
  const history = Math.min(1, Math.max(-0.5, Number(wanted.toFixed(2))));
  return {
    id,
    ...stillFigure(title, batch, history),
    controls: [
      { name: 'H', label: 'history H', min: -0.5, max: 1, step: 0.01, value: history },
      { name: 'gamma', label: 'γ: how fast weights fall', min: 0, max: 8, step: 0.1, value: MOVING },
    ],
    redraw: REDRAW,
  };
}

/** Draws one gamma in place of three. Traces say in `meta` what they are; `layout.meta` holds the batch. */
const REDRAW = `const { H, gamma } = values;
const weightOf = (S) => Math.exp(gamma * (S - H));
const sampleOf = (S) => Math.min(1, weightOf(S));
const shown = (value, digits) => value.toFixed(digits).replace('-', '\\u2212');
const batch = layout.meta;
for (const trace of data) {
  if (trace.meta === 'sample') {
    trace.name = 'W_s, \\u03b3 = ' + shown(gamma, 1);
    trace.y = trace.x.map(sampleOf);
  }
  if (trace.meta === 'pair') {
    trace.x = ${JSON.stringify(PLACES)}.filter((S) => S >= H);
    trace.y = trace.x.map(weightOf);
  }
  if (trace.meta === 'history') trace.x = [H, H];
  if (trace.meta === 'left') {
    trace.y = trace.y.map(() => 0);
    for (const S of batch) {
      const bin = Math.min(${BINS - 1}, Math.max(0, Math.floor((S + 1) / 2 * ${BINS})));
      trace.y[bin] += 100 * sampleOf(S) / batch.length;
    }
  }
}
const [mark, readout] = layout.annotations;
mark.x = H;
mark.text = 'H = ' + shown(H, 2);
if (readout) {
  const below = batch.filter((S) => S < H).length / batch.length;
  const mean = batch.reduce((sum, S) => sum + sampleOf(S), 0) / batch.length;
  readout.text = shown(100 * below, 0) + ' % of the pairs below H; mean W_s ' + shown(mean, 2) + ' with \u03b3 = ' + shown(gamma, 1);
}
return { data: data.filter((trace) => trace.meta !== 'other'), layout };`;

function stillFigure(
  title: string,
  batch: readonly number[],
  history: number,
): Pick<Figure, 'data' | 'layout'> {
  const weights = { xaxis: 'x', yaxis: 'y' } as const;
  const beneath = { xaxis: 'x2', yaxis: 'y2' } as const;
  const shares = binned(batch, () => 1);
  const left = binned(batch, (similarity) => sampleWeight(similarity, history, MOVING));
  const highest = Math.max(1, ...shares) * 1.12;
  const data: Data[] = [
    sampleLine(MOVING, history, PALETTE[0], 'sample'),
    ...OTHERS.flatMap((gamma, i) => [
      sampleLine(gamma, history, PALETTE[i + 2], 'other'),
      pairLine(gamma, history, PALETTE[i + 2], 'other'),
    ]),
    {
      ...pairLine(MOVING, history, PALETTE[0], 'pair'),
      name: 'W_t and W_c, where W_s < 1',
      showlegend: true,
    } as Data,
    { ...historyLine(history, HIGHEST), ...weights },
  ];
  if (batch.length > 0) {
    data.push(
      { ...bars(shares, '#c3cad5', 'batch'), name: 'pairs', ...beneath },
      { ...bars(left, PALETTE[4], 'left'), name: 'what W_s leaves of them', ...beneath },
      { ...historyLine(history, highest), ...beneath },
    );
  }
  return { data, layout: layoutFor(title, batch, history, highest, data) };
}

/** Every so many of the sorted similarities, three digits each. */
function thinned(similarities: ArrayLike<number>): number[] {
  const sorted = Array.from(similarities, (value) => Number(value.toFixed(3))).sort((a, b) => a - b);
  const count = Math.min(MOST, sorted.length);
  return Array.from({ length: count }, (_, i) => sorted[Math.floor(((i + 0.5) / count) * sorted.length)]);
}

function layoutFor(
  title: string,
  batch: readonly number[],
  history: number,
  highest: number,
  data: readonly Data[],
): Partial<Layout> {
  const withBatch = batch.length > 0;
  const broken = brokenTitle(title);
  const names = (data as { name?: string }[]).flatMap(({ name }) => name ?? []);
  const rows = 1 + Math.max(...legendPlaces(names, WIDTH - MARGIN.l - MARGIN.r).map(({ row }) => row));
  const margin = { ...MARGIN, t: 44 + 21 * broken.lines + 19 * rows };
  const plot = HEIGHT.weights + (withBatch ? HEIGHT.gap + HEIGHT.batch : 0);
  const similarities: Partial<Layout['xaxis']> = { ...AXIS, range: [-1, 1], showgrid: false };
  const below = batch.filter((similarity) => similarity < history).length / batch.length;
  const left = withBatch ? mean(batch.map((similarity) => sampleWeight(similarity, history, MOVING))) : 0;
  const mark: Partial<Annotations> = {
    text: `H = ${history.toFixed(2).replace('-', '−')}`,
    xref: 'x',
    x: history,
    yref: 'paper',
    y: 1,
    yanchor: 'bottom',
    yshift: 2,
    showarrow: false,
    font: { size: 12, color: INK },
  };
  const readout: Partial<Annotations> = {
    text: `${(100 * below).toFixed(0)} % of the pairs below H; mean W_s ${left.toFixed(2)} with γ = ${MOVING}`,
    xref: 'paper',
    x: 0,
    xanchor: 'left',
    yref: 'paper',
    y: HEIGHT.batch / plot,
    yanchor: 'bottom',
    yshift: 6,
    showarrow: false,
    font: { size: 12, color: INK },
  };
  const share = roundTicks(0, highest, 3);
  return layoutOf(broken.text, '', '', {
    height: margin.t + plot + margin.b,
    margin,
    barmode: 'overlay',
    legend: { orientation: 'h', x: 0, xanchor: 'left', y: 1 + 22 / plot, yanchor: 'bottom' },
    annotations: withBatch ? [mark, readout] : [mark],
    xaxis: { ...similarities, title: { text: withBatch ? '' : 'similarity S' } },
    yaxis: {
      ...AXIS,
      range: [0, HIGHEST],
      title: { text: 'weight' },
      domain: [1 - HEIGHT.weights / plot, 1],
    },
    ...(withBatch && {
      meta: batch,
      xaxis2: { ...similarities, anchor: 'y2', title: { text: 'similarity S' } },
      yaxis2: {
        ...AXIS,
        anchor: 'x2',
        range: [0, highest],
        tickvals: share,
        ticktext: share.map(formatTick),
        title: { text: 'pairs, %' },
        domain: [0, HEIGHT.batch / plot],
      },
    }),
  });
}
