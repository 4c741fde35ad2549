import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writePlotlyAsset } from '../../src/report/figureHtml';
import { curvesFigure, similarityFigure } from '../../src/report/figures';
import { renderReport } from '../../src/report/htmlReport';
import { temporaryFolder } from '../data/fixtures';
import { openPage, type Page, skipWithoutChromium } from './chromium';

const RUN = 'document.title=1';
const HOSTILE = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `</script><script>${RUN}</script>`,
  `<a href="javascript:${RUN}">here</a>`,
  'A &amp; <b',
];

describe('captions with tags in them, drawn by Plotly', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let page: Page;

  before(async function () {
    skipWithoutChromium.call(this);
    page = await openPage({ offline: true });
  });
  after(() => page?.close());

  it('run nothing, and are shown as they are', async () => {
    const figures = HOSTILE.flatMap((caption, i) => [
      curvesFigure({
        id: `curves-${i}`,
        title: caption,
        y: caption,
        curves: ['', '2'].map((end) => ({ name: caption + end, steps: [0, 1], values: [2, 1] })),
      }),
      similarityFigure({
        id: `map-${i}`,
        title: caption,
        values: [[0.1, 0.2]],
        pictures: [caption],
        texts: ['a', 'b'],
      }),
    ]);
    const texts = { title: 'Report', summary: HOSTILE, notes: HOSTILE, command: HOSTILE[0] };
    const report = { ...texts, tables: [], figures, config: HOSTILE, environment: {} };
    writePlotlyAsset(join(folder, 'assets'));
    const path = join(folder, 'report.html');
    writeFileSync(path, await renderReport(report, { assets: 'assets' }));
    await page.goto(pathToFileURL(path).href);
    await page.until(`document.querySelectorAll('.js-plotly-plot').length === ${figures.length}`);
    const shown = await page.evaluate<string[][]>(
      `[...document.querySelectorAll('.js-plotly-plot')].map((plot) => [...plot.querySelectorAll('text')].map((text) => text.textContent))`,
    );
    for (const [i, texts] of shown.entries()) {
      const caption = HOSTILE[Math.floor(i / 2)];
      assert.ok(texts.includes(caption), `${caption} in ${texts.join(' | ')}`);
    }
    const links = `[...document.querySelectorAll('a')].filter((link) => /^javascript/.test(link.getAttribute('href') ?? link.getAttribute('xlink:href') ?? '')).length`;
    assert.deepEqual(await page.evaluate<unknown[]>(`[document.title, ${links}]`), ['Report', 0]);
    assert.deepEqual(page.errors, []);
  });
});
