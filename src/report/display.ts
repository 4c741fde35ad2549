import { display } from 'tslab';
import { figureHtml, plotlyEmbedded } from './figureHtml';
import type { Figure } from './figures';
import { type Picture, picturesHtml } from './pictures';
import { tableStyle } from './reportStyle';
import type { Table } from './table';
import { renderHtml } from './tableFormats';

/**
 * Makes a notebook's figures interactive: puts Plotly (0.6 MB) into the output of the cell that calls it. Call it
 * once, in the cell with the imports; without it figures are pictures.
 */
export function interactiveFigures(): void {
  display.html(plotlyEmbedded());
}

/** Shows a figure under the cell. */
export function showFigure(figure: Figure): void {
  display.html(figureHtml(figure));
}

/** Shows a table under the cell, published and measured rows apart. */
export function showTable(table: Table): void {
  display.html(`<style>${tableStyle}</style>${renderHtml(table)}`);
}

/** Shows a grid of captioned pictures under the cell. */
export async function showPictures(
  pictures: readonly Picture[],
  captions?: readonly string[],
  side?: number,
) {
  display.html(await picturesHtml(pictures, captions, { side }));
}
