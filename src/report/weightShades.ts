import { text } from './drawingParts';
import { MUTED, PALETTE } from './figureLayout';
import { formatTick } from './svgAxes';

const [LESS, MORE] = [PALETTE[0], PALETTE[3]];
const STRONGEST = 0.75;

/** What one drawing's colours mean: how many times more or less than the even share 1/M a weight is. */
export interface WeightScale {
  /** M, over how many tokens the weights are spread. */
  count: number;
  /** The colours end at this many times 1/M, and at 1/M divided by it; 1 where all weights are equal. */
  ratio: number;
  lowest: number;
  highest: number;
}

/** One scale for all heads of a picture or text, symmetric around 1/M. `weights`: `[heads][M]` */
export function weightScale(weights: readonly (readonly number[])[]): WeightScale {
  const all = weights.flat();
  const count = weights[0].length;
  const [lowest, highest] = [Math.min(...all), Math.max(...all)];
  const ratio = Math.max(highest * count, 1 / (lowest * count));
  return { count, ratio: ratio > 1 + 1e-6 ? ratio : 1, lowest, highest };
}

/**
 * The fill of a weight: clear at 1/M, ever more blue below, orange above. Colours follow the logarithm, which for a
 * softmax is the cosine itself, up to a constant.
 */
export function shadeOf(weight: number, { count, ratio }: WeightScale): string {
  const share = ratio === 1 ? 0 : Math.log(weight * count) / Math.log(ratio);
  const opacity = STRONGEST * Math.min(1, Math.abs(share));
  return `fill="${share < 0 ? LESS : MORE}" fill-opacity="${opacity.toFixed(3)}"`;
}

/** The scale as an upright bar, and the lowest and highest weight under it. */
export function scaleBar(scale: WeightScale, x: number, top: number, height: number): string {
  const { count, ratio, lowest, highest } = scale;
  const id = `scale-${Math.round(top)}`;
  const strongest = ratio === 1 ? 0 : STRONGEST;
  const stop = (offset: number, colour: string, opacity: number) =>
    `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${opacity}"/>`;
  const stops = [stop(0, MORE, strongest), stop(0.5, MORE, 0), stop(0.5, LESS, 0), stop(1, LESS, strongest)];
  const times = formatTick(Number(ratio.toPrecision(3)));
  const labels = ratio === 1 ? ['', `all 1/${count}`, ''] : [`× ${times}`, `1/${count}`, `÷ ${times}`];
  const ends = [top + 9, top + height / 2 + 4, top + height];
  return [
    `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops.join('')}</linearGradient>`,
    `<rect x="${x}" y="${top}" width="12" height="${height}" fill="url(#${id})" stroke="#d0d5dd"/>`,
    ...labels.map((label, i) => text(label, x + 18, ends[i], { size: 11 })),
    text(`${digits(lowest)} to`, x, top + height + 16, { size: 11, colour: MUTED }),
    text(digits(highest), x, top + height + 29, { size: 11, colour: MUTED }),
  ].join('');
}

function digits(weight: number): string {
  return String(Number(weight.toPrecision(3)));
}
