import type { Figure } from './figureLayout';

/** A slider over a figure. */
export interface Control {
  /** What the redrawing code knows it by. */
  name: string;
  label: string;
  min: number;
  max: number;
  step: number;
  /** Where it stands at first. */
  value: number;
}

/**
 * A figure that readers change with sliders, in a notebook or an exported page, without a server. `data` and `layout` are
 * its still picture, for pages without scripts; where Plotly is there, `redraw` makes the figure from them at once and
 * whenever a slider moves.
 */
export interface ControlledFigure extends Figure {
  controls: readonly Control[];
  /**
   * JavaScript, the body of a function of `values` (control name → number), `data` and `layout` (fresh copies, free to
   * be changed): returns the new `{ data, layout }`. Text, because it runs in the reader's browser, where nothing of this
   * project is; `redrawn` runs it here.
   */
  redraw: string;
}

/** Has the figure sliders? */
export function isControlled(figure: Figure): figure is ControlledFigure {
  return 'controls' in figure;
}

/** What a reader sees with the sliders at these values; those left out stand where they stand at first. */
export function redrawn(figure: ControlledFigure, values: Readonly<Record<string, number>> = {}): Figure {
  const { id, data, layout, controls, redraw } = figure;
  const all = { ...Object.fromEntries(controls.map(({ name, value }) => [name, value])), ...values };
  const run = new Function('values', 'data', 'layout', redraw);
  return { id, ...run(all, structuredClone(data), structuredClone(layout)) };
}

const CONFIG = '{ responsive: true, displaylogo: false }';

/** Pixels that the sliders take, above the figure. */
export function controlsHeight(figure: Figure): number {
  return isControlled(figure) ? 12 + 30 * figure.controls.length : 0;
}

/**
 * Browser code, the body of a function of `Plotly`, `place`, `data` and `layout`: draws the figure into the place, its
 * sliders above it, dark on the figures' white.
 */
export function drawingCode(figure: Figure): string {
  if (!isControlled(figure)) return `Plotly.newPlot(place, data, layout, ${CONFIG});`;
  const controls = JSON.stringify(figure.controls).replaceAll('<', '\\u003c');
  const code = figure.redraw.replaceAll('</', '<\\/');
  return `const config = ${CONFIG};
const redraw = (values) => ((values, data, layout) => {
${code}
})(values, structuredClone(data), structuredClone(layout));
const values = {};
const plot = document.createElement('div');
const update = () => { const made = redraw(values); return Plotly.react(plot, made.data, made.layout, config); };
for (const { name, label, min, max, step, value } of ${controls}) {
const row = document.createElement('label');
row.style.cssText = 'display:flex;align-items:center;gap:0.75rem;height:30px;padding:0 12px;background:#ffffff;color:#344054;font:13px system-ui,sans-serif';
row.dataset.lmSuppressShortcuts = 'true'; // JupyterLab's shortcuts leave the arrow keys to the slider,
row.addEventListener('keydown', (event) => event.stopPropagation()); // and so does its list of cells
const slider = Object.assign(document.createElement('input'), { type: 'range', name, min, max, step, value });
slider.style.cssText = 'flex:1;min-width:6rem;accent-color:#0072b2';
const shown = document.createElement('output');
shown.style.cssText = 'width:3.5rem;font-variant-numeric:tabular-nums';
const digits = (String(step).split('.')[1] || '').length;
const read = () => { values[name] = Number(slider.value); shown.textContent = values[name].toFixed(digits).replace('-', '\\u2212'); };
slider.addEventListener('input', () => { read(); update(); });
read();
const text = document.createElement('span');
text.style.cssText = 'width:15rem';
text.textContent = label;
row.append(text, slider, shown);
place.append(row);
}
place.append(plot);
const made = redraw(values);
Plotly.newPlot(plot, made.data, made.layout, config);`;
}
