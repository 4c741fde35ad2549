import assert from 'node:assert/strict';
import { expected, type ScalingPanel, scalingFigure, staticSvg } from '../../src/report';

describe('scalingFigure', () => {
  const panel: ScalingPanel = {
    title: 'side of pictures',
    unit: 'milliseconds',
    slope: 2,
    points: [
      { size: 10, cost: 5 },
      { size: 20, cost: 8 },
      { size: 40, cost: 32 },
    ],
  };

  it('draws the expected slope through the largest size', () => {
    assert.deepEqual(expected(panel), [2, 8, 32]);
    const { data, layout } = scalingFigure({ id: 'x', title: 'X', panels: [panel, panel], columns: 2 });
    const [line, measured] = data as { y: number[]; xaxis: string; showlegend: boolean }[];
    assert.deepEqual(line.y, [2, 8, 32]);
    assert.deepEqual(measured.y, [5, 8, 32]);
    assert.equal(data.length, 4);
    assert.deepEqual(
      (data as { showlegend: boolean }[]).map(({ showlegend }) => showlegend),
      [true, true, false, false],
      'each name stands in the legend once',
    );
    assert.deepEqual(layout.yaxis?.tickvals, [2, 5, 10, 20]);
    assert.deepEqual(layout.xaxis?.tickvals, [10, 40]);
  });

  it('becomes a picture without a browser', () => {
    const svg = staticSvg(scalingFigure({ id: 'x', title: 'Costs', panels: [panel], columns: 1 }));
    assert.match(svg, /side of pictures/);
    assert.equal(svg.match(/<circle/g)?.length, 4, 'three points and one in the legend');
    assert.match(svg, /stroke-dasharray/);
  });

  it('refuses what no logarithm has', () => {
    const draw = (points: ScalingPanel['points']) =>
      scalingFigure({ id: 'x', title: 'X', panels: [{ ...panel, points }], columns: 1 });
    assert.throws(() => draw(panel.points.slice(1, 2)), /at least two sizes of "side of pictures", got 1/);
    assert.throws(() => draw([...panel.points, { size: 80, cost: 0 }]), /above zero .* got 0/);
  });
});
