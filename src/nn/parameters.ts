import type * as tf from '@tensorflow/tfjs-core';

/** A model's tensors under their published (PyTorch state-dict) names; running statistics are not trainable. */
export type Parameters = Map<string, tf.Variable>;

/** A view of the parameters below one prefix: `scope('attn.in_proj_weight')` is the tensor, `scope.at('attn')` a view. */
export interface Scope {
  (name: string): tf.Variable;
  at(path: string | number): Scope;
  has(name: string): boolean;
  /** Every parameter below the prefix. */
  all(): tf.Variable[];
  /** The prefix, with its closing dot; empty at the root. */
  prefix: string;
}

/** @throws when a name that is asked for does not exist, naming it and its nearest neighbours. */
export function scopeOf(parameters: Parameters, prefix = ''): Scope {
  const scope = ((name: string) => {
    const variable = parameters.get(prefix + name);
    if (!variable) throw new Error(missing(parameters, prefix + name));
    return variable;
  }) as Scope;
  scope.at = (path) => scopeOf(parameters, `${prefix}${path}.`);
  scope.has = (name) => parameters.has(prefix + name);
  scope.all = () =>
    [...parameters].filter(([name]) => name.startsWith(prefix)).map(([, variable]) => variable);
  scope.prefix = prefix;
  return scope;
}

function missing(parameters: Parameters, name: string): string {
  const parent = name.slice(0, name.lastIndexOf('.') + 1);
  const siblings = [...parameters.keys()].filter((key) => key.startsWith(parent)).slice(0, 4);
  const hint = siblings.length ? `; beside it there are ${siblings.join(', ')}` : '';
  return `The model has no parameter "${name}"${hint}.`;
}

/** Those that gradients change. */
export function trainable(parameters: Parameters): Parameters {
  return new Map([...parameters].filter(([, variable]) => variable.trainable));
}

/** How many numbers the trainable parameters hold. */
export function countParameters(parameters: Parameters): number {
  let count = 0;
  for (const variable of trainable(parameters).values()) count += variable.size;
  return count;
}

/** Frees every tensor of a model and empties its map. */
export function disposeParameters(parameters: Parameters): void {
  for (const variable of parameters.values()) variable.dispose();
  parameters.clear();
}
