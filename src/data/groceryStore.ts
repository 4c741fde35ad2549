import { type GroceryClasses, parseGroceryClasses } from './groceryClasses';
import type { PictureSet } from './memory';
import {
  loadSplit,
  nameSome,
  type PhotographMeta,
  type PhotographOptions,
  type Photographs,
  photographArchive,
  readArchive,
  refuseOrRemark,
  seenIn,
} from './photographs';
import type { Sample, TaskDefinition } from './types';

/** Captions for training and prompts for testing; without articles, as "milk" has none. */
export const GROCERY_TEMPLATES = [
  'a photo of {}.',
  'a close-up photo of {}.',
  'a photo of {} in a grocery store.',
  'a phone photo of {}.',
  '{} on a shelf.',
  '{} in a store.',
  'a picture of {}, something to buy.',
  '{}.',
];

const FINE = 'grocery-fine';
const COARSE = 'grocery-coarse';

/** The set's split files, by our names. */
const SPLIT_FILES = { train: 'train.txt', validation: 'val.txt', test: 'test.txt' } as const;
type Split = keyof typeof SPLIT_FILES;

/**
 * The Grocery Store Dataset (Klasson, Zhang and Kjellström, WACV 2019; MIT): photographs taken with a phone, of fruit,
 * vegetables and packages, in 81 fine and 43 coarse classes, by its own split files.
 *
 * Each picture's texts are its fine class name in eight templates and, last, the written description of the product,
 * which is `meta.description` as well. It is longer than a short context, which then keeps its beginning.
 *
 * @throws Error where the archive or a list in it is missing or malformed, or, unless partial data is allowed, where the
 * archive is damaged, or pictures of the split files or descriptions are absent; TooManyBadSamplesError
 */
export async function loadGroceryStore(options: PhotographOptions): Promise<Photographs> {
  const { allowPartial = false } = options;
  const archive = options.archive ?? photographArchive('grocery_store');
  const remarks: string[] = [];
  const members = await readArchive(archive, allowPartial, remarks);
  const fileAt = inFolderOf('classes.csv', members);
  const textOf = (file: string) => {
    const content = fileAt(file);
    if (content) return content.toString('utf8');
    throw new Error(`Expected a file ${file} in "${archive}", but there is none; check the archive.`);
  };

  const classes = parseGroceryClasses(textOf('classes.csv'), (path) => fileAt(path)?.toString('utf8'));
  const undescribed = classes.fine.filter(({ description }) => !description).map(({ name }) => name);
  if (undescribed.length > 0) {
    const finding = `${undescribed.length} of ${classes.fine.length} classes have no description`;
    refuseOrRemark(allowPartial, remarks, `${finding} (${nameSome(undescribed)})`);
  }
  const absent: string[] = [];
  const load = (split: Split): Promise<PictureSet> => {
    const file = SPLIT_FILES[split];
    const lines = parseGrocerySplit(textOf(file), file, classes);
    const lost = lines.map(({ path }) => path).filter((path) => !fileAt(path));
    if (lost.length > 0) {
      const finding = `${lost.length} of the ${lines.length} pictures that ${file} names are absent`;
      refuseOrRemark(allowPartial, remarks, `${finding} (${nameSome(lost)})`);
    }
    absent.push(...lost);
    const samples = lines.flatMap((line) => {
      const image = fileAt(line.path);
      return image ? [toSample(line, image, split, classes)] : [];
    });
    return loadSplit(split, samples, archive, options, remarks);
  };
  const train = await load('train');
  const validation = await load('validation');
  const test = await load('test');
  return { train, validation, test, tasks: tasksOver(train, classes), remarks, absent };
}

/** Looks files up by their path from the folder that holds the named one, wherever in the archive that is. */
function inFolderOf(
  name: string,
  members: ReadonlyMap<string, Buffer>,
): (path: string) => Buffer | undefined {
  const found = [...members.keys()].find((path) => `/${path}`.endsWith(`/${name}`)) ?? name;
  const folder = found.slice(0, -name.length);
  return (path) => members.get(folder + path.replace(/^\//, ''));
}

export interface GroceryLine {
  /** From the folder of the split file. */
  path: string;
  fine: number;
  coarse: number;
}

/**
 * Lines `train/Fruit/Apple/Golden-Delicious/Golden-Delicious_001.jpg, 0, 0`: path, fine and coarse class.
 *
 * @param file how errors call it
 * @throws Error where a line is something else, or its classes are not a fine one and that one's coarse one
 */
export function parseGrocerySplit(content: string, file: string, classes: GroceryClasses): GroceryLine[] {
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    const [path, fine, coarse] = line.split(',').map((part) => part.trim());
    if (path && fine && classes.fine[Number(fine)]?.coarse === Number(coarse)) {
      return { path, fine: Number(fine), coarse: Number(coarse) };
    }
    throw new Error(
      `Expected a path, a fine and its coarse class in line ${index + 1} of ${file}, got "${line.trim()}"; check the archive.`,
    );
  });
}

function toSample(
  { path, fine, coarse }: GroceryLine,
  image: Buffer,
  split: Split,
  classes: GroceryClasses,
): Sample {
  const { name, description } = classes.fine[fine];
  const captions = GROCERY_TEMPLATES.map((template) => template.replace('{}', name));
  const meta: PhotographMeta = {
    set: 'grocery_store',
    split,
    style: 'photograph',
    label: name,
    text: captions[0],
    description,
    category: classes.coarse[coarse],
    tasks: { [FINE]: fine, [COARSE]: coarse },
  };
  return { key: path, image, texts: description ? [...captions, description] : captions, meta: { ...meta } };
}

function tasksOver(train: PictureSet, classes: GroceryClasses): TaskDefinition[] {
  const task = (id: string, title: string, names: string[]): TaskDefinition => ({
    id,
    column: null,
    group: 'general',
    title,
    templates: GROCERY_TEMPLATES,
    classes: names,
    seen: seenIn(train, id, names),
  });
  return [
    task(
      FINE,
      'Groceries, fine (photographs)',
      classes.fine.map(({ name }) => name),
    ),
    task(COARSE, 'Groceries, coarse (photographs)', classes.coarse),
  ];
}
