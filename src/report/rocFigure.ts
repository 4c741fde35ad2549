import type { Annotations, Data, LayoutAxis } from 'plotly.js';
import type { Interval } from '../evaluation/statistics';
import { AXIS, brokenTitle, type Figure, layoutOf, MUTED, PALETTE, WIDTH } from './figureLayout';
import { axesOf, domainOf, linesOver } from './panels';
import { wrapText } from './textWidth';

/** A detector's curve, as `rocCurve` gives it, with its name. */
export interface ShownCurve {
  label: string;
  fpr: readonly number[];
  tpr: readonly number[];
  /** The area under the curve; over several seeds their mean. */
  auc: number;
  /** Over seeds. */
  interval?: Pick<Interval, 'low' | 'high'>;
}

export interface RocPanel {
  /** For instance the kind of noise. */
  title?: string;
  curves: readonly ShownCurve[];
}

const MARGIN = { l: 60, r: 16, b: 52 };
const GAP = 34;
const MOST = 360;
const LINE = 15;

/**
 * Receiver operating characteristics in square panels with the diagonal of guessing, the curves' names and areas above
 * each. A label has the same colour in every panel.
 *
 * @param input.curves for a single panel without a title of its own
 * @throws when there is nothing to draw, or a curve has not as many false as true positive rates
 */
export function rocFigure(
  input: { id: string; title: string } & ({ curves: ShownCurve[] } | { panels: readonly RocPanel[] }),
): Figure {
  const panels: readonly RocPanel[] = 'panels' in input ? input.panels : [{ curves: input.curves }];
  panels.forEach(check);
  if (panels.length === 0) throw new Error('Expected at least one panel of curves, got none.');
  const side = Math.min(MOST, (WIDTH - MARGIN.l - MARGIN.r - GAP * (panels.length - 1)) / panels.length);
  const plot = side * panels.length + GAP * (panels.length - 1);
  const width = MARGIN.l + plot + MARGIN.r;
  const labels = [...new Set(panels.flatMap(({ curves }) => curves.map(({ label }) => label)))];
  const colourOf = (label: string) => PALETTE[labels.indexOf(label) % PALETTE.length];

  const legends = panels.map((panel) => namesOver(panel, side, colourOf));
  const over = 14 + LINE * Math.max(...legends.map(({ lines }) => lines));
  const title = brokenTitle(input.title, width);
  const margin = { ...MARGIN, t: 22 + 21 * title.lines + over };
  const axes: Record<string, Partial<LayoutAxis>> = {};
  panels.forEach((_, i) => {
    const { xaxis, yaxis, xKey, yKey } = axesOf(i);
    axes[xKey] = {
      ...axisOf('good pairs called bad, %', panels.length),
      domain: domainOf(i, panels.length, plot, GAP),
      anchor: yaxis,
    };
    axes[yKey] = {
      ...axisOf(i === 0 ? 'bad pairs called bad, %' : '', panels.length),
      anchor: xaxis,
    };
  });
  const { xaxis, yaxis, ...others } = axes;
  const layout = layoutOf(title.text, '', '', {
    width,
    height: margin.t + side + margin.b,
    margin,
    showlegend: false,
    xaxis,
    yaxis,
    annotations: legends.flatMap(({ notes }, i) => notes(domainOf(i, panels.length, plot, GAP)[0])),
    ...others,
  });
  return { id: input.id, data: panels.flatMap((panel, i) => tracesOf(panel, i, colourOf)), layout };
}

function check({ title, curves }: RocPanel): void {
  if (curves.length === 0)
    throw new Error(`Expected at least one curve in the panel "${title ?? ''}", got none.`);
  for (const { label, fpr, tpr } of curves) {
    if (fpr.length !== tpr.length || fpr.length < 2) {
      throw new Error(
        `Expected as many false as true positive rates in "${label}", two at least, got ${fpr.length} and ${tpr.length}.`,
      );
    }
  }
}

function axisOf(title: string, panels: number): Partial<LayoutAxis> {
  const tickvals = panels > 2 ? [0, 50, 100] : [0, 25, 50, 75, 100];
  return {
    ...AXIS,
    range: [-1, 101],
    tickvals,
    ticktext: tickvals.map(String),
    showgrid: true,
    title: { text: title, font: { size: 12 } },
  };
}

function tracesOf({ curves }: RocPanel, panel: number, colourOf: (label: string) => string): Data[] {
  const { xaxis, yaxis } = axesOf(panel);
  const shared = { type: 'scatter', mode: 'lines', xaxis, yaxis } as const;
  const diagonal: Data = {
    ...shared,
    x: [0, 100],
    y: [0, 100],
    line: { color: MUTED, width: 1.2, dash: 'dash' },
    hoverinfo: 'skip',
  };
  return [
    diagonal,
    ...curves.map(({ label, fpr, tpr }): Data => {
      const kept = thinned(fpr, tpr);
      return {
        ...shared,
        name: label,
        x: kept.map((i) => perCent(fpr[i])),
        y: kept.map((i) => perCent(tpr[i])),
        line: { color: colourOf(label), width: 2 },
        hovertemplate: '%{y:.0f} % of the bad, %{x:.0f} % of the good',
      };
    }),
  ];
}

function perCent(rate: number): number {
  return Number((100 * rate).toFixed(2));
}

/** The points without which the drawn curve would be off by more than a fifth of a per cent. */
function thinned(fpr: readonly number[], tpr: readonly number[], step = 0.002): number[] {
  const kept = [0];
  for (let i = 1; i < fpr.length; i++) {
    const last = kept.at(-1)!;
    const next = i + 1;
    const far = next === fpr.length || Math.max(fpr[next] - fpr[last], tpr[next] - tpr[last]) > step;
    if (far) kept.push(i);
  }
  return kept;
}

/** The panel's title, and a line for each curve behind a dot of its colour. */
function namesOver({ title, curves }: RocPanel, side: number, colourOf: (label: string) => string) {
  const wrapped = curves.map((curve) => wrapText(nameOf(curve), side - 18, 11));
  const titles = title ? wrapText(title, 0.9 * side) : [];
  const heights = wrapped.map(({ length }) => length);
  const below = (i: number) => heights.slice(i + 1).reduce((sum, height) => sum + height, 0);
  const count = below(-1);
  const notes = (x: number): Partial<Annotations>[] => [
    ...(titles.length > 0 ? [linesOver(titles, x, 1, { over: 8 + LINE * count, bold: true })] : []),
    ...wrapped.flatMap((lines, i) => {
      const over = 6 + LINE * below(i);
      const dot = { size: 12, color: colourOf(curves[i].label) };
      return [
        linesOver(['●'], x, 1, { ...dot, over: over + LINE * (heights[i] - 1) }),
        { ...linesOver(lines, x, 1, { over, size: 11 }), xshift: 16 },
      ];
    }),
  ];
  return { lines: titles.length + count, notes };
}

function nameOf({ label, auc, interval }: ShownCurve): string {
  const range = interval ? ` (${interval.low.toFixed(3)}–${interval.high.toFixed(3)})` : '';
  return `${label}: AUC ${auc.toFixed(3)}${range}`;
}
