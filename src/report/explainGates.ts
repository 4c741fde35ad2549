import { ALIP_GATES, type GateHistory, type GateOptions } from '../losses/alipGates';

/** Similarities of a batch as plain numbers: one for each pair in every list. */
export type PlainSimilarities = Readonly<Record<keyof GateHistory, readonly number[]>>;

/** One pair's way through the gates, in the paper's symbols, so that a row can be read beside its equations. */
export interface GateRow {
  S_tc: number;
  S_xt: number;
  S_xc: number;
  H_tc: number;
  H_xt: number;
  H_xc: number;
  /** Is the text–caption similarity below its history? Only then does the pair gate weigh anything (Eq. 4). */
  comparison: 'S_tc < H_tc' | 'S_tc ≥ H_tc';
  W_s: number;
  W_t: number;
  W_c: number;
  /** The weight of the raw text's loss. */
  'W_s × W_t': number;
  /** The weight of the caption's loss. */
  'W_s × W_c': number;
}

/** A batch's gates with everything that led to them. */
export interface ExplainedGates {
  /** The histories before this batch; null where it is the first. */
  before: GateHistory | null;
  means: GateHistory;
  /** After this batch: what the pairs are compared with. */
  history: GateHistory;
  rows: GateRow[];
  /** The options with what was left out filled in. */
  options: Required<ExplainedOptions>;
}

/** The options of the gates that a calculation by hand knows. */
export type ExplainedOptions = Omit<GateOptions, 'use' | 'placebo'>;

/**
 * ALIP's gates of one batch (Yang et al. 2023, Eq. 2–5), computed in plain double-precision numbers, without tensors, in
 * the order of the calculation: the batch's means, the histories moved towards them, the comparison, the weights. Equal
 * to `openGates`, to be followed with a pencil.
 *
 * @param history the means so far, null before the first batch
 * @throws when there are no pairs or the lists have not all the same length
 */
export function explainGates(
  similarities: PlainSimilarities,
  history: GateHistory | null,
  options: ExplainedOptions = {},
): ExplainedGates {
  const chosen = resolve(options);
  const { textCaption, imageText, imageCaption } = similarities;
  const lengths = [textCaption.length, imageText.length, imageCaption.length];
  if (lengths[0] === 0 || new Set(lengths).size > 1) {
    throw new Error(`Expected as many similarities of each kind, at least one, got ${lengths.join(', ')}.`);
  }

  const means = ofEach((name) => sum(similarities[name]) / lengths[0]);
  const { momentum: m } = chosen;
  const updated = history ? ofEach((name) => m * history[name] + (1 - m) * means[name]) : means;
  const rows = textCaption.map((_, i) =>
    rowOf(
      ofEach((name) => similarities[name][i]),
      updated,
      chosen,
    ),
  );
  return { before: history, means, history: updated, rows, options: chosen };
}

function resolve(options: ExplainedOptions): Required<ExplainedOptions> {
  const { gammaSample, gammaPair, momentum, shape, pairSwitch } = { ...ALIP_GATES, ...options };
  return { gammaSample, gammaPair, momentum, shape, pairSwitch };
}

function rowOf(
  own: GateHistory,
  history: GateHistory,
  { gammaSample, gammaPair, shape, pairSwitch }: Required<ExplainedOptions>,
): GateRow {
  const open = (difference: number, gamma: number) => {
    if (shape === 'threshold') return difference < 0 ? 0 : 1;
    return Math.exp(gamma * difference);
  };
  const difference = ofEach((name) => own[name] - history[name]);
  const below = difference.textCaption < 0;
  const sample = below ? open(difference.textCaption, gammaSample) : 1;
  const weighed = pairSwitch === 'everySample' || sample < 1;
  const text = weighed ? open(difference.imageText, gammaPair) : 1;
  const caption = weighed ? open(difference.imageCaption, gammaPair) : 1;
  return {
    S_tc: own.textCaption,
    S_xt: own.imageText,
    S_xc: own.imageCaption,
    H_tc: history.textCaption,
    H_xt: history.imageText,
    H_xc: history.imageCaption,
    comparison: below ? 'S_tc < H_tc' : 'S_tc ≥ H_tc',
    W_s: sample,
    W_t: text,
    W_c: caption,
    'W_s × W_t': sample * text,
    'W_s × W_c': sample * caption,
  };
}

function ofEach(value: (name: keyof GateHistory) => number): GateHistory {
  return {
    textCaption: value('textCaption'),
    imageText: value('imageText'),
    imageCaption: value('imageCaption'),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
