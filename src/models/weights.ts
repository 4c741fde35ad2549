import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../data';
import { nearest } from '../files/checkedJson';

/** How pictures are made ready for a model. */
export interface ImagePreparation {
  /** Of the red, green and blue of the training data, pixels from 0 to 1. */
  mean: number[];
  std: number[];
  interpolation: 'bicubic' | 'bilinear';
  /** `shortest`: the shorter side becomes the model's size and the middle is cut out. `squash`: both sides do. */
  resizeMode: 'shortest' | 'squash';
}

/** One place that a weights file can be had from. */
export interface WeightsSource {
  /** The file itself. */
  address?: string;
  /** A repository of the Hugging Face Hub; the file is at `/<repository>/resolve/main/<file>`. */
  repository?: string;
  /** A page with a button, where no program can fetch the file. */
  page?: string;
  /** The file's name; undefined where nobody here knows it. */
  file?: string;
  /** In hexadecimal digits, whole or its first eight; null until a first download has recorded it. */
  sha256: string | null;
}

/** Published weights of one model. */
export interface PublishedWeights {
  /** The architecture, as `zooConfig` takes it. */
  model: string;
  tag: string;
  /** What they were trained with: OpenAI's GELU, whatever the name says, see `ClipConfig`. */
  quickGelu: boolean;
  /** DALIP's heads beside the model, `OFFICIAL_SECOND_ORDER`. */
  secondOrder?: 'official';
  preparation: ImagePreparation;
  /** As the publisher names it; null where none is named. */
  licence: string | null;
  /** The best first: those with a checksum, then safetensors, then PyTorch's format. */
  sources: WeightsSource[];
}

/** What open_clip looks for in a repository, in this order. */
const HUB_FILES = ['open_clip_model.safetensors', 'open_clip_pytorch_model.bin'];
const QUICK = '-quickgelu';

/**
 * Where published weights are, by model and tag as in open_clip: `ViT-B-32:openai`, and `ViT-B-32:alip`, `ViT-B-16:dalip`. A
 * model's `-quickgelu` name has the tags that were trained with that activation.
 *
 * @throws when model or tag is unknown, with the tags there are
 */
export function weightsOf(name: string): PublishedWeights {
  const [model, tag = ''] = name.replaceAll('/', '-').split(':');
  const { preparations, weights } = registry();
  const tags = tagsOf(model);
  const key = tag.toLowerCase().replaceAll('-', '_');
  if (!tags.includes(key)) throw new Error(unknownWeights(model, tag, tags));
  const { preparation, quickGelu = false, sources, ...rest } = weights[baseOf(model)][key];
  return {
    model,
    tag: key,
    ...rest,
    quickGelu,
    preparation: preparations[preparation],
    sources: sources.flatMap(withHubFiles),
  };
}

/** All published weights, as `weightsOf` takes them; of one model or of all. */
export function weightNames(model?: string): string[] {
  const models = model ? [model] : Object.keys(registry().weights);
  return models.flatMap((each) => tagsOf(each).map((tag) => `${each}:${tag}`));
}

const baseOf = (model: string) => (model.endsWith(QUICK) ? model.slice(0, -QUICK.length) : model);

function tagsOf(model: string): string[] {
  const entries = Object.entries(registry().weights[baseOf(model)] ?? {});
  return entries.filter(([, { quickGelu }]) => quickGelu || !model.endsWith(QUICK)).map(([tag]) => tag);
}

function withHubFiles(source: WeightsSource): WeightsSource[] {
  return source.repository && !source.file ? HUB_FILES.map((file) => ({ ...source, file })) : [source];
}

function unknownWeights(model: string, tag: string, tags: string[]): string {
  if (tags.length === 0) {
    const near = nearest(model, Object.keys(registry().weights));
    const hint = near ? `did you mean "${near}"?` : 'weightNames() lists those there are.';
    return `No published weights of a model "${model}" are known here; ${hint}`;
  }
  const wanted = tag ? `weights "${tag}"` : 'a tag';
  return `Expected ${tag ? 'known ' : ''}${wanted} of ${model}${tag ? '' : ' behind a colon'}; there are ${tags.join(', ')}.`;
}

/** `data/models/weights.json`. */
interface Registry {
  preparations: Record<string, ImagePreparation>;
  weights: Record<string, Record<string, Entry>>;
}

type Entry = Omit<PublishedWeights, 'model' | 'tag' | 'preparation' | 'quickGelu'> & {
  preparation: string;
  quickGelu?: boolean;
};

let loaded: Registry | undefined;

function registry(): Registry {
  loaded ??= JSON.parse(
    readFileSync(join(projectRoot(), 'data', 'models', 'weights.json'), 'utf8'),
  ) as Registry;
  return loaded;
}
