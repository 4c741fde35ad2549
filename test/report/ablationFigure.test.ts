import assert from 'node:assert/strict';
import { studentInterval } from '../../src/evaluation/statistics';
import { type AblationPanel, ablationFigure } from '../../src/report/ablationFigure';
import { staticSvg } from '../../src/report/staticSvg';
import { assertReadable, textBoxes } from './svgTexts';

/** What these tests read of a trace. */
type Loose = {
  name?: string;
  x: number[];
  y: number[];
  xaxis: string;
  error_x?: { array: number[] };
  showlegend?: boolean;
};

const plants: AblationPanel = {
  title: 'Plants',
  unit: 'accuracy, %',
  baseline: 'CLIP',
  rows: [
    { label: 'CLIP', values: [30, 31, 33] },
    { label: 'covariance', group: 'statistic', values: [28, 29, 30] },
    { label: 'no token weights', group: 'tokens', values: [27] },
    { label: 'bilinear', group: 'statistic', values: [25, 26, 28] },
  ],
};
const general: AblationPanel = {
  title: 'General pictures, in words that need more than one line',
  unit: 'accuracy, %',
  baseline: 'CLIP',
  rows: [
    { label: 'CLIP', values: [10, 11, 12] },
    { label: 'covariance', group: 'statistic', values: [] },
    { label: 'only here, with a label so long that it takes two lines', group: 'tokens', values: [11, 12] },
  ],
};
const figure = ablationFigure({ id: 'ablation', title: 'Parts & pieces', panels: [plants, general] });
const traces = figure.data as unknown as Loose[];
const named = (name: string, axis: string) =>
  traces.find((trace) => trace.name === name && trace.xaxis === axis)!;

describe('the ablation figure', () => {
  it('has a row for each arm of any panel, groups kept together under their headings', () => {
    const labels = textBoxes(staticSvg(figure)).filter(({ left }) => left < 20);
    assert.deepEqual(
      labels.sort((a, b) => a.top - b.top).map(({ text }) => text),
      [
        'Parts & pieces',
        'CLIP',
        'statistic',
        'covariance',
        'bilinear',
        'tokens',
        'no token weights',
        'only here, with a label so long that it',
        'takes two lines',
      ],
    );
  });

  it('shows the mean, its interval and each seed', () => {
    const means = named('mean, 95 % interval', 'x');
    assert.deepEqual(means.x, [29, 27, 79 / 3]);
    const { high, estimate } = studentInterval([28, 29, 30]);
    assert.equal(means.error_x?.array[0], high - estimate);
    assert.equal(means.error_x?.array[1], 0, 'a single seed has no interval');
    assert.deepEqual(means.y, [2, 5, 3]);
    assert.deepEqual(named('one seed', 'x2').x, [10, 11, 12, 11, 12]);
  });

  it('marks the mean of the baseline in every panel', () => {
    const [left, right] = ['x', 'x2'].map((axis) => named('mean of CLIP', axis));
    assert.deepEqual(left.x, [94 / 3, 94 / 3]);
    assert.deepEqual(right.x, [11, 11]);
    const value = ablationFigure({ id: 'v', title: 'V', panels: [{ ...plants, baseline: 20 }] });
    assert.deepEqual((value.data[0] as unknown as Loose).x, [20, 20]);
    assert.ok(
      !staticSvg(
        ablationFigure({ id: 'n', title: 'N', panels: [{ ...plants, baseline: undefined }] }),
      ).includes('dash'),
    );
  });

  it('names each kind of mark once', () => {
    const names = traces.filter(({ name, showlegend }) => name && showlegend).map(({ name }) => name);
    assert.deepEqual(names, ['mean of CLIP', 'one seed', 'mean, 95 % interval']);
  });

  it('is a readable picture: nothing overlaps, nothing is cut', async () => {
    await assertReadable(staticSvg(figure));
    const title = 'A long title that says what the reader should take from the figure, '.repeat(2);
    const four = [plants, general, plants, general];
    await assertReadable(staticSvg(ablationFigure({ id: 'four', title, panels: four })));
    await assertReadable(staticSvg(ablationFigure({ id: 'one', title: 'One', panels: [plants] })));
  });

  it('keeps every mark inside its panel', () => {
    const svg = staticSvg(figure);
    const right = Math.max(...[...svg.matchAll(/ cx="([\d.]+)"/g)].map(([, x]) => Number(x)));
    assert.ok(right < figure.layout.width! - 12, `a dot at ${right}`);
  });

  it('refuses what it cannot place', () => {
    assert.throws(() => ablationFigure({ id: 'a', title: 'A', panels: [] }), /at least one row, got none/);
    const without = { ...plants, baseline: 'SLIP' };
    assert.throws(
      () => ablationFigure({ id: 'a', title: 'A', panels: [without] }),
      /baseline "SLIP" of "Plants" has no values; name one of "CLIP", /,
    );
    const odd = { ...plants, rows: [{ label: 'CLIP', values: [Number.NaN] }] };
    assert.throws(
      () => ablationFigure({ id: 'a', title: 'A', panels: [odd] }),
      /finite numbers for "CLIP" in "Plants", got NaN/,
    );
  });
});
