import type { Data } from 'plotly.js';
import { MUTED } from './figureLayout';

/** Weights are shown up to here. */
export const HIGHEST = 3;
export const BINS = 40;
/** The similarities that curves go through. */
export const PLACES = Array.from({ length: 201 }, (_, i) => Number((i / 100 - 1).toFixed(2)));

/** W_s of a similarity. */
export function sampleWeight(similarity: number, history: number, gamma: number): number {
  return Math.min(1, Math.exp(gamma * (similarity - history)));
}

/** W_s over all similarities. */
export function sampleLine(gamma: number, history: number, color: string, meta: string): Data {
  const y = PLACES.map((similarity) => sampleWeight(similarity, history, gamma));
  const name = `W_s, γ = ${gamma}`;
  return { ...line(PLACES, y, { color, width: 2.6 }), name, showlegend: true, meta } as Data;
}

/** W_t or W_c beyond H only: before it they fall as W_s does. The line ends where it leaves the plot. */
export function pairLine(gamma: number, history: number, color: string, meta: string): Data {
  const end = history + Math.log(HIGHEST) / gamma;
  const x = [...PLACES.filter((place) => place >= history && place < end), ...(end < 1 ? [end] : [])];
  const y = x.map((place) => Math.exp(gamma * (place - history)));
  return { ...line(x, y, { color, width: 2, dash: 'dot' }), meta } as Data;
}

/** An upright line at H. */
export function historyLine(history: number, top: number): Data {
  const look = { color: MUTED, width: 1.4, dash: 'dash' } as const;
  return { ...line([history, history], [0, top], look), hoverinfo: 'skip', meta: 'history' } as Data;
}

function line(
  x: readonly number[],
  y: readonly number[],
  look: { color: string; width: number; dash?: 'dot' | 'dash' },
) {
  return {
    type: 'scatter' as const,
    mode: 'lines' as const,
    x: [...x],
    y: [...y],
    line: look,
    showlegend: false,
    hovertemplate: 'S = %{x:.2f}: %{y:.2f}',
  };
}

/** A bar for each bin of `binned`. */
export function bars(y: number[], color: string, meta: string): Data {
  const width = 2 / BINS;
  const x = y.map((_, i) => Number(((i + 0.5) * width - 1).toFixed(4)));
  return {
    type: 'bar',
    x,
    y,
    width,
    marker: { color },
    showlegend: true,
    hovertemplate: '%{y:.1f} %',
    meta,
  } as Data;
}

/** Shares of the batch in equal bins from −1 to 1, in per cent, every pair counting as much as its weight. */
export function binned(batch: readonly number[], weightOf: (similarity: number) => number): number[] {
  const shares = new Array<number>(BINS).fill(0);
  for (const similarity of batch) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((similarity + 1) / 2) * BINS)));
    shares[bin] += (100 * weightOf(similarity)) / batch.length;
  }
  return shares;
}
