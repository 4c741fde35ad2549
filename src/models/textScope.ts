import { type Scope, scopeOf } from '../nn';
import type { Clip } from './clip';

/** The text tower's parameters: at the model's root, or below `text` in a model with `customText`. */
export function textScope({ config, parameters }: Clip): Scope {
  const root = scopeOf(parameters);
  return config.customText ? root.at('text') : root;
}
