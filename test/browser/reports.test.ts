import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../src/data/projectRoot';
import { temporaryFolder } from '../data/fixtures';
import { openPage, type Page, skipWithoutChromium } from './chromium';

const results = join(projectRoot(), 'results');
const address = (...parts: string[]) => pathToFileURL(join(...parts)).href;

/** Figures that Plotly drew, and bars, lines or cells in them. */
const DRAWN = `[...document.querySelectorAll('.js-plotly-plot')].map((plot) => plot.querySelectorAll('.point path, .js-line, .hm image').length)`;

describe('pages from the disk, without a network', function () {
  this.timeout(60_000);
  const alone = temporaryFolder();
  let page: Page;

  before(async function () {
    skipWithoutChromium.call(this);
    page = await openPage({ offline: true });
  });
  after(() => page?.close());

  const leaving = () => page.requests.filter((url) => !url.startsWith('file:'));

  it('a report draws its figures by Plotly, and asks for files only', async () => {
    await page.goto(address(results, 'dalip-table/mini/report.html'));
    const figures = await page.evaluate<number>(`document.querySelectorAll('.clipbook-figure').length`);
    await page.until(`document.querySelectorAll('.js-plotly-plot').length === ${figures}`);
    const marks = await page.evaluate<number[]>(DRAWN);
    assert.ok(figures >= 3 && marks.every((count) => count > 0), `marks ${marks}`);
    assert.deepEqual(leaving(), []);
    assert.ok(page.requests.some((url) => url.endsWith('plotly-cartesian.min.js')));
    assert.deepEqual(page.errors, []);
  });

  it('a report without Plotly beside it keeps its pictures', async () => {
    cpSync(join(results, 'dalip-table/mini/report.html'), join(alone, 'report.html'));
    await page.goto(address(alone, 'report.html'));
    const widths = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.clipbook-figure img')].map((picture) => picture.naturalWidth)`,
    );
    assert.ok(widths.length >= 3 && widths.every((width) => width > 100), `widths ${widths}`);
    assert.deepEqual(leaving(), []);
  });

  it('the index shows every main figure in light and in dark, and its links lead to files', async () => {
    await page.goto(address(results, 'index.html'));
    const pictures = await page.evaluate<{ src: string; width: number }[]>(
      `[...document.images].map(({ src, naturalWidth }) => ({ src, width: naturalWidth }))`,
    );
    assert.ok(pictures.length >= 7);
    assert.deepEqual(
      pictures.filter(({ width }) => width < 100),
      [],
    );
    assert.deepEqual(leaving(), []);
    const colours = `getComputedStyle(document.body).color + getComputedStyle(document.body).backgroundColor`;
    await page.prefer('dark');
    const dark = await page.evaluate(colours);
    await page.prefer('light');
    assert.deepEqual(
      [dark, await page.evaluate(colours)],
      ['rgb(230, 233, 239)rgb(20, 24, 31)', 'rgb(29, 41, 57)rgb(255, 255, 255)'],
    );
    const sections = await page.evaluate<string[]>(
      `[...document.querySelectorAll('nav a')].filter((a) => !document.querySelector(a.getAttribute('href'))).map((a) => a.href)`,
    );
    assert.deepEqual(sections, []);
  });

  it('no page could have reached a server', async () => {
    const server = createServer((_, response) => response.end('here')).listen(0);
    const { port } = server.address() as AddressInfo;
    const asked = `fetch('http://127.0.0.1:${port}/', { mode: 'no-cors' }).then(() => 'reached', () => 'refused')`;
    assert.equal(await page.evaluate(asked), 'refused');
    assert.deepEqual(leaving(), [`http://127.0.0.1:${port}/`]);
    server.close();
  });
});
