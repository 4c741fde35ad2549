import assert from 'node:assert/strict';
import { type ControlledFigure, redrawn } from '../../src/report/controls';
import { figureHtml } from '../../src/report/figureHtml';
import { curvesFigure } from '../../src/report/figures';
import { gateExplorer } from '../../src/report/gateExplorer';
import { staticSvg } from '../../src/report/staticSvg';
import { assertReadable, textBoxes } from './svgTexts';

/** What these tests read of a trace. */
type Loose = { meta: string; name?: string; x: number[]; y: number[] };

const plain = curvesFigure({
  id: 'c',
  title: 'C',
  y: 'y',
  curves: [{ name: 'a', steps: [0, 1], values: [1, 2] }],
});
const doubled: ControlledFigure = {
  ...plain,
  controls: [{ name: 'factor', label: 'by </script>', min: 0, max: 4, step: 0.5, value: 2 }],
  redraw: 'data[0].y = data[0].y.map((value) => values.factor * value); return { data, layout };',
};

describe('figures with sliders', () => {
  it('are redrawn from the still picture each time', () => {
    const at = (values?: Record<string, number>) => (redrawn(doubled, values).data[0] as unknown as Loose).y;
    assert.deepEqual(
      [at(), at({ factor: 3 }), at({ factor: 3 })],
      [
        [2, 4],
        [3, 6],
        [3, 6],
      ],
    );
    assert.deepEqual((doubled.data[0] as unknown as Loose).y, [1, 2]);
  });

  it('bring their sliders into a page; others stay as they are', () => {
    const html = figureHtml(doubled);
    assert.match(html, /type: 'range'/);
    assert.match(html, /"min":0,"max":4,"step":0.5,"value":2/);
    assert.equal(html.match(/<\/script>/g)?.length, 1);
    assert.match(html, /data:image\/svg\+xml/);
    assert.ok(!figureHtml(plain).includes('range'));
  });

  it('carry code that a browser can parse', () => {
    for (const figure of [doubled, gateExplorer({ similarities: [0.1, 0.5] })]) {
      const [, code] = figureHtml(figure).match(/<script>([\s\S]*)<\/script>/)!;
      assert.doesNotThrow(() => new Function('window', 'document', code));
    }
  });

  it('differ in their place where only their code differs', () => {
    const place = (figure: ControlledFigure) => figureHtml(figure).match(/data-figure="(\w+)"/)![1];
    assert.notEqual(place(doubled), place({ ...doubled, redraw: 'return { data, layout };' }));
  });
});

describe('the explorer of gates', () => {
  const similarities = Array.from({ length: 1000 }, (_, i) => -0.4 + i / 1000);
  const explorer = gateExplorer({ similarities });
  const traces = (figure: { data: unknown }) => figure.data as Loose[];
  const named = (figure: { data: unknown }, meta: string) => traces(figure).find((one) => one.meta === meta)!;

  it('draws the sample gate up to 1 and the pair gates beyond', () => {
    for (const [H, gamma] of [
      [0.3, 2],
      [-0.2, 5],
      [1, 0],
      [0, 8],
    ]) {
      const figure = redrawn(explorer, { H, gamma });
      const sample = named(figure, 'sample');
      sample.x.forEach((S, i) => {
        const expected = S <= H ? Math.exp(gamma * (S - H)) : 1;
        assert.ok(Math.abs(sample.y[i] - expected) < 1e-12, `${S}: ${sample.y[i]} for ${expected}`);
      });
      const pair = named(figure, 'pair');
      pair.x.forEach((S, i) => {
        assert.ok(S >= H && Math.abs(pair.y[i] - Math.exp(gamma * (S - H))) < 1e-9);
      });
      assert.ok(pair.x.includes(1) && pair.x.includes(H));
    }
  });

  it('says how much of the batch is held back', () => {
    const { layout } = redrawn(explorer, { H: 0, gamma: 2 });
    const mean = similarities.reduce((sum, S) => sum + Math.min(1, Math.exp(2 * S)), 0) / 1000;
    assert.equal(
      layout.annotations![1].text,
      `40 % of the pairs below H; mean W_s ${mean.toFixed(2)} with γ = 2.0`,
    );
    const [left, all] = [named(redrawn(explorer, { H: 0, gamma: 2 }), 'left'), named(explorer, 'batch')];
    const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(total(all.y) - 100) < 1e-6);
    assert.ok(Math.abs(total(left.y) - 100 * mean) < 0.2);
  });

  it('begins where its still picture is, at the mean of the batch, with one gamma of three', () => {
    const [still, first] = [explorer, redrawn(explorer)];
    assert.equal(explorer.controls[0].value, 0.1);
    for (const meta of ['sample', 'left', 'history']) {
      named(first, meta).y.forEach((value, i) => {
        assert.ok(Math.abs(value - named(still, meta).y[i]) < 1e-9, meta);
      });
    }
    assert.equal(first.layout.annotations![1].text, still.layout.annotations![1].text!.replace(/2$/, '2.0'));
    const count = (figure: { data: unknown }) =>
      traces(figure).filter(({ name }) => name?.startsWith('W_s')).length;
    assert.deepEqual([count(still), count(first)], [3, 1]);
  });

  it('is readable without a browser, with a batch and without', async () => {
    for (const figure of [
      explorer,
      gateExplorer(),
      gateExplorer({ history: 0.99 }),
      gateExplorer({ history: -0.5 }),
    ]) {
      const svg = staticSvg(figure);
      await assertReadable(svg);
      for (const name of ['W_s, γ = 1', 'W_s, γ = 2', 'W_s, γ = 5']) {
        assert.ok(
          textBoxes(svg).some(({ text }) => text === name),
          name,
        );
      }
    }
  });
});
