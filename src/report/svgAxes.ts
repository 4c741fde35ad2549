import { textWidth } from './textWidth';

/** Maps values to places along one side of a static figure. */
export interface Axis {
  /** The place of a value in pixels; of a category, its centre. */
  place(value: number | string): number;
  ticks: { at: number; label: string }[];
  /** The width of one category in pixels; absent on a numeric axis. */
  step?: number;
}

/** A numeric axis from `low` (at pixel `start`) to `high` (at pixel `end`), with about as many round ticks as wanted. */
export function linearAxis(low: number, high: number, start: number, end: number, wanted = 6): Axis {
  const span = high - low || 1;
  const place = (value: number | string) => start + ((Number(value) - low) / span) * (end - start);
  return {
    place,
    ticks: roundTicks(low, low + span, wanted).map((value) => ({
      at: place(value),
      label: formatTick(value),
    })),
  };
}

/** A logarithmic axis from `low` to `high`, both above zero, with a tick at each power of ten. */
export function logAxis(low: number, high: number, start: number, end: number): Axis {
  const span = Math.log10(high / low) || 1;
  const place = (value: number | string) => start + (Math.log10(Number(value) / low) / span) * (end - start);
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1;
  const ticks = Array.from({ length: Math.max(0, count) }, (_, i) => 10 ** (first + i));
  return { place, ticks: ticks.map((value) => ({ at: place(value), label: formatTick(value) })) };
}

/** Equal places for each distinct category, in order of first appearance. */
export function categoryAxis(values: readonly string[], start: number, end: number): Axis {
  const categories = [...new Set(values)];
  const step = (end - start) / Math.max(1, categories.length);
  const index = new Map(categories.map((category, i) => [category, i]));
  const place = (value: number | string) => start + ((index.get(String(value)) ?? 0) + 0.5) * step;
  return {
    place,
    step,
    ticks: categories.map((category) => ({ at: place(category), label: shorten(category) })),
  };
}

/** Multiples of 1, 2 or 5 times a power of ten from low to high, about `wanted` of them. */
export function roundTicks(low: number, high: number, wanted = 6): number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** As many round ticks, up to seven, as have room for their labels beside each other. */
export function fittingTicks(low: number, high: number, pixels: number): number[] {
  for (const wanted of [7, 6, 5, 4, 3]) {
    const ticks = roundTicks(low, high, wanted);
    const apart = ((ticks[1] - ticks[0]) / (high - low)) * pixels;
    if (ticks.every((tick) => textWidth(formatTick(tick)) + 10 < apart)) return ticks;
  }
  return roundTicks(low, high, 2);
}

/** A tick's label: grouped thousands, no trailing zeros, a real minus sign. */
export function formatTick(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: 6 }).replace('-', '−');
}

function shorten(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
