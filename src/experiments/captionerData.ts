import {
  type BadInputCounter,
  type EmbeddedMeta,
  loadEmbedded,
  loadTasks,
  type PictureSet,
  selectSamples,
} from '../data';
import { createRandom } from '../engine';
import { STORED_SIZE } from './profiles';

/** The pictures a captioner learns from and is tested on. */
export interface CaptionerPictures {
  /** All of the pictograms' training pictures; those without a description serve the tower only. */
  train: PictureSet;
  /** With descriptions, all of them. */
  test: PictureSet;
  /** Test pictures by what training had of them. */
  groups: readonly TestGroup[];
}

/** Some of the test pictures. */
export interface TestGroup {
  id: 'seen' | 'unseen' | 'openclipart';
  label: string;
  indices: readonly number[];
}

/**
 * The pictograms. The herbarium's descriptions do not fit a captioner of 20 words: most have more.
 *
 * @param most test pictures of each group; absent: all
 */
export async function loadCaptionerPictures(
  counter: BadInputCounter,
  most = Number.POSITIVE_INFINITY,
): Promise<CaptionerPictures> {
  const load = (split: 'train' | 'test') =>
    loadEmbedded({ sets: ['pictograms'], split, size: STORED_SIZE, counter });
  const train = await load('train');
  const { seen } = loadTasks('pictograms').find(({ id }) => id === 'imagenet-mini')!;
  const groupOf = (meta: Record<string, unknown>): TestGroup['id'] => {
    const { style, tasks } = meta as unknown as EmbeddedMeta;
    if (style === 'openclipart') return 'openclipart';
    return seen[tasks!['imagenet-mini']] ? 'seen' : 'unseen';
  };
  const counts = new Map<TestGroup['id'], number>();
  const test = selectSamples(await load('test'), (meta) => {
    if (!isDescribed(meta)) return false;
    const group = groupOf(meta);
    counts.set(group, (counts.get(group) ?? 0) + 1);
    return counts.get(group)! <= most;
  });
  const indicesOf = (id: TestGroup['id']) =>
    [...test.keys.keys()].filter((index) => groupOf(test.metas[index]) === id);
  const groups: TestGroup[] = [
    { id: 'seen', label: 'unseen style, seen concepts', indices: indicesOf('seen') },
    { id: 'unseen', label: 'unseen style, unseen concepts', indices: indicesOf('unseen') },
    { id: 'openclipart', label: 'other drawings of OpenClipart', indices: indicesOf('openclipart') },
  ];
  return { train, test, groups };
}

/** The description of a picture of the embedded sets; empty where it has none. */
export function descriptionOf(set: Pick<PictureSet, 'metas'>, index: number): string {
  return (set.metas[index] as Partial<EmbeddedMeta>).description ?? '';
}

function isDescribed(meta: Record<string, unknown>): boolean {
  return Boolean((meta as Partial<EmbeddedMeta>).description);
}

/** The pictures that have a description. */
export function described(set: PictureSet): PictureSet {
  return selectSamples(set, isDescribed);
}

/** How many pictures may teach the same description: as many as an emoji has drawings to train on. */
const SAME_DESCRIPTION = 3;

/**
 * The pictures that a captioner learns from: described ones, of a description that many share the first three. OpenClipart's
 * themes say the same of up to 151 icons; beam search, which looks for the likeliest sentence, would say it of everything.
 */
export function learnable(set: PictureSet): PictureSet {
  const counts = new Map<string, number>();
  return selectSamples(set, (meta, index) => {
    const description = descriptionOf(set, index);
    counts.set(description, (counts.get(description) ?? 0) + 1);
    return isDescribed(meta) && counts.get(description)! <= SAME_DESCRIPTION;
  });
}

/**
 * Two halves of a set, all pictures of a label in the same one: what one half knows of a label, the other does not.
 *
 * @returns the indices of both, each in rising order
 */
export function halvesByLabel(set: Pick<PictureSet, 'metas'>, seed: number): [number[], number[]] {
  const byLabel = new Map<string, number[]>();
  set.metas.forEach(({ label }, index) => {
    byLabel.set(String(label), [...(byLabel.get(String(label)) ?? []), index]);
  });
  const halves: [number[], number[]] = [[], []];
  for (const label of createRandom(seed)
    .fork('halves')
    .shuffle([...byLabel.keys()].sort())) {
    const smaller = halves[0].length <= halves[1].length ? 0 : 1;
    halves[smaller].push(...byLabel.get(label)!);
  }
  for (const half of halves) half.sort((a, b) => a - b);
  return halves;
}
