import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CAPTION_FILES } from '../data/captionFile';
import { TAR_SHARDS } from '../data/shards';
import type { Benchmark, CaptionedPicture, LabelledPicture, Prompts } from './benchmark';
import { classesOfLabels, classesOfNames, type OwnClasses, SPLIT_NAMES } from './own/classes';
import { folderSource } from './own/folder';
import { listSource } from './own/list';
import { checkPrompts, readOwnClasses, readOwnTemplates } from './own/prompts';
import { shardSource } from './own/shards';
import type { OwnPicture, OwnSource } from './own/source';
import { publishedPrompts } from './publishedPrompts';

export interface OwnDataOptions {
  /** What to test; default: what there is, labels or captions. Needed where there are both. */
  task?: Benchmark['task'];
  /** As tables call it, and as JSON files of names and templates may; default the name of the file or folder. */
  id?: string;
  /** A file of class names; default `classnames.txt` beside the data, else the labels themselves. See `readOwnClasses`. */
  classNames?: string;
  /**
   * A file of templates; default `zeroshot_classification_templates.txt` beside the data, else CLIP_benchmark's 80 of
   * ImageNet. See `readOwnTemplates`.
   */
  templates?: string;
}

/** `birds/list.csv` → `list`, `birds/test-{00..11}.tar` → `test`, `birds/*.tar` → `birds`. */
function nameOf(path: string): string {
  const whole = resolve(path);
  const name = basename(whole).replace(/\.(csv|tsv|jsonl|zip|tgz|tar(\.gz)?)$/, '');
  if (existsSync(path)) return name;
  const fixed = name.replace(/\{[^{}]*\}|[*?]+/g, '').replace(/^[-_.]+|[-_.]+$/g, '');
  return fixed || basename(dirname(whole));
}

/** The files that lists of pictures have in a folder. */
const LISTS = [...CAPTION_FILES, 'labels.jsonl', 'labels.csv', 'labels.tsv'];

/**
 * Makes a benchmark of one's own pictures: a folder (or archive) of a folder per class, or with captions beside the pictures; a
 * `.csv`, `.tsv` or `.jsonl` list, or a folder with one called `captions` or `labels`; WebDataset shards, by a brace pattern or
 * a glob too, and in CLIP_benchmark's layout. Where a folder holds folders `train`, `test`, … only, these are its splits.
 *
 * ```ts
 * const birds = await ownBenchmark('birds', { templates: 'prompts.txt' });
 * for await (const { key, label } of birds.read(benchmarkFiles('birds', birds), birds.tested)) …
 * ```
 *
 * @throws Error that names what is missing
 */
export async function ownBenchmark(path: string, options: OwnDataOptions = {}): Promise<Benchmark> {
  const sources = await openSplits(path);
  const tested = SPLIT_NAMES.find((split) => split in sources) ?? 'all';
  const id = options.id ?? nameOf(path);
  const entry = {
    id,
    title: id,
    page: path,
    licence: 'not stated: one’s own data',
    citation: 'none: one’s own data',
    files: [],
    splits: Object.fromEntries(Object.keys(sources).map((split) => [split, undefined])),
    tested,
  };
  if ((options.task ?? guessTask(path, sources[tested])) === 'retrieval') {
    return { ...entry, task: 'retrieval', read: ({ absent }, split) => captioned(sources[split], absent) };
  }
  const { names, indexOf, templates } = await classesOf(path, Object.values(sources), { ...options, id });
  return {
    ...entry,
    task: 'classification',
    metric: 'top1',
    classes: names.length,
    prompts: async () => ({ classes: names, templates }),
    read: ({ absent }, split) => labelled(sources[split], absent, indexOf),
  };
}

async function openSplits(path: string): Promise<Record<string, OwnSource>> {
  const folders = isFolder(path) ? readdirSync(path).filter((name) => isFolder(join(path, name))) : [];
  const shown = folders.filter((name) => !name.startsWith('.'));
  if (shown.length === 0 || !shown.every((name) => SPLIT_NAMES.includes(name))) {
    return { all: await openSource(path) };
  }
  const sources: Record<string, OwnSource> = {};
  for (const split of shown) sources[split] = await openSource(join(path, split));
  return sources;
}

