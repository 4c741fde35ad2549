import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { notebookPages } from '../../src/cli/notebookPages';
import { venvPython } from '../../src/cli/parts';
import { projectRoot } from '../../src/data/projectRoot';
import { temporaryFolder } from '../data/fixtures';
import { openPage, type Page, skipWithoutChromium } from './chromium';

const NOTEBOOK = '05-alip-gates';

describe('a notebook as a page, without a network', function () {
  this.timeout(60_000);
  const project = temporaryFolder();
  const root = join(project, 'results');
  let page: Page | undefined;

  before(async function () {
    skipWithoutChromium.call(this);
    if (!existsSync(venvPython)) this.skip();
    mkdirSync(join(project, 'notebooks'));
    cpSync(join(projectRoot(), `notebooks/${NOTEBOOK}.ipynb`), join(project, `notebooks/${NOTEBOOK}.ipynb`));
    page = await openPage({ offline: true });
  });

  after(() => page?.close());

  it('is made once, and again only where the notebook is newer', () => {
    assert.equal(notebookPages(root), 1);
    assert.equal(notebookPages(root), 0);
  });

  it('draws every figure by the Plotly it carries, and asks for nothing', async () => {
    await page!.goto(pathToFileURL(join(root, `notebooks/${NOTEBOOK}.html`)).href);
    const figures = await page!.evaluate<number>(`document.querySelectorAll('.clipbook-figure').length`);
    assert.ok(figures >= 3, `${figures} figures`);
    await page!.until(`document.querySelectorAll('.js-plotly-plot').length === ${figures}`);
    assert.deepEqual(
      page!.requests.filter((url) => !url.startsWith('file:')),
      [],
    );
  });

  it('moves with its sliders', async () => {
    const drawn = `document.querySelector('input[type=range]').closest('.clipbook-figure').querySelector('.js-line').getAttribute('d')`;
    const before = await page!.evaluate(drawn);
    await page!.evaluate(`document.querySelector('input[type=range]').focus()`);
    await page!.press('ArrowRight');
    await page!.until(`${drawn} !== ${JSON.stringify(before)}`);
  });
});
