import { flag, isObject, number, object, oneOf, optional, type Reader } from '../../files/checkedJson';
import type { KeptTokens, UniclipOptions } from '../../losses';
import type { ClipConfig } from '../../models';
import type { GroupingConfig } from '../../nn';
import { clipObjective, type Objective } from '../objectives';
import { manySightsObjective } from './contrast';
import {
  type DeclipConfig,
  type DeclipName,
  declipOf,
  declipSection,
  groupingSection,
  withDeclipParts,
} from './declipSettings';
import { AUGMENTATION_SIZES, sizesFor, VIEWS, type ViewName, viewFor } from './defaults';
import { filipObjective, withTokenMaps } from './filip';
import { withGrouping } from './hiclip';
import { slipObjective, withSimclr } from './slip';
import { uniclipObjective, withUniclipHeads } from './uniclip';

/** A comparison system as a configuration has it, complete; see the system's options for what they mean. */
export type SystemConfig =
  | SlipConfig
  | FilipConfig
  | DeclipConfig<'declip'>
  | DeclipConfig<'defilip'>
  | UniclipConfig
  | HiclipConfig
  | DeclipConfig<'hideclip'>
  | MultiViewConfig;

interface SlipConfig {
  name: 'slip';
  weight: number;
  temperature: number;
  view: ViewName;
  head: { hidden: number; output: number };
}

interface FilipConfig {
  name: 'filip';
  /** Channels in which tokens are compared. */
  width: number;
  aggregate: 'mean' | 'sum';
  keep?: KeptTokens;
}

interface UniclipConfig extends Required<UniclipOptions> {
  name: 'uniclip';
  view: ViewName;
  /** Sizes of the augmentation encoder. */
  head: { width: number; hidden: number };
}

interface HiclipConfig {
  name: 'hiclip';
  grouping: GroupingConfig;
}

interface MultiViewConfig {
  name: 'multi-view';
  view: ViewName;
  edited: boolean;
}

/** One system: how its settings are read, what it adds to a model, and what is trained. */
interface System<Config> {
  read(value: unknown, place: string, model: ClipConfig): Config;
  parts(base: ClipConfig, config: Config): ClipConfig;
  objective(config: Config, model: ClipConfig): Objective;
}

const count = number({ whole: true, from: 1 });
const viewName = oneOf(Object.keys(VIEWS) as ViewName[]);

const keptTokens: Reader<KeptTokens> = (value, place) => {
  return isObject(value) && 'share' in value
    ? object({ share: number({ above: 0, to: 1 }) })(value, place)
    : object({ count })(value, place);
};

const SLIP: System<SlipConfig> = {
  read: (value, place, model) =>
    object({
      name: oneOf(['slip']),
      weight: optional(number({ above: 0 }), 1),
      temperature: optional(number({ above: 0 }), 0.1),
      view: optional(viewName, viewFor(model)),
      head: optional(object({ hidden: count, output: count }), sizesFor(model).simclr),
    })(value, place),
  parts: (base, { head }) => withSimclr(base, head),
  objective: ({ weight, temperature, view }) => slipObjective({ weight, temperature, view: VIEWS[view] }),
};

const FILIP: System<FilipConfig> = {
  read: (value, place, model) =>
    object({
      name: oneOf(['filip']),
      width: optional(count, sizesFor(model).tokens.width),
      aggregate: optional(oneOf(['mean', 'sum']), 'mean' as const),
      keep: optional(keptTokens),
    })(value, place),
  parts: (base, { width }) => withTokenMaps(base, { width }),
  objective: ({ aggregate, keep }) => filipObjective({ aggregate, keep }),
};

const UNICLIP: System<UniclipConfig> = {
  read: (value, place, model) =>
    object({
      name: oneOf(['uniclip']),
      similarity: optional(oneOf(['domain', 'shared']), 'domain' as const),
      denominator: optional(oneOf(['onePositive', 'allPositives']), 'onePositive' as const),
      sameDomainNegatives: optional(flag, true),
      view: optional(viewName, viewFor(model)),
      head: optional(object({ width: count, hidden: count }), AUGMENTATION_SIZES),
    })(value, place),
  parts: (base, { head }) => withUniclipHeads(base, head),
  objective: ({ view, similarity, denominator, sameDomainNegatives }) =>
    uniclipObjective({ view: VIEWS[view], similarity, denominator, sameDomainNegatives }),
};

const HICLIP: System<HiclipConfig> = {
  read: object({
    name: oneOf(['hiclip']),
    grouping: optional(groupingSection, { links: 'learned' } as const),
  }),
  parts: (base, { grouping }) => withGrouping(base, grouping),
  objective: () => ({ ...clipObjective(), name: 'HiCLIP-style' }) as Objective,
};

const MULTI_VIEW: System<MultiViewConfig> = {
  read: (value, place, model) =>
    object({
      name: oneOf(['multi-view']),
      view: optional(viewName, viewFor(model)),
      edited: optional(flag, true),
    })(value, place),
  parts: (base) => base,
  objective: ({ view, edited }) => manySightsObjective({ views: [VIEWS[view], VIEWS[view]], edited }),
};

function declipFamily<Name extends DeclipName>(name: Name): System<DeclipConfig<Name>> {
  return { read: declipSection(name), parts: withDeclipParts, objective: declipOf };
}

const SYSTEMS: { [Name in SystemConfig['name']]: System<Extract<SystemConfig, { name: Name }>> } = {
  slip: SLIP,
  filip: FILIP,
  declip: declipFamily('declip'),
  defilip: declipFamily('defilip'),
  uniclip: UNICLIP,
  hiclip: HICLIP,
  hideclip: declipFamily('hideclip'),
  'multi-view': MULTI_VIEW,
};

export const SYSTEM_NAMES = Object.keys(SYSTEMS) as SystemConfig['name'][];

const systemOf = (name: SystemConfig['name']) => SYSTEMS[name] as System<SystemConfig>;

/**
 * A system's settings with their defaults: the published sizes and views where the model is large, small ones otherwise.
 *
 * @throws {ValueError} naming the place of the first mistake
 */
export function readSystem(
  name: SystemConfig['name'],
  value: unknown,
  place: string,
  model: ClipConfig,
): SystemConfig {
  return systemOf(name).read(value, place, model);
}

/** A model with the system's parts. */
export function withSystemParts(base: ClipConfig, config: SystemConfig): ClipConfig {
  return systemOf(config.name).parts(base, config);
}

/** What the system trains, on a model with its parts. */
export function systemObjective(config: SystemConfig, model: ClipConfig): Objective {
  return systemOf(config.name).objective(config, model);
}
