import type { DataConfig, Recipe, TrainingConfig } from '../training';

/** Where a number comes from; `ours` marks what none of a method's published sources says. */
export type OriginKind = 'paper' | 'readme' | 'official code' | 'ours';

/** One setting of a preset, or one assumption beside its settings. */
export interface Origin {
  /** The place in the configuration, such as `recipe.learningRate`; a place above others stands for them all. */
  place: string;
  from: OriginKind;
  reason: string;
}

/** A training configuration that only lacks its shards and its start; an absent warm-up is the schedule's default. */
export interface TrainingPreset {
  id: string;
  title: string;
  settings: Omit<TrainingConfig, 'name' | 'data' | 'start' | 'recipe'> & {
    data: Omit<DataConfig, 'shards' | 'sources' | 'folder' | 'captions' | 'pictureSize'>;
    recipe: Omit<Recipe, 'warmupSteps'> & Partial<Pick<Recipe, 'warmupSteps'>>;
  };
  /** What the origins rest on, in a sentence. */
  basis: string;
  origins: readonly Origin[];
}

/** A preset's origins as text: each place with its value, where that comes from, and why. */
export function describePreset({ title, settings, basis, origins }: TrainingPreset): string {
  const lines = origins.map(({ place, from, reason }) => {
    const value = place
      .split('.')
      .reduce<unknown>((part, key) => (part as Record<string, unknown>)?.[key], settings);
    const shown = value === undefined ? '' : ` = ${JSON.stringify(value)}`;
    return `${place}${shown}\n    ${from}: ${reason}`;
  });
  return [title, basis, '', ...lines].join('\n');
}
