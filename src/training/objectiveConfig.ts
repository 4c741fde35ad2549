import { flag, isObject, list, number, object, oneOf, optional, type Reader } from '../files/checkedJson';
import type { ClipConfig } from '../models';
import { type AlipOptions, alipObjective } from './alipObjective';
import { clipObjective, dalipObjective, type Objective } from './objectives';
import { readSystem, SYSTEM_NAMES, type SystemConfig, systemObjective, withSystemParts } from './systems';

/** What a run trains for, and its options. */
export type ObjectiveConfig =
  | { name: 'clip' }
  | { name: 'dalip'; alpha: number }
  | ({ name: 'alip' } & AlipOptions)
  | SystemConfig;

type OwnConfig = Exclude<ObjectiveConfig, SystemConfig>;

const readGates = object({
  gammaSample: optional(number({ from: 0 })),
  gammaPair: optional(number({ from: 0 })),
  momentum: optional(number({ from: 0, to: 1 })),
  shape: optional(oneOf(['exponential', 'threshold'])),
  pairSwitch: optional(oneOf(['lowSamples', 'everySample'])),
  use: optional(list(oneOf(['sample', 'imageText', 'imageCaption']))),
  placebo: optional(oneOf(['shuffled', 'rescaled'])),
});

const READ_OWN: Record<OwnConfig['name'], Reader<OwnConfig>> = {
  clip: object({ name: oneOf(['clip']) }),
  dalip: object({ name: oneOf(['dalip']), alpha: optional(number({ from: 0, to: 1 }), 0.5) }),
  alip: object({
    name: oneOf(['alip']),
    gated: optional(flag, true),
    historyStart: optional(oneOf(['one', 'firstBatch']), 'one' as const),
    variant: optional(oneOf(['official', 'paper'])),
    gates: optional(readGates),
  }),
};

const OWN_NAMES = Object.keys(READ_OWN) as OwnConfig['name'][];

/**
 * An objective by name, or with options; what is left out has its default, which may depend on the model.
 *
 * @throws {ValueError} naming the place of the first mistake
 */
export function readObjective(value: unknown, place: string, model: ClipConfig): ObjectiveConfig {
  const given = isObject(value) ? value : { name: value };
  const namePlace = isObject(value) ? `${place}.name` : place;
  const name = oneOf([...OWN_NAMES, ...SYSTEM_NAMES])(given.name, namePlace);
  return isSystemName(name) ? readSystem(name, given, place, model) : READ_OWN[name](given, place);
}

/** A model with the parts that the objective trains beside the towers; DALIP's heads are the model's own. */
export function withParts(base: ClipConfig, config: ObjectiveConfig): ClipConfig {
  return isSystem(config) ? withSystemParts(base, config) : base;
}

/** @param model with the objective's parts */
export function createObjective(config: ObjectiveConfig, model: ClipConfig): Objective {
  if (isSystem(config)) return systemObjective(config, model);
  if (config.name === 'dalip') return dalipObjective(config);
  if (config.name === 'alip') return alipObjective(config);
  return clipObjective();
}

function isSystem(config: ObjectiveConfig): config is SystemConfig {
  return isSystemName(config.name);
}

function isSystemName(name: ObjectiveConfig['name']): name is SystemConfig['name'] {
  return (SYSTEM_NAMES as readonly string[]).includes(name);
}
