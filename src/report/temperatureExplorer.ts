import type { ControlledFigure } from './controls';
import { softmax } from './explainContrast';
import { PALETTE } from './figureLayout';
import { barsFigure } from './figures';

/** The scales of the still picture: flat, CLIP's at the start, and its upper limit. */
const STILL = [1, 14, 100];

/**
 * What the temperature does to one picture's choice among texts, to be played with: a slider moves the scale 1/τ, by which
 * cosines are multiplied before the softmax. Shown is either each text's probability, or its share of the push: the gradient
 * of −ln p(own text) with respect to a wrong text's cosine is p/τ (Wang and Liu 2021, section 3), so that of all the push
 * that wrong texts get, one gets p/(1 − p(own)). The still picture has three scales.
 *
 * @param input.texts the texts' names, in the order of their cosines
 * @param input.own which of them is the picture's
 * @param input.quantity `push` leaves the own text out
 * @throws when there are not as many texts as cosines, or no such own text
 */
export function temperatureExplorer(input: {
  id: string;
  title: string;
  texts: readonly string[];
  cosines: readonly number[];
  own: number;
  quantity: 'probability' | 'push';
}): ControlledFigure {
  const { id, title, texts, cosines, own, quantity } = input;
  if (texts.length !== cosines.length || !(own in texts)) {
    throw new Error(
      `Expected as many texts as cosines and the own text's place among them, got ${texts.length}, ` +
        `${cosines.length} and ${own}.`,
    );
  }
  const order = [...cosines.keys()].sort((a, b) => cosines[b] - cosines[a]);
  const shown = quantity === 'push' ? order.filter((i) => i !== own) : order;
  const valuesAt = (scale: number) => {
    const all = quantity === 'push' ? pushShares(cosines, own, scale) : softmax(cosines, scale);
    return shown.map((i) => Number((100 * all[i]).toPrecision(4)));
  };
  const figure = barsFigure({
    id,
    title,
    y: quantity === 'push' ? 'share of the push on wrong texts, %' : 'probability, %',
    labels: shown.map(
      (i) => `${i === own ? '✓ ' : ''}${texts[i]} (${cosines[i].toFixed(2).replace('-', '−')})`,
    ),
    series: STILL.map((scale) => ({ name: `1/τ = ${scale}`, values: valuesAt(scale) })),
  });
  const layout = { ...figure.layout, meta: { cosines: shown.map((i) => cosines[i]) } };
  return {
    ...figure,
    layout,
    controls: [{ name: 'scale', label: 'scale 1/τ', min: 1, max: 100, step: 1, value: STILL[1] }],
    redraw: REDRAW,
  };
}

/**
 * Of all the push that wrong texts get, each one's share: p/(1 − p(own)), 0 for the own text.
 *
 * @param scale 1/τ
 */
export function pushShares(cosines: readonly number[], own: number, scale: number): number[] {
  const wrong = cosines.filter((_, i) => i !== own);
  const shares = softmax(wrong, scale); // the own text cancels out of p/(1 − p(own))
  return cosines.map((_, i) => (i === own ? 0 : shares[i < own ? i : i - 1]));
}

/** One scale in the place of three. Both quantities are a softmax of the cosines shown. */
const REDRAW = `const { scale } = values;
const { cosines } = layout.meta;
const highest = Math.max(...cosines);
const powers = cosines.map((cosine) => Math.exp(scale * (cosine - highest)));
const sum = powers.reduce((total, power) => total + power, 0);
const trace = data[0];
trace.name = '1/\\u03c4 = ' + scale;
trace.y = powers.map((power) => 100 * power / sum);
trace.marker = { color: '${PALETTE[0]}' };
trace.showlegend = true;
return { data: [trace], layout };`;
