import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import {
  batchStarts,
  type EmbeddingAnswer,
  type EmbeddingJob,
  type EmbeddingRequest,
  readPixels,
  rowsOf,
} from './embeddingPeer';
import { type Answering, serve } from './peer';

/** What is used of @huggingface/transformers, which is no part of the project. */
interface Transformers {
  env: { localModelPath: string; allowRemoteModels: boolean };
  AutoImageProcessor: Loader<(pictures: unknown[]) => Promise<Inputs>>;
  AutoTokenizer: Loader<(texts: string[], options: { padding: true; truncation: true }) => Inputs>;
  CLIPVisionModelWithProjection: Loader<(inputs: Inputs) => Promise<{ image_embeds: Tensor }>>;
  CLIPTextModelWithProjection: Loader<(inputs: Inputs) => Promise<{ text_embeds: Tensor }>>;
  RawImage: { read(path: string): Promise<unknown> };
  Tensor: new (type: 'float32', values: Float32Array, shape: number[]) => Tensor;
}

interface Loader<Loaded> {
  from_pretrained(folder: string, options?: Record<string, unknown>): Promise<Loaded>;
}

interface Tensor {
  data: Float32Array;
  dims: number[];
  normalize(power: number, axis: number): Tensor;
}

type Inputs = Record<string, Tensor>;

/**
 * transformers.js on onnxruntime-node as a peer of embedding.ts, as its documentation shows: a batch's files are read at once,
 * texts are padded to the longest of their batch. The second argument is the folder it is installed in.
 */
async function load(job: EmbeddingJob): Promise<Answering<EmbeddingRequest>> {
  const transformers: Transformers = createRequire(join(resolve(process.argv[3]), 'package.json'))(
    '@huggingface/transformers',
  );
  Object.assign(transformers.env, { localModelPath: dirname(job.onnx), allowRemoteModels: false });
  const folder = job.onnx.slice(dirname(job.onnx).length + 1);
  const threads = { intraOpNumThreads: job.threads, interOpNumThreads: 1 };
  const options = { dtype: 'fp32', device: 'cpu', session_options: threads };
  const vision = await transformers.CLIPVisionModelWithProjection.from_pretrained(folder, options);
  const text = await transformers.CLIPTextModelWithProjection.from_pretrained(folder, options);
  const processor = await transformers.AutoImageProcessor.from_pretrained(folder);
  const tokenizer = await transformers.AutoTokenizer.from_pretrained(folder);
  const shape = [job.batch, 3, job.side, job.side];
  const pixels = { pixel_values: new transformers.Tensor('float32', planes(job), shape) };

  const picturesFrom = async (start: number) => {
    const pictures = await Promise.all(
      job.pictures.slice(start, start + job.batch).map((path) => transformers.RawImage.read(path)),
    );
    return (await vision(await processor(pictures))).image_embeds;
  };
  const textsFrom = async (start: number) => {
    const texts = job.texts.slice(start, start + job.textBatch);
    return (await text(tokenizer(texts, { padding: true, truncation: true }))).text_embeds;
  };
  const encoder = async () => (await vision(pixels)).image_embeds;
  const tasks = { pictures: picturesFrom, texts: textsFrom, encoder };
  const rowsFor = async (task: keyof typeof tasks, count: number) => {
    const rows: number[][] = [];
    for (const start of batchStarts(count, task === 'texts' ? job.textBatch : job.batch)) {
      const { data, dims } = (await tasks[task](start)).normalize(2, -1);
      rows.push(...rowsOf(data, dims[1]));
    }
    return rows;
  };
  return async ({ task, count, show }): Promise<EmbeddingAnswer> => {
    const rows = await rowsFor(task as keyof typeof tasks, count); // embedding.ts asks for nothing else
    return show ? { rows } : {};
  };
}

/** The job's pixels as `[batch, 3, side, side]`. */
function planes(job: EmbeddingJob): Float32Array {
  const interleaved = readPixels(job);
  const plane = job.side ** 2;
  return interleaved.map((_, place) => {
    const [picture, rest] = [Math.floor(place / (3 * plane)), place % (3 * plane)];
    return interleaved[picture * 3 * plane + (rest % plane) * 3 + Math.floor(rest / plane)];
  });
}

serve(load);
