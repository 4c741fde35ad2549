import type { ClipConfig } from '../../models';
import type { GroupingConfig } from '../../nn';

/**
 * A model whose attention, in both towers, is bound to groups of neighbouring tokens that grow from layer to layer: HiCLIP
 * (Geng et al., ICLR 2023). It is trained with CLIP's own loss; with DeCLIP's it is HiDeCLIP.
 */
export function withGrouping(base: ClipConfig, grouping: GroupingConfig = { links: 'learned' }): ClipConfig {
  return { ...base, vision: { ...base.vision, grouping }, text: { ...base.text, grouping } };
}

/**
 * A model with as many parameters as HiCLIP's and nothing of its idea: two more width×width matrices in each block, as a
 * wider hidden layer.
 */
export function withWiderBlocks(base: ClipConfig): ClipConfig {
  const wider = <Tower extends { mlpRatio?: number }>(tower: Tower): Tower => ({
    ...tower,
    mlpRatio: (tower.mlpRatio ?? 4) + 1,
  });
  return { ...base, vision: wider(base.vision), text: wider(base.text) };
}
