import assert from 'node:assert/strict';
import { rocCurve } from '../../src/evaluation/rocCurve';
import { studentInterval } from '../../src/evaluation/statistics';
import { noiseFigure } from '../../src/report/noiseFigure';
import { rocFigure } from '../../src/report/rocFigure';
import { staticSvg } from '../../src/report/staticSvg';
import { weightHistograms } from '../../src/report/weightHistograms';
import { outline, sharesOf } from '../../src/report/weightShares';
import { assertReadable, textBoxes } from './svgTexts';

/** What these tests read of a trace. */
interface Loose {
  type: string;
  name?: string;
  showlegend?: boolean;
  xaxis: string;
  x: number[];
  y: number[];
  line: { color: string };
  marker: { color: string };
  error_y: { array: number[] };
}

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} for ${expected}`);
const labels = (svg: string) => textBoxes(svg).map(({ text }) => text);

describe('the figure of ROC curves', () => {
  const curve = (label: string, weights: number[]) => ({ label, ...rocCurve(weights, [1, 1, 0, 0]) });
  const curves = [curve('W_s', [0.2, 0.5, 0.4, 1]), curve('W_t', [1, 1, 1, 1])];

  it('has the diagonal and each curve in per cent', () => {
    const data = rocFigure({ id: 'roc', title: 'ROC', curves }).data as unknown as Loose[];
    assert.deepEqual(
      data.map(({ x, y }) => [x, y]),
      [
        [
          [0, 100],
          [0, 100],
        ],
        [
          [0, 0, 50, 50, 100],
          [0, 50, 50, 100, 100],
        ],
        [
          [0, 100],
          [0, 100],
        ],
      ],
    );
  });

  it('says each area, with its interval where there is one, in square panels', async () => {
    const panels = ['swapped', 'generic', 'partial'].map((title) => ({
      title,
      curves: [{ ...curves[0], interval: { low: 0.5123, high: 0.9 } }, curves[1]],
    }));
    const figure = rocFigure({ id: 'roc', title: 'One panel for each kind of noise', panels });
    const svg = staticSvg(figure);
    await assertReadable(svg);
    const text = labels(svg).join(' ');
    assert.equal(text.match(/W_s: AUC 0\.750 \(0\.512–0\.900\)/g)?.length, 3);
    assert.equal(text.match(/W_t: AUC 0\.500(?! \()/g)?.length, 3);
    const { width = 0, height = 0, margin = {}, xaxis } = figure.layout;
    const [left, right] = xaxis!.domain as number[];
    close((right - left) * (width - margin.l! - margin.r!), height - margin.t! - margin.b!);
  });

  it('gives a label one colour in all panels', () => {
    const panels = [{ curves }, { curves: [...curves].reverse() }];
    const data = rocFigure({ id: 'roc', title: 'ROC', panels }).data as unknown as Loose[];
    const colours = (name: string) =>
      data.filter((trace) => trace.name === name).map(({ line }) => line.color);
    assert.equal(new Set(colours('W_s')).size, 1);
    assert.notEqual(colours('W_s')[0], colours('W_t')[0]);
  });

  it('keeps its ends, its steps and its ties when a long curve is thinned', () => {
    const count = 20_000;
    const bad = Array.from({ length: count }, (_, i) => i % 2);
    const weights = bad.map((one, i) => (i % 5 === 0 ? 1 : ((i * 7919) % count) / count - 0.3 * one));
    const whole = rocCurve(weights, bad);
    const [, trace] = rocFigure({ id: 'r', title: 'R', curves: [{ label: 'W', ...whole }] })
      .data as unknown as Loose[];
    assert.ok(trace.x.length < 1100, `${trace.x.length} points`);
    assert.deepEqual([trace.x[0], trace.x.at(-1), trace.y.at(-1)], [0, 100, 100]);
    let area = 0;
    for (let i = 1; i < trace.x.length; i++) {
      area += ((trace.x[i] - trace.x[i - 1]) * (trace.y[i] + trace.y[i - 1])) / 2e4;
    }
    assert.ok(Math.abs(area - whole.auc) < 1e-3, `${area} for ${whole.auc}`);
  });

  it('refuses what it cannot draw', () => {
    assert.throws(() => rocFigure({ id: 'r', title: 'R', panels: [] }), /at least one panel/);
    assert.throws(() => rocFigure({ id: 'r', title: 'R', curves: [] }), /at least one curve/);
    const odd = { ...curves[0], tpr: [0, 1] };
    assert.throws(() => rocFigure({ id: 'r', title: 'R', curves: [odd] }), /rates in "W_s".* got 5 and 2/);
  });
});

describe('shares of weights', () => {
  it('count 1 apart, and weights beyond the ends in the end bins', () => {
    const { bins, one } = sharesOf([1, 1, 0, 0.49, 0.5, 0.99, 1.5, -1, 2, 1], [0, 1], 2);
    assert.deepEqual([bins.map(Math.round), Math.round(one)], [[30, 40], 30]);
    assert.deepEqual(sharesOf(Float32Array.of(1, 1), [0, 1], 3), { bins: [0, 0, 0], one: 100 });
    assert.throws(() => sharesOf([], [0, 1], 2), /at least one weight/);
    assert.throws(() => sharesOf([Number.NaN], [0, 1], 2), /got NaN/);
  });

  it('have an outline that stands on zero', () => {
    assert.deepEqual(outline([20, 50], [0, 1]), { x: [0, 0, 0.5, 0.5, 1, 1], y: [0, 20, 20, 50, 50, 0] });
  });
});

describe('histograms of weights', () => {
  const kinds = ['clean', 'swapped', 'generic', 'partial'];
  const row = (label: string, highest: number) => ({
    label,
    panels: [10, 50, 120, 250].map((step) => ({
      title: `step ${step}`,
      groups: kinds.map((name, i) => ({ name, values: [0.1 * i, 0.05 * i, 1, highest] })),
    })),
  });
  const input = { id: 'w', title: 'Weights', rows: [row('W_s', 0.99), row('W_t', 2.6), row('W_c', 1.3)] };

  it('show what is not 1 as outlines, what is as bars', () => {
    const data = weightHistograms({ ...input, bins: 4 }).data as unknown as Loose[];
    const first = data.filter(({ name, xaxis }) => name === 'partial' && ['x', 'x2'].includes(xaxis));
    assert.deepEqual(
      first.map(({ type, y }) => [type, y]),
      [
        ['scatter', [0, 25, 25, 25, 25, 0, 0, 25, 25, 0]],
        ['bar', [25]],
      ],
    );
    assert.equal(data.filter(({ type }) => type === 'bar').length, 48);
  });

  it('name every group once, in one colour', () => {
    const data = weightHistograms(input).data as unknown as Loose[];
    const named = data.filter(({ showlegend }) => showlegend).map(({ name }) => name);
    assert.deepEqual(named, kinds);
    for (const kind of kinds) {
      const own = data.filter(({ name, type }) => name === kind && type === 'scatter');
      assert.equal(new Set(own.map(({ line }) => line.color)).size, 1);
    }
  });

  it('are readable, in one panel and in twelve', async () => {
    await assertReadable(staticSvg(weightHistograms(input)));
    const one = { ...row('the sample gate W_s', 0.99) };
    await assertReadable(
      staticSvg(weightHistograms({ ...input, rows: [{ ...one, panels: one.panels.slice(3) }] })),
    );
  });

  it('say so where weights lie beyond the range', () => {
    const rows = [{ ...row('W_t', 2.6), range: [0, 2] as const }];
    assert.ok(labels(staticSvg(weightHistograms({ ...input, rows }))).includes('≥ 2'));
    assert.ok(!labels(staticSvg(weightHistograms(input))).some((text) => text.startsWith('≥')));
  });

  it('want as many panels in each row', () => {
    const rows = [row('W_s', 0.9), { ...row('W_t', 0.9), panels: [] }];
    assert.throws(() => weightHistograms({ ...input, rows }), /as many panels each, got 4 and 0/);
    assert.throws(() => weightHistograms({ ...input, rows: [] }), /got none/);
  });
});

describe('the figure of noise levels', () => {
  const names = ['raw', 'caption', 'both', 'W_s', 'W_t, W_c', 'ALIP', 'shuffled', 'rescaled'];
  const arms = names.map((name, i) => ({
    name,
    points: [60, 0, 30].map((x) => ({ x, values: [i + 0.1 * x, i + 1, i + 2] })),
  }));
  const input = { id: 'n', title: 'Noise', panels: [{ title: 'image to text', unit: 'R@10, %', arms }] };
  const tracesOf = (figure: { data: unknown }) => figure.data as Loose[];

  it('shows means in the order of the levels, with intervals over seeds', () => {
    const [raw] = tracesOf(noiseFigure(input));
    [0, 3, 6].forEach((first, i) => {
      close(raw.y[i], (first + 3) / 3);
      close(raw.error_y.array[i], studentInterval([first, 1, 2]).high - raw.y[i]);
    });
    const single = { ...input.panels[0], arms: [{ name: 'raw', points: [{ x: 0, values: [4] }] }] };
    assert.deepEqual(tracesOf(noiseFigure({ ...input, panels: [single] }))[0].error_y.array, [0]);
  });

  it('puts arms beside each other around their level', () => {
    const places = tracesOf(noiseFigure(input)).map(({ x }) => x[1]);
    places.slice(1).forEach((place, i) => {
      assert.ok(place > places[i]);
    });
    close((places[0] + places.at(-1)!) / 2, 30);
    assert.ok(places.at(-1)! < 45);
  });

  it('names an arm once, also one that the first panel lacks, and is readable', async () => {
    for (const count of [1, 2, 3, 4, 6]) {
      const panels = Array.from({ length: count }, (_, i) => ({
        ...input.panels[0],
        arms: i === 0 ? arms.slice(1) : arms,
        reference: 3,
      }));
      const figure = noiseFigure({ ...input, panels });
      const named = tracesOf(figure).filter(({ showlegend }) => showlegend);
      assert.deepEqual(
        named.map(({ name }) => name).sort(),
        (count === 1 ? names.slice(1) : [...names]).sort(),
      );
      await assertReadable(staticSvg(figure));
    }
  });

  it('refuses what it cannot draw', () => {
    assert.throws(() => noiseFigure({ ...input, panels: [] }), /at least one panel/);
    const empty = { ...input.panels[0], arms: [] };
    assert.throws(
      () => noiseFigure({ ...input, panels: [empty] }),
      /at least one value in the panel "image to text"/,
    );
    const odd = { ...input.panels[0], arms: [{ name: 'raw', points: [{ x: 0, values: [Number.NaN] }] }] };
    assert.throws(() => noiseFigure({ ...input, panels: [odd] }), /finite numbers in "raw", got NaN/);
  });
});
