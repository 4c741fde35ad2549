import assert from 'node:assert/strict';
import sharp from 'sharp';
import {
  barsFigure,
  curvesFigure,
  type Figure,
  recallFigure,
  similarityFigure,
  tableFigure,
} from '../../src/report/figures';
import { staticSvg } from '../../src/report/staticSvg';
import { categoryAxis, formatTick, linearAxis, roundTicks } from '../../src/report/svgAxes';
import { sampleTable } from './sample';
import { assertReadable, textBoxes } from './svgTexts';

/** What these tests read of a trace. */
type Loose = { x: unknown; y: unknown; error_y: { array: unknown } };

const curves = curvesFigure({
  id: 'loss',
  title: 'Loss & more',
  y: 'loss',
  curves: [
    { name: 'CLIP', steps: [0, 10, 20, 30], values: [4, 3, Number.NaN, 2] },
    { name: 'DALIP', steps: [0, 10, 20, 30], values: [4, 2, 2, 1] },
  ],
});
const bars = barsFigure({
  id: 'bars',
  title: 'Bars',
  y: '%',
  labels: ['a', 'b'],
  series: [
    { name: 'one', values: [10, null], intervals: [2, null] },
    { name: 'two', values: [30, 40] },
  ],
});
const heat = similarityFigure({
  id: 'heat',
  title: 'Similarity',
  values: [
    [1, 0],
    [0.5, 0.75],
  ],
  pictures: ['p', 'q'],
  texts: ['s', 't'],
});
describe('figures', () => {
  it('of a table take the filled columns of one section', () => {
    const figure = tableFigure(sampleTable, sampleTable.sections[1]);
    assert.deepEqual((figure.data[0] as Loose).x, ['Alpha mini', 'Beta mini']);
    assert.deepEqual((figure.data[0] as Loose).error_y.array, [0.25, 0]);
    assert.deepEqual((tableFigure(sampleTable, sampleTable.sections[0]).data[0] as Loose).x, ['Alpha']);
  });

  it('of recall show both directions in per cent', () => {
    const recall = { imageToText: { 1: 0.25, 5: 0.5 }, textToImage: { 1: 0.1, 5: 1 }, pictures: 4, texts: 4 };
    const figure = recallFigure({ id: 'r', title: 'R', models: [{ name: 'CLIP', result: recall }] });
    assert.deepEqual((figure.data[0] as Loose).x, [
      'image→text R@1',
      'image→text R@5',
      'text→image R@1',
      'text→image R@5',
    ]);
    assert.deepEqual((figure.data[0] as Loose).y, [25, 50, 10, 100]);
  });
});

describe('static figures', () => {
  it('are drawings that a renderer accepts, for every kind', async () => {
    for (const figure of [curves, bars, heat]) {
      const { width, height } = await sharp(Buffer.from(staticSvg(figure))).metadata();
      assert.deepEqual([width, height], [figure.layout.width, figure.layout.height]);
    }
  });

  it('escape text and break lines at missing values', () => {
    const svg = staticSvg(curves);
    assert.ok(svg.includes('Loss &amp; more'));
    const [broken, whole] = [
      ...svg.matchAll(/<path d="(M[^"]*)" fill="none" stroke="#[0-9a-f]{6}" stroke-width="2"/g),
    ];
    assert.equal(broken[1].split('M').length - 1, 2);
    assert.equal(whole[1].split('M').length - 1, 1);
  });

  it('draw each bar, and error bars only where there is an interval', () => {
    const svg = staticSvg(bars);
    assert.equal(svg.match(/<path d="M[^"]*Z" fill="#/g)?.length, 3);
    assert.equal(svg.match(/stroke="#344054"/g)?.length, 1);
  });

  it('start a legend further left where only that keeps it in one row, clear of the title', async () => {
    const names = ['CLIP', 'DALIP, first order', 'DALIP, second order', 'DALIP, both orders', 'guessing'];
    const labels = Array.from({ length: 13 }, (_, i) => `Column ${i} mini`);
    const series = names.map((name) => ({ name, values: labels.map((_, i) => i) }));
    const svg = staticSvg(barsFigure({ id: 'wide', title: 'Wide', y: '%', labels, series }));
    await assertReadable(svg);
    const rows = textBoxes(svg).filter(({ text }) => names.includes(text));
    assert.deepEqual([rows.length, new Set(rows.map(({ top }) => top)).size], [5, 1]);
  });

  it('colour a heat map from light to dark', () => {
    const svg = staticSvg(heat);
    for (const colour of ['#08306b', '#f7fbff', '#6baed6', '#2171b5'])
      assert.ok(svg.includes(`fill="${colour}"`), colour);
  });

  it('refuse what only a browser can draw', () => {
    const pie: Figure = { id: 'pie', data: [{ type: 'pie' }], layout: {} };
    assert.throws(() => staticSvg(pie), /got "pie": draw it in a browser/);
  });

  it('have round ticks and places in order', () => {
    assert.deepEqual(roundTicks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
    assert.deepEqual(roundTicks(-3, 3, 3), [-2, 0, 2]);
    assert.equal(formatTick(-1500), '−1,500');
    assert.equal(linearAxis(0, 10, 100, 0).place(2.5), 75);
    assert.equal(categoryAxis(['a', 'b', 'a'], 0, 100).place('b'), 75);
  });
});
