import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../data';
import { nearest, readJson } from '../files/checkedJson';
import type { ClipConfig } from './config';
import { openClipConfig } from './openClipConfig';

const folder = () => join(projectRoot(), 'data', 'models', 'configs');

/** The names of all models whose architecture is known here, open_clip's, in the order of their letters. */
export function modelNames(): string[] {
  return readdirSync(folder())
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/**
 * The configuration of a model by open_clip's name (`ViT-B-32`, also written `ViT-B/32`), or of a file in open_clip's format
 * (any path that ends in `.json`).
 *
 * @example createClip(zooConfig('RN50'), 1)
 * @throws when there is no such model, with those that come near; when a file says what cannot be built, naming the field
 */
export function zooConfig(model: string): ClipConfig {
  if (model.endsWith('.json')) return readJson(model, openClipConfig);
  const name = model.replaceAll('/', '-');
  const names = modelNames();
  if (!names.includes(name)) throw new Error(unknownModel(name, names));
  return readJson(join(folder(), `${name}.json`), openClipConfig);
}

function unknownModel(name: string, names: string[]): string {
  const [family] = name.split(/(?<=\d)-|:/);
  const near = nearest(name, names);
  const alike = names.filter((known) => known === near || known.startsWith(family)).slice(0, 6);
  const hint = alike.length
    ? `near it are ${alike.join(', ')}`
    : 'modelNames() lists those there are, and a path ending in .json is read as a file';
  return `There is no model "${name}"; ${hint}.`;
}
