/** Maps values to places along one side of a static figure. */
export interface Axis {
  /** The place of a value in pixels; of a category, its centre. */
  place(value: number | string): number;
  ticks: { at: number; label: string }[];
  /** The width of one category in pixels; absent on a numeric axis. */
  step?: number;
}

/** A numeric axis from `low` (at pixel `start`) to `high` (at pixel `end`), with about six round ticks. */
export function linearAxis(low: number, high: number, start: number, end: number): Axis {
  const span = high - low || 1;
  const place = (value: number | string) => start + ((Number(value) - low) / span) * (end - start);
  return {
    place,
    ticks: roundTicks(low, low + span).map((value) => ({ at: place(value), label: formatTick(value) })),
  };
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

/** A tick's label: grouped thousands, no trailing zeros, a real minus sign. */
export function formatTick(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: 6 }).replace('-', '−');
}

function shorten(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
