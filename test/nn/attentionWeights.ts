import type { AttentionWeights, Scope } from '../../src/nn';

/** An attention's weights under PyTorch's names. */
export function attentionWeights(scope: Scope): AttentionWeights {
  return {
    inWeight: scope('in_proj_weight'),
    inBias: scope('in_proj_bias'),
  };
}

/** The first row of each sample, and the number of all rows behind them. */
export function startsOf(lengths: readonly number[]): number[] {
  const starts = [0];
  for (const length of lengths) starts.push(starts[starts.length - 1] + length);
  return starts;
}