async function openSource(path: string): Promise<OwnSource> {
  if (/\.(csv|tsv|jsonl)$/.test(path)) return listSource(path);
  if (!isFolder(path)) return path.endsWith('.zip') ? folderSource(path) : openTar(path);
  const list = LISTS.map((name) => join(path, name)).find(existsSync);
  if (list) return listSource(list);
  return readdirSync(path).some((name) => TAR_SHARDS.name.test(name))
    ? shardSource(path)
    : folderSource(path);
}

/** Shards, unless their samples say nothing of themselves: then folders in an archive may. */
async function openTar(path: string): Promise<OwnSource> {
  const shards = await shardSource(path);
  const { labels, captions } = shards.has;
  return labels || captions || !existsSync(path) ? shards : folderSource(path);
}

function guessTask(path: string, { name, has }: OwnSource): Benchmark['task'] {
  const said = readBeside(path, 'dataset_type.txt');
  if (said === 'multilabel') {
    throw new Error(
      `Expected one class for each picture in "${path}", but it says "multilabel", which is not read.`,
    );
  }
  if (said) return said === 'retrieval' ? 'retrieval' : 'classification';
  if (has.labels !== has.captions) return has.labels ? 'classification' : 'retrieval';
  throw new Error(
    has.labels
      ? `Expected labels or captions in ${name}, but found both; say in "task" which to test.`
      : `Expected labels (a folder per class, a column "label", ".cls" members) or captions (a ".txt" beside each picture, a ` +
          `column "caption", ".txt" members) in ${name}, but found neither.`,
  );
}

async function classesOf(
  path: string,
  sources: readonly OwnSource[],
  { id, classNames = besideIfThere(path, 'classnames.txt'), templates: own }: OwnDataOptions & { id: string },
): Promise<OwnClasses & Pick<Prompts, 'templates'>> {
  const without = sources.find(({ has }) => !has.labels);
  if (without) throw new Error(`Expected labels in ${without.name}, but found none; is its task retrieval?`);
  const classes = classNames
    ? await classesOfNames(sources, readOwnClasses(classNames, id), classNames)
    : await classesOfLabels(sources);
  const file = own ?? besideIfThere(path, 'zeroshot_classification_templates.txt');
  if (!file) return { ...classes, templates: publishedPrompts('imagenet1k', classes.names).templates };
  const templates = readOwnTemplates(file, id);
  checkPrompts({ classes: classes.names, templates }, file);
  return { ...classes, templates };
}

async function* labelled(
  source: OwnSource,
  absent: (key: string) => void,
  indexOf: OwnClasses['indexOf'],
): AsyncGenerator<LabelledPicture> {
  for await (const { key, image, label } of once(source, absent))
    yield { key, image, label: indexOf(label, key) };
}

async function* captioned(
  source: OwnSource,
  absent: (key: string) => void,
): AsyncGenerator<CaptionedPicture> {
  for await (const { key, image, texts } of once(source, absent)) {
    if (texts.length > 0) yield { key, image, texts };
    else throw new Error(`Expected a caption for "${key}" in ${source.name}, but there is none; write one.`);
  }
}

async function* once(source: OwnSource, absent: (key: string) => void): AsyncGenerator<OwnPicture> {
  const keys = new Set<string>();
  for await (const picture of source.pictures(absent)) {
    if (keys.has(picture.key)) {
      throw new Error(
        `Expected each picture once in ${source.name}, but "${picture.key}" comes twice; rename one.`,
      );
    }
    keys.add(picture.key);
    yield picture;
  }
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function besideIfThere(path: string, name: string): string | undefined {
  return isFolder(path) && existsSync(join(path, name)) ? join(path, name) : undefined;
}

function readBeside(path: string, name: string): string {
  const file = besideIfThere(path, name);
  return file ? readFileSync(file, 'utf8').trim().toLowerCase() : '';
}
