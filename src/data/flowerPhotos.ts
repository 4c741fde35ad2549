import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { PictureSet } from './memory';
import {
  loadSplit,
  type PhotographMeta,
  type PhotographOptions,
  type Photographs,
  photographArchive,
  readArchive,
  refuseOrRemark,
  seenIn,
} from './photographs';
import { isPictureName } from './pictureNames';
import { stratifiedSplit } from './stratify';
import type { Sample, TaskDefinition } from './types';

/** Folder and class name; the labels are in this order. */
export const FLOWER_CLASSES = [
  ['daisy', 'daisy'],
  ['dandelion', 'dandelion'],
  ['roses', 'rose'],
  ['sunflowers', 'sunflower'],
  ['tulips', 'tulip'],
] as const;

const NAMES = FLOWER_CLASSES.map(([, name]) => name);

const TASK = 'flower-photos';

/** How many pictures the whole set has. */
const PUBLISHED = 3670;

/** Captions for training and prompts for testing; the first two are CLIP's, for photographs and for Flowers102. */
export const FLOWER_TEMPLATES = [
  'a photo of a {}.',
  'a photo of a {}, a type of flower.',
  'a close-up photo of a {}.',
  'a bright photo of a {}.',
  'a {} in bloom.',
  'a {} in a garden.',
  'the flower of a {}.',
  'a picture of a {} flower.',
];

export interface FlowerPhotosOptions extends PhotographOptions {
  /** The share of each class that trains; default 2/3. */
  trainShare?: number;
  /** Fixes which pictures train; default 0. */
  seed?: number;
}

/**
 * The TensorFlow tutorial's flower photographs (CC BY 2.0): a folder for each of five classes. There is no official
 * split, so a seeded one is made, class by class. Of pictures that are equal byte for byte the first is kept, so that
 * none is on both sides.
 *
 * Each picture's texts are its class name in eight templates.
 *
 * @throws Error where the archive is missing, a class has no picture, or, unless partial data is allowed, the archive is
 * damaged or has fewer pictures than published; TooManyBadSamplesError
 */
export async function loadFlowerPhotos(options: FlowerPhotosOptions): Promise<Photographs> {
  const { allowPartial = false, trainShare = 2 / 3, seed = 0 } = options;
  const archive = options.archive ?? photographArchive('flower_photos');
  const remarks: string[] = [];
  const found = picturesOf(await readArchive(archive, allowPartial, remarks));
  if (found.length < PUBLISHED) {
    const finding = `The archive "${basename(archive)}" has ${found.length} of the ${PUBLISHED} published flower photographs`;
    refuseOrRemark(allowPartial, remarks, finding);
  }
  const pictures = withoutCopies(found, remarks);
  FLOWER_CLASSES.forEach(([folder], label) => {
    if (pictures.some((picture) => picture.label === label)) return;
    throw new Error(
      `Expected pictures in a folder "${folder}" of "${archive}", but found none; check the archive.`,
    );
  });

  const labels = pictures.map(({ label }) => label);
  const [trainPlaces, testPlaces] = stratifiedSplit(labels, trainShare, seed);
  const load = (split: 'train' | 'test', places: readonly number[]) =>
    loadSplit(
      split,
      places.map((place) => toSample(pictures[place], split)),
      archive,
      options,
      remarks,
    );
  const train = await load('train', trainPlaces);
  const test = await load('test', testPlaces);
  return { train, test, tasks: [taskOver(train)], remarks, absent: [] };
}

function taskOver(train: PictureSet): TaskDefinition {
  return {
    id: TASK,
    column: null,
    group: 'plant',
    title: 'Flowers (photographs)',
    templates: FLOWER_TEMPLATES,
    classes: NAMES,
    seen: seenIn(train, TASK, NAMES),
  };
}

interface Picture {
  /** `daisy/100080576_f52e8ee070_n.jpg` */
  key: string;
  label: number;
  image: Buffer;
}

/** The pictures in folders of the classes' names, in order of their paths. */
function picturesOf(members: ReadonlyMap<string, Buffer>): Picture[] {
  const pictures: Picture[] = [];
  for (const [path, image] of members) {
    const [folder, name] = path.split('/').slice(-2);
    const label = FLOWER_CLASSES.findIndex(([own]) => own === folder);
    if (label >= 0 && isPictureName(name) && !name.startsWith('.')) {
      pictures.push({ key: `${folder}/${name}`, label, image });
    }
  }
  return pictures.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function withoutCopies(pictures: readonly Picture[], remarks: string[]): Picture[] {
  const first = new Map<string, string>();
  return pictures.filter(({ key, image }) => {
    const hash = createHash('sha256').update(image).digest('hex');
    const earlier = first.get(hash);
    if (earlier) remarks.push(`"${key}" is left out, because it is the same file as "${earlier}".`);
    else first.set(hash, key);
    return !earlier;
  });
}

function toSample({ key, label, image }: Picture, split: 'train' | 'test'): Sample {
  const name = NAMES[label];
  const texts = FLOWER_TEMPLATES.map((template) => template.replace('{}', name));
  const meta: PhotographMeta = {
    set: 'flower_photos',
    split,
    style: 'photograph',
    label: name,
    text: texts[0],
    tasks: { [TASK]: label },
  };
  return { key, image, texts, meta: { ...meta } };
}
