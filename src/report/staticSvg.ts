import he from 'he';
import type { Figure } from './figureLayout';
import { svgDocument } from './svgDocument';
import { drawColourBar, drawHeatmap } from './svgHeatmap';
import { drawBars, type Frame, type Trace } from './svgMarks';
import { isSlanted, type Panel, panelsOf, paperOf } from './svgPanels';
import { drawScatter } from './svgPoints';
import { drawAnnotations, drawLegend, drawTitle } from './svgText';

/**
 * Draws a figure as an SVG picture without a browser: for committed results, for GitHub, which runs no scripts, and for
 * readers without JavaScript. It knows what this folder's figures are made of (lines, points and areas, bars, intervals,
 * heat maps, in one panel or several, annotations and pictures) and reads the same data and layout as Plotly.
 *
 * @throws when the figure holds a kind of trace it does not know.
 */
export function staticSvg(figure: Figure): string {
  const { layout } = figure;
  const traces = figure.data as Trace[];
  const odd = traces.find(({ type }) => !['scatter', 'bar', 'heatmap'].includes(type));
  if (odd)
    throw new Error(
      `Expected traces of type scatter, bar or heatmap, got "${odd.type}": draw it in a browser.`,
    );

  const { width = 760, height = 400 } = layout;
  const title = textOf(layout.title);
  const paper = paperOf(figure);
  const panels = panelsOf(figure, paper);
  const body = [
    drawTitle(title, width),
    ...panels.map((panel) => drawPanel(panel, layout.barmode === 'overlay', height)),
    ...traces
      .filter(({ type, showscale }) => type === 'heatmap' && showscale !== false)
      .map((trace) => drawColourBar(trace, paper)),
    drawImages(figure, paper),
    drawAnnotations(figure, paper, panels),
    drawLegend(figure, paper),
  ];
  return svgDocument(title.replaceAll('<br>', ' '), width, height, body);
}

function drawPanel(panel: Panel, overlay: boolean, height: number): string {
  const { traces, x, y, frame, layoutX, layoutY } = panel;
  const maps = traces.filter(({ type }) => type === 'heatmap');
  return [
    maps.length > 0 ? '' : gridLines(panel),
    ...maps.map((trace) => drawHeatmap(trace, x, y, frame)),
    drawBars(traces, x, y, overlay),
    drawScatter(traces, x, y),
    ticks(panel),
    axisTitles(textOf(layoutX.title), textOf(layoutY.title), frame, height),
  ]
    .filter(Boolean)
    .join('\n');
}

/** Lines across at the ticks of y; lines upright only where the layout asks for them. */
function gridLines({ x, y, layoutX, layoutY, frame: { left, right, top, bottom } }: Panel): string {
  const across = y.ticks.map(({ at }) => `M${left.toFixed(1)} ${at.toFixed(1)}H${right.toFixed(1)}`);
  const upright = x.ticks.map(({ at }) => `M${at.toFixed(1)} ${top}V${bottom}`);
  const lines = [
    ...(layoutY.showgrid === false ? [] : across),
    ...(layoutX.showgrid === true ? upright : []),
  ].join('');
  return lines && `<path d="${lines}" stroke="#e4e7ec" fill="none"/>`;
}

function ticks(panel: Panel): string {
  const { x, y, layoutX, layoutY, frame } = panel;
  const slanted = isSlanted(panel);
  const below = x.ticks.map(({ at, label }) => {
    const place = `${at.toFixed(1)} ${frame.bottom + (slanted ? 12 : 18)}`;
    const turn = slanted ? ' rotate(-35)" text-anchor="end"' : '" text-anchor="middle"';
    return `<text transform="translate(${place})${turn}>${he.escape(label)}</text>`;
  });
  const [edge, anchor] = layoutY.side === 'right' ? [frame.right + 8, 'start'] : [frame.left - 8, 'end'];
  const beside = y.ticks.map(
    ({ at, label }) =>
      `<text x="${edge}" y="${(at + 4).toFixed(1)}" text-anchor="${anchor}">${he.escape(label)}</text>`,
  );
  return [
    ...(layoutX.showticklabels === false ? [] : below),
    ...(layoutY.showticklabels === false ? [] : beside),
  ].join('\n');
}

/** Pictures on the paper, placed and sized in shares of it. */
function drawImages({ layout }: Figure, { left, right, top, bottom }: Frame): string {
  const [across, down] = [right - left, bottom - top];
  return (layout.images ?? [])
    .map(({ source, x, y, sizex, sizey }) => {
      const place = `x="${(left + Number(x) * across).toFixed(1)}" y="${(bottom - Number(y) * down).toFixed(1)}"`;
      const size = `width="${(sizex! * across).toFixed(1)}" height="${(sizey! * down).toFixed(1)}"`;
      return `<image ${place} ${size} href="${he.escape(source ?? '')}"/>`;
    })
    .join('\n');
}

function axisTitles(x: string, y: string, { left, right, top, bottom }: Frame, height: number): string {
  const centre = ((left + right) / 2).toFixed(1);
  const below = x && `<text x="${centre}" y="${height - 8}" text-anchor="middle">${he.escape(x)}</text>`;
  const place = `translate(16 ${((top + bottom) / 2).toFixed(1)}) rotate(-90)`;
  return below + (y && `<text transform="${place}" text-anchor="middle">${he.escape(y)}</text>`);
}

function textOf(title: string | { text?: string } | undefined): string {
  return typeof title === 'string' ? title : (title?.text ?? '');
}
