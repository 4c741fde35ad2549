import type { PictureSource } from '../data';
import { type Precision, startEngine } from '../engine';
import { classWeights, concatEmbeddings, type Embeddings, toEmbeddings } from '../evaluation';
import { type OpenWeightsOptions, openWeights } from '../files';
import type { FetchOptions } from '../files/fetchFirst';
import type { Clip, ClipConfig } from '../models';
import { fetchTokenizer, fetchWeights } from '../models/fetchWeights';
import { disposeParameters } from '../nn';
import { createTokenizer, readPretrainedTokenizer, type TextTokenizer } from '../text';
import { type Arithmetic, arithmeticIn } from './arithmetic';
import { encodeLines } from './encodeLines';
import {
  type EncodedBatch,
  type EncodedInput,
  encodePictures,
  type NamedPicture,
  type PictureOptions,
} from './encodePictures';
import { type LabelProbability, labelProbabilities, rankLabels } from './labels';
import { type ClipSource, type ResolvedModel, resolveModel } from './modelSource';
import type { Preparation } from './pictures';
import { readModel } from './readModel';

/** A model that is ready for pictures and texts. Embeddings are rows of unit length. */
export interface LoadedClip {
  config: ClipConfig;
  /** The parameters, for whoever wants to look inside. */
  model: Clip;
  preparation: Preparation;
  arithmetic: Arithmetic;
  /** The file its weights were read from. */
  weightsFile: string;
  /**
   * A row for each picture, in their order; `inputs` says which have none where damaged ones are skipped.
   * @throws BadSampleError at a damaged picture, unless they are skipped
   */
  encodeImages(pictures: readonly PictureSource[], options?: PictureOptions): Promise<EncodedPictures>;
  /** The same for any number of pictures, a batch at a time. */
  encodePictures(pictures: Pictures, options?: PictureOptions): AsyncGenerator<EncodedBatch>;
  /** A row for each text. */
  encodeTexts(texts: readonly string[]): Promise<Embeddings>;
  /** The same for any number of texts, a batch at a time. */
  encodeLines(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<EncodedBatch>;
  /** A row for each label: the mean of its prompts, of unit length. */
  encodeLabels(labels: readonly string[], options?: LabelOptions): Promise<Embeddings>;
  /** The labels with their probabilities for a picture, the likeliest first; see `labelProbabilities`. */
  classify(
    picture: PictureSource,
    labels: readonly string[],
    options?: LabelOptions,
  ): Promise<LabelProbability[]>;
  /** Frees the parameters. */
  dispose(): void;
}

export type Pictures = AsyncIterable<NamedPicture> | Iterable<NamedPicture>;

export interface EncodedPictures extends Embeddings {
  /** Each picture, with its error where it has no row; bytes are called by their place. */
  inputs: EncodedInput[];
}

export interface LabelOptions {
  /** Prompts with `{}` in the label's place. Default the label alone, as in open_clip's examples. */
  templates?: readonly string[];
}

export interface LoadClipOptions extends OpenWeightsOptions {
  /**
   * Of the towers' matrix products, default `f32`. `bf16` takes half the time where the processor multiplies 16 bits, and
   * changes an embedding's direction by a cosine of about 1e-4; see `withPrecision`.
   */
  precision?: Precision;
  /** How published files that are not in the cache are fetched: cache folder, mirror, progress, … */
  fetch?: FetchOptions;
}

/**
 * Loads a model with trained weights, whatever their format: open_clip's, OpenAI's, or clipbook's own. Published weights
 * come from the cache folder, or from the web.
 *
 * ```ts
 * const clip = await loadClip('ViT-B-32:openai');
 * const { rows, values } = await clip.encodeImages(['cat.jpg', 'dog.png']);
 * await clip.classify('cat.jpg', ['a cat', 'a dog']); // [{ label, probability }, …], the likeliest first
 * ```
 *
 * @param source a model with its tag, a run of clipbook, or more; see `ClipSource`
 * @throws as `resolveModel`, `openWeights` and `readModel` do
 */
export async function loadClip(
  source: string | ClipSource,
  options: LoadClipOptions = {},
): Promise<LoadedClip> {
  await startEngine();
  const resolved = resolveModel(typeof source === 'string' ? { model: source } : source);
  const path = await weightsPath(resolved, options);
  const file = await openWeights(path, options);
  try {
    return doorOf(readModel(resolved.config, file), path, resolved, options);
  } finally {
    file.close();
  }
}

async function weightsPath({ weights }: ResolvedModel, { fetch }: LoadClipOptions): Promise<string> {
  return 'path' in weights ? weights.path : (await fetchWeights(weights.published, fetch)).path;
}

function doorOf(
  model: Clip,
  weightsFile: string,
  resolved: ResolvedModel,
  options: LoadClipOptions,
): LoadedClip {
  const { config, preparation } = resolved;
  const arithmetic = arithmeticIn(options.precision ?? 'f32');
  let opened: Promise<TextTokenizer> | undefined;
  const tokenizer = () => {
    opened ??= openTokenizer(resolved, options);
    return opened;
  };
  const clip: LoadedClip = {
    config,
    model,
    preparation,
    arithmetic,
    weightsFile,
    async encodeImages(pictures, options) {
      const named = pictures.map((image, place) => ({ key: keyOf(image, place), image }));
      const batches = await collect(clip.encodePictures(named, options));
      return { ...joined(batches, config), inputs: batches.flatMap(({ inputs }) => inputs) };
    },
    encodePictures: (pictures, options) => encodePictures(model, preparation, pictures, options, arithmetic),
    encodeTexts: async (texts) => joined(await collect(clip.encodeLines(texts)), config),
    async *encodeLines(texts) {
      yield* encodeLines(model, await tokenizer(), texts, arithmetic);
    },
    encodeLabels: (labels, { templates = ['{}'] } = {}) => classWeights(clip.encodeTexts, labels, templates),
    async classify(picture, labels, options) {
      const classes = await clip.encodeLabels(labels, options);
      const image = await clip.encodeImages([picture]);
      return rankLabels(labels, labelProbabilities(model, image, classes)[0]);
    },
    dispose: () => {
      arithmetic.dispose();
      disposeParameters(model.parameters);
    },
  };
  return clip;
}

/** CLIP's own, or that of the model's files; these are looked for when the first text comes. */
async function openTokenizer(
  { config, tokenizer }: ResolvedModel,
  { fetch }: LoadClipOptions,
): Promise<TextTokenizer> {
  const { hfTokenizerName: repository, contextLength } = config.text;
  if (!repository) return createTokenizer(config.text);
  return readPretrainedTokenizer(tokenizer ?? (await fetchTokenizer(repository, fetch)), { contextLength });
}

function keyOf(picture: PictureSource, place: number): string {
  return typeof picture === 'string' ? picture : `picture ${place}`;
}

function joined(batches: readonly EncodedBatch[], { embedDim }: ClipConfig): Embeddings {
  if (batches.length === 0) return toEmbeddings([], embedDim);
  return concatEmbeddings(batches.map(({ embeddings }) => embeddings));
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
