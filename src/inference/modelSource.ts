import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { projectRoot, readPreprocessConfig } from '../data';
import {
  type ClipConfig,
  type ImagePreparation,
  OFFICIAL_SECOND_ORDER,
  weightNames,
  weightsOf,
  zooConfig,
} from '../models';
import { ownPreparation, type Preparation, publishedPreparation } from './pictures';
import { openOwnRun } from './runSource';

/** Which model, and where its files are if they are not the published ones. */
export interface ClipSource {
  /**
   * One of: a published model with its tag (`ViT-B-32:openai`); a model's name (`ViT-B-32`) or a file in open_clip's format
   * (`mine.json`), both with `weights`; a folder that Hugging Face's Hub was copied to, with `open_clip_config.json`; a run of
   * clipbook (`results/train/runs/NAME`) or one of its checkpoints; `pictograms`, a small model that comes along.
   */
  model: string;
  /** A file of weights, see `openWeights`; default the tag's, or what lies in the folder. */
  weights?: string;
  /** A folder with `tokenizer.json` and `tokenizer_config.json`, for models that have not CLIP's tokenizer. */
  tokenizer?: string;
}

/** What a source comes to. */
export interface ResolvedModel {
  config: ClipConfig;
  preparation: Preparation;
  /** The file of weights, or the name they are published under. */
  weights: { path: string } | { published: string };
  /** The folder of the tokenizer's files, where the model has one of its own and they are at hand. */
  tokenizer?: string;
}

/** The folder in `data/` of the model that comes along, and the name it is called by. */
const EMBEDDED = { name: 'pictograms', folder: 'pictogram-clip' };

const HUB_CONFIG = 'open_clip_config.json';
const HUB_WEIGHTS = [
  'open_clip_model.safetensors',
  'open_clip_model.safetensors.index.json',
  'open_clip_pytorch_model.bin',
];

/**
 * What is known of a model before its weights are opened. Activation and preparation are the tag's. Without a tag the
 * activation is the name's, and the preparation the one that all published weights of the model share, else OpenAI's.
 *
 * @throws when there is no such model or tag, with those that come near; when no weights are given where they must be
 */
export function resolveModel({ model, weights, tokenizer }: ClipSource): ResolvedModel {
  const resolved = findModel(model, weights);
  const own = tokenizer ?? ('path' in resolved.weights ? tokenizerBeside(resolved.weights.path) : undefined);
  return { ...resolved, tokenizer: own };
}

function findModel(name: string, weights: string | undefined): ResolvedModel {
  const model = name === EMBEDDED.name ? join(projectRoot(), 'data', EMBEDDED.folder) : name;
  const copied = join(model, HUB_CONFIG);
  if (existsSync(copied)) return fromFile(copied, weights ?? weightsIn(model));
  const run = openOwnRun(model);
  if (run) {
    const { config, pictureSize } = run;
    return { config, preparation: ownPreparation(pictureSize), weights: { path: weights ?? run.weights } };
  }
  if (model.endsWith('.json')) return fromFile(model, weights ?? missingWeights(model));
  if (model.includes(':')) return fromTag(model, weights);
  const config = zooConfig(model);
  const path = weights ?? missingWeights(model);
  return { config, preparation: published(config, sharedPreparation(model)), weights: { path } };
}

function fromTag(name: string, path: string | undefined): ResolvedModel {
  const { model, tag, quickGelu, secondOrder, preparation } = weightsOf(name);
  const { quickGelu: _, ...sizes } = zooConfig(model);
  const config: ClipConfig = {
    ...sizes,
    ...(quickGelu && { quickGelu }),
    ...(secondOrder && { secondOrder: OFFICIAL_SECOND_ORDER }),
  };
  const weights = path ? { path } : { published: `${model}:${tag}` };
  return { config, preparation: published(config, preparation), weights };
}

/** A model of open_clip's format; beside published weights the file also says how pictures are prepared. */
function fromFile(file: string, path: string): ResolvedModel {
  const config = zooConfig(file);
  const { preprocess_cfg: found } = JSON.parse(readFileSync(file, 'utf8'));
  return { config, preparation: preparationOf(config, found), weights: { path } };
}

function published(config: ClipConfig, preparation?: ImagePreparation): Preparation {
  return preparationOf(config, preparation && { ...preparation, resize_mode: preparation.resizeMode });
}

/** @param found open_clip's `preprocess_cfg`; what it leaves open is OpenAI's */
function preparationOf({ vision }: ClipConfig, found: Record<string, unknown> = {}): Preparation {
  const size = vision.imageSize;
  return publishedPreparation({ ...readPreprocessConfig({ ...found, size }), size });
}

function sharedPreparation(model: string): ImagePreparation | undefined {
  const [first, ...others] = weightNames(model.replaceAll('/', '-')).map(
    (name) => weightsOf(name).preparation,
  );
  return others.every((other) => isDeepStrictEqual(other, first)) ? first : undefined;
}

function weightsIn(folder: string): string {
  const found = HUB_WEIGHTS.map((name) => join(folder, name)).find(existsSync);
  if (found) return found;
  throw new Error(
    `Expected weights in "${folder}", one of ${HUB_WEIGHTS.join(', ')}; fetch the file, or name it.`,
  );
}

function missingWeights(model: string): never {
  const tags = model.endsWith('.json') ? [] : weightNames(model.replaceAll('/', '-'));
  const published = tags.length > 0 ? `, or name published ones: ${tags.slice(0, 6).join(', ')}` : '';
  throw new Error(`Expected weights for "${model}"; give a file of them${published}.`);
}

function tokenizerBeside(path: string): string | undefined {
  const folder = dirname(path);
  return existsSync(join(folder, 'tokenizer.json')) ? folder : undefined;
}
