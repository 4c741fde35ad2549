import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { type StoredTensor, writeSafetensors, writeShardedSafetensors } from '../../src/files';
import { parameterShapes, zooConfig } from '../../src/models';
import { archiveOf, pickleOf, tensor, text } from '../files/pickles';
import { zipOf } from '../files/zip';
import { parameter, uniform } from '../golden/formula';

type Matrix = number[][];
interface Case {
  images: Matrix;
  texts: Matrix;
  probabilities: Matrix;
  templated: Matrix;
}

/** What open_clip says, see `loadClip.py`. */
export const answers: {
  config: Record<string, unknown>;
  preprocess: Record<string, unknown>;
  bias: number;
  pictures: [width: number, height: number][];
  labels: string[];
  templates: string[];
  cases: Record<'plain' | 'half' | 'quick' | 'sigmoid', Case>;
} = JSON.parse(readFileSync(join(__dirname, '../golden/loadClip.json'), 'utf8'));

/** The configuration of a case, as a file in open_clip's format. */
export function writeConfig(folder: string, name: keyof typeof answers.cases): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  const own = {
    quick: { quick_gelu: true },
    sigmoid: { custom_text: true, init_logit_bias: answers.bias },
    plain: {},
    half: {},
  }[name];
  const model_cfg = { ...answers.config, ...own };
  writeFileSync(
    path,
    JSON.stringify(name === 'sigmoid' ? { model_cfg, preprocess_cfg: answers.preprocess } : model_cfg),
  );
  return path;
}

/** The weights of a configuration, by the formula. */
export function weightsOfFile(config: string): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, shape] of parameterShapes(zooConfig(config))) {
    const scalar = name === 'logit_bias' ? answers.bias : Math.log(1 / 0.07);
    const data = shape.length > 0 ? parameter(name, shape) : Float32Array.of(scalar);
    tensors.set(name, { dtype: 'F32', shape, data });
  }
  return tensors;
}

/** Ways to write the same weights; each gives the path of the file. */
export const formats: Record<string, (folder: string, tensors: Map<string, StoredTensor>) => string> = {
  safetensors(folder, tensors) {
    writeSafetensors(join(folder, 'small.safetensors'), tensors);
    return join(folder, 'small.safetensors');
  },
  'sharded safetensors': (folder, tensors) =>
    writeShardedSafetensors(join(folder, 'sharded'), tensors, 2 ** 20),
  'a PyTorch file'(folder, tensors) {
    const path = join(folder, 'small.pt');
    writeFileSync(path, torchFile(tensors));
    return path;
  },
};

/** A checkpoint as open_clip's training writes it: the names begin with `module.`. */
function torchFile(tensors: Map<string, StoredTensor>): Buffer {
  const items = [...tensors].map(([name, { shape, data }], key) => {
    const strides = shape.map((_, axis) =>
      shape.slice(axis + 1).reduce((product, side) => product * side, 1),
    );
    return [text(`module.${name}`), tensor({ shape, strides, count: data.length, key: String(key) })];
  });
  const [entry] = archiveOf(pickleOf('}', '(', ...items.flat(), 'u'));
  const storages = [...tensors.values()].map(({ data }, key) => ({
    name: `archive/data/${key}`,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  return zipOf([entry, ...storages]);
}

/** The pictures of the known answers, as files. */
export async function writePictures(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const paths: string[] = [];
  for (const [index, [width, height]] of answers.pictures.entries()) {
    const values = uniform(`picture ${index}`, width * height * 3);
    const pixels = Uint8Array.from(values, (value) => Math.floor(value * 128 + 128));
    const path = join(folder, `${index}.png`);
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(path);
    paths.push(path);
  }
  return paths;
}
