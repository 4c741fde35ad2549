import assert from 'node:assert/strict';
import { staticSvg } from '../../src/report/staticSvg';
import { type SweepSeries, sweepFigure } from '../../src/report/sweepFigure';
import { assertReadable, textBoxes } from './svgTexts';

/** What these tests read of a trace. */
type Loose = { name?: string; mode: string; x: number[]; y: number[]; error_y?: unknown; fill?: string };

const shares = [0.1, 0.2, 0.4, 0.8];
const series: SweepSeries[] = [
  {
    name: 'CLIP',
    points: shares.map((x) => ({ x, values: [20 * x, 20 * x + 3] })),
    fit: [...shares, 1.6].map((x) => ({ x, y: 20 * x + 1.5, low: 20 * x, high: 20 * x + 3 })),
    predictions: [{ x: 1.6, y: 33.5, low: 30, high: 38 }],
  },
  { name: 'DALIP', points: shares.map((x) => ({ x, values: [20 * x + 4] })) },
];
const input = { id: 'sweep', title: 'A sweep', x: 'share', y: 'accuracy, %', series };
const traces = sweepFigure(input).data as unknown as Loose[];
const find = (name: string, mode: string) =>
  traces.filter((trace) => trace.name === name && trace.mode === mode);

describe('the sweep figure', () => {
  it('joins means by a line, or puts the fitted curve with its band in its place', () => {
    assert.deepEqual(find('DALIP', 'lines+markers')[0].x, shares);
    assert.deepEqual(find('CLIP', 'lines+markers'), []);
    assert.deepEqual(find('CLIP', 'lines')[0].y, [3.5, 5.5, 9.5, 17.5, 33.5]);
    const band = traces.find(({ fill }) => fill)!;
    assert.deepEqual(band.x, [...shares, 1.6, 1.6, ...[...shares].reverse()]);
    assert.deepEqual(band.y.slice(4, 6), [35, 32]);
  });

  it('shows every seed beside its mean', () => {
    const [seeds, means] = find('CLIP', 'markers');
    assert.deepEqual(seeds.y, [2, 5, 4, 7, 8, 11, 16, 19]);
    assert.deepEqual(means.y, [3.5, 5.5, 9.5, 17.5]);
    assert.ok(seeds.x.every((x, i) => x > means.x[Math.floor(i / 2)]));
  });

  it('marks a prediction with both sides of its interval', () => {
    const [, , prediction] = find('CLIP', 'markers');
    assert.deepEqual([prediction.x, prediction.y], [[1.6], [33.5]]);
    const { array, arrayminus } = prediction.error_y as { array: number[]; arrayminus: number[] };
    assert.deepEqual([array, arrayminus], [[4.5], [3.5]]);
  });

  it('draws the interval where the numbers say', () => {
    const svg = staticSvg(sweepFigure(input));
    const [, top, bottom] = svg.match(/<path d="M[\d.]+ ([\d.]+)V([\d.]+)" stroke="#0072b2"/)!.map(Number);
    const ticks = textBoxes(svg).filter(({ text, left }) => left < 60 && /^\d+$/.test(text));
    const [first, last] = [ticks[0], ticks.at(-1)!];
    const valueAt = (y: number) =>
      Number(first.text) +
      ((y + 4 - 9 - first.top) / (last.top - first.top)) * (Number(last.text) - Number(first.text));
    const values = [top, bottom].map(valueAt).sort((a, b) => a - b);
    assert.ok(Math.abs(values[0] - 30) < 0.1 && Math.abs(values[1] - 38) < 0.1, values.join(' to '));
  });

  it('has ticks where something was measured or foretold, on a logarithmic axis too', async () => {
    for (const logX of [false, true]) {
      const figure = sweepFigure({ ...input, logX });
      assert.deepEqual(figure.layout.xaxis?.tickvals, [0.1, 0.2, 0.4, 0.8, 1.6]);
      await assertReadable(staticSvg(figure));
    }
    const places = textBoxes(staticSvg(sweepFigure({ ...input, logX: true })));
    const at = (label: string) => places.find(({ text }) => text === label)!.left;
    assert.ok(
      Math.abs(at('0.4') - at('0.2') - (at('0.2') - at('0.1'))) < 0.2,
      'doublings are equally far apart',
    );
  });

  it('stays readable with many series and crowded places', async () => {
    const many = Array.from({ length: 7 }, (_, i) => ({
      name: `series number ${i} with a long name`,
      points: Array.from({ length: 30 }, (_, x) => ({ x: 1000 + x, values: [x + i, x - i] })),
    }));
    await assertReadable(staticSvg(sweepFigure({ ...input, series: many })));
    await assertReadable(staticSvg(sweepFigure({ ...input, series: many, logX: true })));
  });

  it('refuses numbers that have no place', () => {
    const zero = [{ name: 'CLIP', points: [{ x: 0, values: [1] }] }];
    assert.throws(() => sweepFigure({ ...input, series: zero, logX: true }), /x above zero.* got 0/);
    const odd = [{ name: 'CLIP', points: [{ x: 1, values: [Number.NaN] }] }];
    assert.throws(() => sweepFigure({ ...input, series: odd }), /finite numbers in "CLIP", got NaN/);
  });
});
