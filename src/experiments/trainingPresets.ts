import { ALIP_CLIP_PAPER, ALIP_PAPER } from './alipPaper';
import { CLIP_PAPER, DALIP_PAPER } from './dalipPaper';
import type { TrainingPreset } from './presetOrigins';

/** Published runs at their published size, for `clipbook train --preset`. */
export const TRAINING_PRESETS: readonly TrainingPreset[] = [
  DALIP_PAPER,
  CLIP_PAPER,
  ALIP_PAPER,
  ALIP_CLIP_PAPER,
];

/** @throws when no preset has this id, naming those there are */
export function findPreset(id: string): TrainingPreset {
  const found = TRAINING_PRESETS.find((preset) => preset.id === id);
  if (found) return found;
  const ids = TRAINING_PRESETS.map((preset) => preset.id);
  throw new Error(`There is no preset "${id}"; there are ${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}.`);
}
