import type { AttentionWeights, Scope } from '../../src/nn';

/** An attention's weights under PyTorch's names. */
export function attentionWeights(scope: Scope): AttentionWeights {
  return {
    inWeight: scope('in_proj_weight'),
    inBias: scope('in_proj_bias'),
    outWeight: scope('out_proj.weight'),
  };
}
