import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { figureHtml, plotlyEmbedded, writePlotlyAsset } from '../../src/report/figureHtml';
import { curvesFigure } from '../../src/report/figures';
import { renderReport } from '../../src/report/htmlReport';
import { picturesHtml, picturesOfBatch } from '../../src/report/pictures';
import { sampleTable } from './sample';

const curve = (title: string) =>
  curvesFigure({ id: 'loss', title, y: 'loss', curves: [{ name: 'CLIP', steps: [0, 1], values: [2, 1] }] });

describe('figures in a page', () => {
  it('cannot end the script they stand in', () => {
    const html = figureHtml(curve('</script><b>'));
    assert.equal(html.match(/<\/script>/g)?.length, 1);
    assert.ok(!html.includes('<b>'));
  });

  it('are drawn once by Plotly, whichever comes first', () => {
    const script = figureHtml(curve('a')).match(/<script>([\s\S]*)<\/script>/)![1];
    const place = {
      dataset: {} as Record<string, string>,
      style: {} as Record<string, string>,
      replaceChildren() {},
    };
    const drawn: unknown[] = [];
    const window: { clipbookFigures?: ((plotly: unknown) => void)[] } = {};
    const context = vm.createContext({ window, document: { querySelectorAll: () => [place] } });
    vm.runInContext(script, context);
    assert.equal(drawn.length, 0);
    const Plotly = { newPlot: (...given: unknown[]) => drawn.push(given) };
    for (const draw of window.clipbookFigures!) draw(Plotly);
    for (const draw of window.clipbookFigures!) draw(Plotly);
    assert.equal(drawn.length, 1);
    assert.equal(place.style.height, '400px');
  });

  it('carry Plotly in a notebook, small enough to commit', () => {
    const script = plotlyEmbedded();
    assert.ok(script.length < 700_000, `${script.length} characters`);
    const packed = script.match(/atob\('([^']+)'\)/)![1];
    assert.match(gunzipSync(Buffer.from(packed, 'base64')).toString(), /plotly\.js \(cartesian - minified\)/);
  });

  it('share one copy of Plotly between reports', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'clipbook-'));
    try {
      assert.ok(statSync(writePlotlyAsset(path.join(folder, 'assets'))).size > 1e6);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('picture grids', () => {
  it('hold pictures of a batch with escaped captions', async () => {
    const pixels = new Uint8Array(2 * 4 * 4 * 3).fill(200);
    const pictures = picturesOfBatch({ pixels, size: 4 });
    assert.equal(pictures.length, 2);
    const html = await picturesHtml(pictures, ['a < b', 'c'], { side: 32 });
    assert.ok(html.includes('a &lt; b'));
    const [, data] = html.match(/data:image\/webp;base64,([^"]+)/)!;
    const { width, height, format } = await sharp(Buffer.from(data, 'base64')).metadata();
    assert.deepEqual([width, height, format], [32, 32, 'webp']);
  });

  it('show scores below the captions', async () => {
    const pictures = picturesOfBatch({ pixels: new Uint8Array(2 * 3), size: 1 });
    const html = await picturesHtml(pictures, ['cat', 'dog'], { scores: [0.8249, -0.5] });
    const shown = [...html.matchAll(/<figcaption>(\w+)<span [^>]*>([^<]+)</g)].map(([, ...parts]) => parts);
    assert.deepEqual(shown, [
      ['cat', '0.82'],
      ['dog', '−0.50'],
    ]);
  });

  it('refuse captions and scores that do not fit', async () => {
    await assert.rejects(picturesHtml([], ['one']), /each of 0 pictures, got 1/);
    await assert.rejects(picturesHtml([], [], { scores: [1] }), /a score for each of 0 pictures, got 1/);
  });
});

describe('report', () => {
  it('is one page with tables, figures, notes, configuration and command', async () => {
    const html = await renderReport({
      title: 'A & B',
      summary: ['First.', 'Second.'],
      verdicts: ['Open: nothing is known.'],
      tables: [sampleTable],
      figures: [curve('Loss')],
      pictures: [{ title: 'Pictures', pictures: [], captions: [] }],
      config: { width: 64, name: '<x>' },
      environment: { backend: 'tensorflow' },
      command: 'npm run reproduce -- small',
      notes: ['Mini data.'],
    });
    for (const part of [
      'A &amp; B',
      'Second.',
      'Open: nothing',
      'table-small',
      'npm run reproduce',
      '&lt;x&gt;',
    ]) {
      assert.ok(html.includes(part), part);
    }
    assert.ok(html.includes('src="../assets/plotly-cartesian.min.js"'));
    assert.ok(!/(src|href)="https?:/.test(html));
    assert.ok(html.length < 40_000, `${html.length} characters`);
  });
});
