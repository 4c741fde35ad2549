import type { GateHistory } from '../losses/alipGates';
import type { ExplainedGates, GateRow } from './explainGates';
import type { Column, Row, Table } from './table';

const SYMBOLS = [
  ['tc', 'textCaption'],
  ['xt', 'imageText'],
  ['xc', 'imageCaption'],
] as const;

/**
 * The calculation as it is done on paper, a line for each step: means, histories, then each pair's comparison and
 * weights with the numbers put in.
 *
 * @param explained a batch, see `explainGates`
 * @param options `digits` after the point; default 3
 */
export function gateSteps(explained: ExplainedGates, { digits = 3 } = {}): string[] {
  const number = (value: number) => shown(value, digits);
  return [
    ...SYMBOLS.map(([symbol, name]) => meanStep(explained, symbol, name, number)),
    ...SYMBOLS.map(([symbol, name]) => historyStep(explained, symbol, name, number)),
    ...explained.rows.flatMap((row, i) => pairSteps(row, i, explained.options, number)),
  ];
}

type Shown = (value: number) => string;

function meanStep(
  { rows, means }: ExplainedGates,
  symbol: 'tc' | 'xt' | 'xc',
  name: keyof GateHistory,
  number: Shown,
) {
  const terms = rows.map((row) => {
    const term = number(row[`S_${symbol}`]);
    return term.startsWith('−') ? `(${term})` : term;
  });
  return `mean S_${symbol} = (${terms.join(' + ')}) / ${rows.length} = ${number(means[name])}`;
}

function historyStep(
  { before, means, history, options: { momentum } }: ExplainedGates,
  symbol: string,
  name: keyof GateHistory,
  number: Shown,
): string {
  if (before === null)
    return `H_${symbol} = mean S_${symbol} = ${number(means[name])}, because this is the first batch`;
  const rest = Number((1 - momentum).toPrecision(12));
  return `H_${symbol} = ${momentum} · ${number(before[name])} + ${rest} · ${number(means[name])} = ${number(history[name])}`;
}

function pairSteps(
  row: GateRow,
  index: number,
  { gammaSample, gammaPair, shape, pairSwitch }: ExplainedGates['options'],
  number: Shown,
): string[] {
  const { S_tc, H_tc, W_s, W_t, W_c } = row;
  const low = row.comparison === 'S_tc < H_tc';
  const exponential = (gamma: number, similarity: number, history: number, weight: number) =>
    shape === 'threshold'
      ? `${number(weight)}, because ${number(similarity)} ${similarity < history ? '<' : '≥'} ${number(history)}`
      : `exp(${gamma} · (${number(similarity)} − ${number(history)})) = ${number(weight)}`;
  const compared = `pair ${index + 1}: S_tc = ${number(S_tc)} ${low ? '<' : '≥'} H_tc = ${number(H_tc)}, so`;
  const sample = low ? `W_s = ${exponential(gammaSample, S_tc, H_tc, W_s)}` : 'W_s = 1';
  if (pairSwitch === 'lowSamples' && W_s === 1) return [`${compared} ${sample}, and with it W_t = W_c = 1`];
  return [
    `${compared} ${sample}`,
    `  W_t = ${exponential(gammaPair, row.S_xt, row.H_xt, W_t)}`,
    `  W_c = ${exponential(gammaPair, row.S_xc, row.H_xc, W_c)}`,
    `  W_s · W_t = ${number(row['W_s × W_t'])}, W_s · W_c = ${number(row['W_s × W_c'])}`,
  ];
}

/** A real minus sign, and no minus before zero. */
function shown(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '−');
}

const COLUMNS = {
  'text and caption': ['S_tc', 'H_tc', 'S_tc − H_tc', 'W_s'],
  'picture and text': ['S_xt', 'H_xt', 'W_t'],
  'picture and caption': ['S_xc', 'H_xc', 'W_c'],
  'weights in the loss': ['W_s × W_t', 'W_s × W_c'],
} as const;

/**
 * A batch's gates as a table: a row for each pair, the columns in the order of the calculation. Where S_tc − H_tc is below
 * zero the gates weigh the pair.
 *
 * @param explained a batch, see `explainGates`
 * @param input `labels` of the pairs, default `pair 1`, `pair 2`, …; `digits` after the point, default 3
 */
export function gatesTable(
  { rows, options }: ExplainedGates,
  { labels = [], digits = 3 }: { labels?: readonly string[]; digits?: number } = {},
): Table {
  const { gammaSample, gammaPair, momentum, shape } = options;
  const gammas = shape === 'threshold' ? 'hard thresholds' : `γ_s = ${gammaSample}, γ_p = ${gammaPair}`;
  return {
    id: 'alip-gates-by-hand',
    title: 'One batch through the gates',
    labelTitle: 'Pair',
    unit: 'cosines S, histories H, weights W',
    columns: Object.entries(COLUMNS).flatMap(([group, ids]) =>
      ids.map((id): Column => ({ id, title: id, group, digits })),
    ),
    sections: [
      {
        origin: 'computed',
        title: `${rows.length} pairs`,
        source: `${gammas}, m = ${momentum}`,
        rows: rows.map((row, i) => ({
          label: labels[i] ?? `pair ${i + 1}`,
          cells: cellsOf(row, digits),
        })),
      },
    ],
    footnotes: [],
  };
}

function cellsOf(row: GateRow, digits: number): Row['cells'] {
  const ids = Object.values(COLUMNS).flat();
  return Object.fromEntries(
    ids.map((id) => {
      const value = id === 'S_tc − H_tc' ? row.S_tc - row.H_tc : row[id];
      return [id, { value, text: shown(value, digits) }];
    }),
  );
}
