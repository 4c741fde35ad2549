import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { controlsHeight, drawingCode, isControlled } from './controls';
import type { Figure } from './figures';
import { staticSvg } from './staticSvg';

/**
 * How figures reach a page: every figure is written as an SVG picture together with its Plotly description. Where
 * Plotly is there, its interactive figure takes the picture's place; where it is not (a file sent by mail, GitHub, no
 * JavaScript), the picture stays. So nothing needs a network, a committed report weighs some tens of kilobytes, and
 * Plotly itself (its cartesian bundle: 1.4 MB, the smallest with heat maps) is stored once beside all reports.
 *
 * Figures queue in `window.clipbookFigures`; whatever loads Plotly draws the queue and replaces it by an object that
 * draws at once, so that the order of arrival does not matter.
 */
const BUNDLE = 'plotly-cartesian.min.js';

/** Draws the queue with a variable `Plotly` in scope. */
const DRAW_QUEUE = `const waiting = window.clipbookFigures || [];
window.clipbookFigures = { push: (draw) => draw(Plotly) };
for (const draw of waiting) draw(Plotly);`;

/** A figure, with sliders or without, as a piece of HTML: the picture, and a script that waits for Plotly. */
export function figureHtml(figure: Figure): string {
  const { width = 760, height = 400, ...layout } = figure.layout;
  const description = embed(forPlotly({ data: figure.data, layout: { ...layout, height, autosize: true } }));
  const draw = drawingCode(figure);
  const sliders = isControlled(figure) ? draw : '';
  const key = createHash('sha256')
    .update(figure.id)
    .update(description + sliders)
    .digest('hex')
    .slice(0, 12);
  const picture = Buffer.from(staticSvg(figure)).toString('base64');
  return `<div class="clipbook-figure" data-figure="${key}" style="max-width:${width}px">
<img alt="${attribute(figureTitle(figure))}" style="max-width:100%" src="data:image/svg+xml;base64,${picture}"></div>
<script>(window.clipbookFigures = window.clipbookFigures || []).push((Plotly) => {
const { data, layout } = ${description};
for (const place of document.querySelectorAll('[data-figure="${key}"]')) {
if (place.dataset.drawn) continue;
place.dataset.drawn = 'yes';
place.style.height = '${height + controlsHeight(figure)}px';
place.replaceChildren();
${draw}
}
});</script>`;
}

/** The title a figure is drawn under; its id where it has none. */
export function figureTitle({ id, layout: { title } }: Figure): string {
  return typeof title === 'string' ? title : (title?.text ?? id);
}

/** The script that makes a report's figures interactive; `assets` is the folder of `writePlotlyAsset`, relative to it. */
export function plotlyFromAssets(assets: string): string {
  return `<script src="${attribute(`${assets}/${BUNDLE}`)}"></script>
<script>if (window.Plotly) { const Plotly = window.Plotly; ${DRAW_QUEUE} }</script>`;
}

/** Copies Plotly into a folder that reports share, e.g. `results/assets`, and returns the file's path. */
export function writePlotlyAsset(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const target = path.join(folder, BUNDLE);
  copyFileSync(require.resolve(`plotly.js/dist/${BUNDLE}`), target);
  return target;
}

/**
 * Plotly inside the page, compressed to 0.6 MB: for notebooks, whose outputs must work in JupyterLab and in exported
 * HTML without any file beside them. It is unpacked by the browser (any since 2023).
 */
export function plotlyEmbedded(): string {
  const packed = gzipSync(readFileSync(require.resolve(`plotly.js/dist/${BUNDLE}`)), { level: 9 }).toString(
    'base64',
  );
  return `<script>(async () => {
if (window.clipbookFigures && !Array.isArray(window.clipbookFigures)) return;
const packed = Uint8Array.from(atob('${packed}'), (letter) => letter.charCodeAt(0));
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
const module = { exports: {} };
new Function('module', 'exports', await new Response(stream).text())(module, module.exports);
const Plotly = module.exports;
${DRAW_QUEUE}
})();</script>`;
}

/** The tags that figures use. */
const NO_TAG = /<(?!\/?(?:br|b|i|sub|sup|extra)>)/g;

/** JSON whose texts Plotly shows as they are: it decodes references, makes links, and leaves out tags that it does not know. */
function forPlotly(value: unknown): string {
  const shown = (text: string) => text.replaceAll('&', '&amp;').replace(NO_TAG, '&lt;');
  return JSON.stringify(value, (_, part) => (typeof part === 'string' ? shown(part) : part));
}

/** JSON that cannot end the script it stands in. */
function embed(json: string): string {
  return json.replaceAll('<', '\\u003c');
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
