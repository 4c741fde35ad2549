import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expandShards } from '../../src/data';
import { isPictureName } from '../../src/data/pictureNames';
import { projectRoot } from '../../src/data/projectRoot';
import { readTarMembers } from '../../src/files/tarMembers';
import { folderPictures, resolveModel } from '../../src/inference';
import type { EmbeddingJob } from './embeddingPeer';

export interface JobOptions {
  /** Where everything is made; what is there already is used again. */
  work: string;
  model: string;
  /** A Python with torch and open_clip_torch. */
  python: string;
  /** Whether the weights are wanted as ONNX, too. */
  onnx: boolean;
  /** A folder of pictures; default the flower photographs, or else the embedded pictograms. */
  pictures?: string;
  /** How many pictures and texts. */
  count: number;
  textCount: number;
  batch: number;
  textBatch: number;
  threads: number;
}

const FLOWERS = join(projectRoot(), '..', 'shared', 'data', 'flower_photos-128.tar');

/** Makes weights, pictures and captions, and writes the job. Returns its file with it. */
export async function prepareJob(options: JobOptions): Promise<{ path: string; job: EmbeddingJob }> {
  const { work, model, batch, textBatch, threads } = options;
  mkdirSync(work, { recursive: true });
  const [weights, onnx] = [join(work, 'weights.safetensors'), join(work, 'transformers')];
  if (!existsSync(weights) || (options.onnx && !existsSync(join(onnx, 'tokenizer.json'))))
    makeWeights(options);
  const pictures = await makePictures(options);
  const { preparation } = resolveModel({ model, weights });
  const prepared = await Promise.all(pictures.slice(0, batch).map((path) => preparation.prepare(path, path)));
  const pixels = join(work, 'pixels.f32');
  writeFileSync(pixels, Buffer.concat(prepared.map(({ buffer }) => new Uint8Array(buffer))));
  const texts = captions(options.textCount);
  const { side } = preparation;
  const job = { model, weights, onnx, pictures, pixels, side, texts, batch, textBatch, threads };
  const path = join(work, 'job.json');
  writeFileSync(path, JSON.stringify(job));
  return { path, job };
}

function makeWeights({ python, work, model, onnx }: JobOptions): void {
  const script = join(__dirname, 'embedding_export.py');
  const args = ['-W', 'ignore', script, work, '--model', model, ...(onnx ? ['--onnx'] : [])];
  execFileSync(python, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** JPEG files of 500 by 375 pixels. */
async function makePictures({ work, pictures, count }: JobOptions): Promise<string[]> {
  const folder = join(work, 'pictures');
  mkdirSync(folder, { recursive: true });
  const paths: string[] = [];
  for await (const picture of picturesFrom(pictures)) {
    const path = join(folder, `${String(paths.length).padStart(4, '0')}.jpg`);
    const scaled = sharp(picture).resize(500, 375).flatten({ background: 'white' });
    await scaled.jpeg({ quality: 90 }).toFile(path);
    if (paths.push(path) === count) return paths;
  }
  throw new Error(`Expected at least ${count} pictures, but there are ${paths.length}; ask for fewer.`);
}

/** Encoded pictures, or their paths. */
async function* picturesFrom(folder: string | undefined): AsyncGenerator<string | Buffer> {
  if (folder) {
    for (const { image } of folderPictures(folder)) yield image as string;
    return;
  }
  const pictograms = join(projectRoot(), 'data', 'pictograms', 'train-*.tar*');
  for (const archive of existsSync(FLOWERS) ? [FLOWERS] : expandShards(pictograms)) {
    for await (const { name, content } of readTarMembers(archive)) if (isPictureName(name)) yield content;
  }
}

const WORDS = {
  way: ['a photo', 'a close view', 'an old print', 'a blurred picture'],
  amount: ['two', 'three', 'several', 'many'],
  colour: ['red', 'yellow', 'white', 'purple'],
  flower: ['roses', 'tulips', 'daisies', 'dandelions', 'sunflowers'],
  place: ['in a sunny garden', 'on the kitchen table', 'near some wet stones'],
};

/** Captions of nine or ten words, all different up to 960. */
function captions(count: number): string[] {
  return Array.from({ length: count }, (_, place) => {
    let rest = place;
    const [way, amount, colour, flower, where] = Object.values(WORDS).map((words) => {
      const word = words[rest % words.length];
      rest = Math.floor(rest / words.length);
      return word;
    });
    return `${way} of ${amount} ${colour} ${flower} ${where}`;
  });
}
