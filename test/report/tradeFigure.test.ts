import assert from 'node:assert/strict';
import { staticSvg, tradeFigure } from '../../src/report';

const FIGURE = tradeFigure({
  id: 'trade',
  title: 'Two means',
  x: 'plants, %',
  y: 'general, %',
  points: [
    { label: '0 %', x: [20, 22], y: [3, 5] },
    { label: '50 %', x: [15, 15], y: [7, 8] },
  ],
});

describe('tradeFigure', () => {
  it('shows every seed, and the mean of each setting under its label', () => {
    const [seeds, means] = FIGURE.data as { x: number[]; y: number[] }[];
    assert.deepEqual(
      [seeds.x, seeds.y],
      [
        [20, 22, 15, 15],
        [3, 5, 7, 8],
      ],
    );
    assert.deepEqual(
      [means.x, means.y],
      [
        [21, 15],
        [4, 7.5],
      ],
    );
    const labels = FIGURE.layout.annotations!.map(({ text, x, y }) => [text, x, y]);
    assert.deepEqual(labels, [
      ['0 %', 21, 4],
      ['50 %', 15, 7.5],
    ]);
  });

  it('is drawn without a browser, labels included', () => {
    const svg = staticSvg(FIGURE);
    for (const text of ['0 %', '50 %', 'plants, %', 'general, %']) assert.ok(svg.includes(text), text);
  });
});
