import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPrompts } from '../benchmarks/publishedPrompts';
import { pixelsToFloat } from '../data';
import { type Precision, startEngine } from '../engine';
import { type StoredTensor, writeSafetensors } from '../files';
import { resolveModel } from '../inference';
import { type ClipConfig, createClip } from '../models';
import { disposeParameters } from '../nn';
import { realTexts } from './benchTexts';
import type { EmbeddingJob } from './embeddingPeer';
import { type BenchModel, openClipSizes } from './models';
import { writeJob } from './peer';
import { jpegPictures } from './pictures';
import { type BenchOptions, pythonCommand } from './processes';

/** How much there is to embed. */
export interface EmbeddingSizes {
  pictures: number;
  texts: number;
  classes: number;
  batch: number;
  textBatch: number;
}

/** The classifier's prompts are ImageNet's, of which the first classes are taken. */
const PROMPTS = 'imagenet1k';

/**
 * Makes weights, pictures and texts, and writes the job; returns its file. What is there of it is used again. The model has
 * CLIP's whole vocabulary, whatever its size.
 */
export async function embeddingJob(
  model: BenchModel,
  sizes: EmbeddingSizes,
  precisions: Precision[],
  options: BenchOptions,
): Promise<string> {
  const { work, threads } = options;
  const config: ClipConfig = {
    ...model.config,
    text: { ...model.config.text, contextLength: 77, vocabSize: 49408 },
  };
  const file = join(work, `${model.name}.json`);
  writeFileSync(file, JSON.stringify(openClipSizes(config)));
  const [weights, onnx] = [join(work, `${model.name}.safetensors`), join(work, `${model.name}-onnx`)];
  if (!existsSync(weights) || (options.transformers && !existsSync(join(onnx, 'tokenizer.json')))) {
    await makeWeights({ config, file, weights, onnx }, options);
  }
  const { batch, textBatch } = sizes;
  const pictures = await jpegPictures(join(work, 'pictures'), sizes.pictures, options.pictures);
  const { preparation } = resolveModel({ model: file, weights });
  const { channels } = preparation;
  const prepared = await Promise.all(
    pictures
      .slice(0, batch)
      .map(async (path) => pixelsToFloat(await preparation.pixels(path, path), channels)),
  );
  const pixels = join(work, `${model.name}-pictures.f32`);
  writeFileSync(pixels, Buffer.concat(prepared.map(({ buffer }) => new Uint8Array(buffer))));
  const { classes, templates } = publishedPrompts(PROMPTS);
  const job: EmbeddingJob = {
    ...{ model: file, weights, onnx, pictures, pixels, side: preparation.side },
    texts: await realTexts(sizes.texts),
    classes: classes.slice(0, sizes.classes),
    templates: templates as readonly string[],
    ...{ precisions, batch, textBatch, threads },
  };
  return writeJob(join(work, 'embedding.json'), job);
}

interface WeightsToMake {
  config: ClipConfig;
  /** The configuration's. */
  file: string;
  weights: string;
  onnx: string;
}

/** Drawn by open_clip where it is there. */
async function makeWeights(
  { config, file, weights, onnx }: WeightsToMake,
  { python, transformers }: BenchOptions,
): Promise<void> {
  if (python) {
    const more = transformers ? ['--onnx', onnx] : [];
    const [command, ...args] = pythonCommand(python, 'embedding_export.py', file, weights, ...more);
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    return;
  }
  await startEngine();
  const { parameters } = createClip(config, 0);
  const stored = [...parameters].map(([name, variable]): [string, StoredTensor] => [
    name,
    { dtype: 'F32', shape: variable.shape, data: variable.dataSync() as Float32Array },
  ]);
  writeSafetensors(weights, new Map(stored));
  disposeParameters(parameters);
}
