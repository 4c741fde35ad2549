import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isObject } from '../files/checkedJson';
import { openTree, readNamed } from '../files/fileTree';
import { quoted, shown } from '../files/quoted';
import type { BenchmarkFile, CaptionedPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { listedPictures } from './listedPictures';

/** Karpathy's own archive of splits and captions. */
const ARCHIVE = 'caption_datasets.zip';

/** The captions of each picture, by its file name. */
type CaptionLists = Map<string, string[]>;

/**
 * The files of captions of a set: those that CLIP_benchmark reads, one a split; Karpathy's one for all may lie in their
 * place, in its archive or unpacked.
 *
 * @param dataset Karpathy's file, such as `dataset_coco.json`
 * @param nameOf CLIP_benchmark's file of a split
 */
export function captionFiles(dataset: string, nameOf: (split: string) => string): BenchmarkFile[] {
  return ['train', 'val', 'test'].map((split) => ({
    name: nameOf(split),
    address: `https://github.com/mehdidc/retrieval_annotations/releases/download/1.0.0/${nameOf(split)}`,
    splits: [split],
    instead: [dataset, ARCHIVE],
  }));
}

export interface KarpathySplit {
  split: string;
  /** As in `captionFiles`. */
  captions: string;
  dataset: string;
  /** The archives of the pictures. */
  archives: readonly string[];
}

/** The pictures of a split in the archives' order, each with all of its captions as they stand in the file. */
export async function* readKarpathySplit(
  files: BenchmarkFiles,
  { split, captions, dataset, archives }: KarpathySplit,
): AsyncGenerator<CaptionedPicture> {
  const told = await readCaptionLists(files.path(captions), split, dataset);
  const trees = await Promise.all(archives.map((archive) => files.tree(archive)));
  for await (const { key, image, told: texts } of listedPictures({ trees, told, absent: files.absent })) {
    yield { key, image, texts };
  }
}

/**
 * The captions of a split's pictures, in the order of the file, which has one of four forms: Karpathy's archive with
 * `dataset` in it or that file itself (a picture's own `split` counts, `restval` to `train`), COCO's JSON, and
 * CLIP_benchmark's `.txt` of lines `picture.jpg,caption` under a header.
 *
 * @throws Error where the file has none of these forms, or leaves a picture without a caption
 */
export async function readCaptionLists(path: string, split: string, dataset: string): Promise<CaptionLists> {
  const lists = await readForm(path, split, dataset);
  for (const [picture, texts] of lists) {
    if (texts.length === 0)
      throw new Error(`Expected captions of ${quoted(picture)} in "${path}", but got none.`);
  }
  if (lists.size > 0) return lists;
  throw new Error(
    `Expected captions of the split "${split}" in "${path}", but got none; is it the right file?`,
  );
}

async function readForm(path: string, split: string, dataset: string): Promise<CaptionLists> {
  if (path.endsWith('.txt')) return readLines(path, (await readFile(path, 'utf8')).split('\n'));
  const archived = basename(path) === ARCHIVE;
  const content = archived ? (await readNamed(openTree(path), [dataset]))[dataset] : await readFile(path);
  const form = parseForm(content);
  if (!form) {
    throw new Error(
      `Expected Karpathy's "images" with "split", "filename" and "sentences", or COCO's "images" and "annotations", ` +
        `in "${path}"; get it again.`,
    );
  }
  return 'annotations' in form ? ofCoco(path, form) : ofKarpathy(form, split);
}

interface Karpathy {
  images: { split: string; filename: string; sentences: { raw: string }[] }[];
}

interface Coco {
  images: { id: number; file_name: string }[];
  annotations: { image_id: number; caption: string }[];
}

/** What of the two the JSON is; undefined if neither, or if one of its entries is something else. */
function parseForm(content: Buffer): Karpathy | Coco | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    return undefined; // A syntax error and a value of another form end in the same sentence.
  }
  if (!isObject(value)) return undefined;
  const { images, annotations } = value;
  if (annotations !== undefined) {
    return holds(images, isCocoImage) && holds(annotations, isAnnotation)
      ? { images, annotations }
      : undefined;
  }
  return holds(images, isKarpathyImage) ? { images } : undefined;
}

type Entry<Form> = Form extends readonly (infer One)[] ? One : never;

function holds<One>(list: unknown, isOne: (value: unknown) => value is One): list is One[] {
  return Array.isArray(list) && list.every(isOne);
}

const isId = (value: unknown) => Number.isInteger(value) || typeof value === 'string';

const isCocoImage = (value: unknown): value is Entry<Coco['images']> =>
  isObject(value) && isId(value.id) && typeof value.file_name === 'string';

const isAnnotation = (value: unknown): value is Entry<Coco['annotations']> =>
  isObject(value) && isId(value.image_id) && typeof value.caption === 'string';

const isSentence = (value: unknown): value is { raw: string } =>
  isObject(value) && typeof value.raw === 'string';

const isKarpathyImage = (value: unknown): value is Entry<Karpathy['images']> =>
  isObject(value) &&
  typeof value.split === 'string' &&
  typeof value.filename === 'string' &&
  holds(value.sentences, isSentence);

function ofKarpathy({ images }: Karpathy, split: string): CaptionLists {
  const own = images.filter((image) => (image.split === 'restval' ? 'train' : image.split) === split);
  return new Map(own.map(({ filename, sentences }) => [filename, sentences.map(({ raw }) => raw)]));
}

function ofCoco(path: string, { images, annotations }: Coco): CaptionLists {
  const texts = new Map(images.map(({ id }) => [id, [] as string[]]));
  for (const { image_id, caption } of annotations) {
    const own = texts.get(image_id);
    if (!own)
      throw new Error(
        `Expected a picture ${shown(`${image_id}`)} among the "images" of "${path}", but there is none.`,
      );
    own.push(caption);
  }
  return new Map(images.map(({ id, file_name }) => [file_name, texts.get(id)!]));
}

/** Captions may hold commas, and those of one picture need not stand together. */
function readLines(path: string, lines: string[]): CaptionLists {
  const lists: CaptionLists = new Map();
  lines.slice(1).forEach((text, index) => {
    const line = text.trim();
    if (line === '') return;
    const found = /^(.*?\.jpg),(.*)$/.exec(line);
    if (!found)
      throw new Error(
        `Expected "picture.jpg,caption" in line ${index + 2} of "${path}", got ${quoted(line)}.`,
      );
    lists.set(found[1], [...(lists.get(found[1]) ?? []), found[2]]);
  });
  return lists;
}
