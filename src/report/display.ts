import { display, newDisplay } from 'tslab';
import { takeBatch } from '../data/batches';
import type { PictureSet } from '../data/memory';
import { type Drawing, drawingHtml } from './drawing';
import { figureHtml, plotlyEmbedded } from './figureHtml';
import type { Figure } from './figures';
import { type GridOptions, type Picture, picturesHtml, picturesOfBatch } from './pictures';
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

/** Shows a drawing under the cell. */
export function showDrawing(drawing: Drawing): void {
  display.html(drawingHtml(drawing));
}

/** A place under the cell for a figure that changes while the cell runs: each call shows the figure's next state. */
export function changingFigure(): (figure: Figure) => void {
  const place = newDisplay();
  return (figure) => place.html(figureHtml(figure));
}

/** Shows a table under the cell, published and measured rows apart. */
export function showTable(table: Table): void {
  display.html(`<style>${tableStyle}</style>${renderHtml(table)}`);
}

/**
 * Shows a grid of captioned pictures under the cell.
 *
 * @throws when there are captions but not one for each picture.
 */
export async function showPictures(
  pictures: readonly Picture[],
  captions?: readonly string[],
  options?: GridOptions,
): Promise<void> {
  display.html(await picturesHtml(pictures, captions, options));
}

/**
 * Shows some pictures of a set under the cell.
 *
 * @param captionOf the caption of the picture with this index; default its first text
 */
export async function showSamples(
  set: PictureSet,
  indices: readonly number[],
  captionOf: (index: number) => string = (index) => set.texts[index][0],
  options?: GridOptions,
): Promise<void> {
  await showPictures(picturesOfBatch(takeBatch(set, indices)), indices.map(captionOf), options);
}

/** A place under the cell for a text that changes. */
export function changingText(): { text(text: string): void } {
  return newDisplay();
}
