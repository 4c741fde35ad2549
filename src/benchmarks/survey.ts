import { createRandom } from '../engine/random';
import { DownloadInterruptedError } from '../files/downloadError';
import type { Benchmark, CaptionedPicture, LabelledPicture } from './benchmark';
import { benchmarkFiles } from './benchmarkFiles';
import { checkSplit } from './presentFiles';

export interface SurveyOptions {
  /** How many pictures to keep, drawn at random; default none. */
  keep?: number;
  /** Of the draw; default 0. */
  seed?: number | string;
  signal?: AbortSignal;
  /** Pictures counted so far. */
  onProgress?: (pictures: number) => void;
}

/** What one reading of a split finds; no picture is decoded. */
export interface Survey {
  split: string;
  /** Of the draw. */
  seed: number | string;
  pictures: number;
  /** Pictures of each class by label; empty for captions. */
  perClass: number[];
  /** Of all pictures together; 0 for classes. */
  captions: number;
  /** Pictures that the benchmark's lists name and its archive lacks. */
  absent: string[];
  /** In the archive's order; each picture of the split is as likely to be among them. */
  kept: (LabelledPicture | CaptionedPicture)[];
}

/**
 * Reads a split once from end to end, counts it, and keeps a few pictures; no more than those are in memory.
 *
 * @param folder of the benchmark's files
 * @throws as the benchmark's `read` does; Error where a label is none of its classes; {DownloadInterruptedError} when the signal
 *   comes
 */
export async function surveySplit(
  benchmark: Benchmark,
  folder: string,
  split: string,
  { keep = 0, seed = 0, signal, onProgress }: SurveyOptions = {},
): Promise<Survey> {
  checkSplit(benchmark, split);
  const perClass = new Array<number>(benchmark.task === 'classification' ? benchmark.classes : 0).fill(0);
  const survey: Survey = { split, seed, pictures: 0, perClass, captions: 0, absent: [], kept: [] };
  const random = createRandom(seed);
  const kept: { place: number; picture: LabelledPicture | CaptionedPicture }[] = [];
  for await (const picture of benchmark.read(benchmarkFiles(folder, benchmark, survey.absent), split)) {
    if (signal?.aborted) throw new DownloadInterruptedError(`Stopped after ${survey.pictures} pictures.`);
    const place = survey.pictures++;
    count(picture, survey, benchmark);
    // Vitter's algorithm R: the picture takes the place of a kept one with probability keep / pictures so far.
    const at = place < keep ? place : random.integer(place + 1);
    if (at < keep) kept[at] = { place, picture };
    onProgress?.(survey.pictures);
  }
  survey.kept = kept.sort((a, b) => a.place - b.place).map(({ picture }) => picture);
  return survey;
}

function count(
  picture: LabelledPicture | CaptionedPicture,
  survey: Survey,
  { title }: Pick<Benchmark, 'title'>,
): void {
  if ('texts' in picture) {
    survey.captions += picture.texts.length;
    return;
  }
  const { label, key } = picture;
  if (survey.perClass[label] === undefined) {
    const range = `0 to ${survey.perClass.length - 1}`;
    throw new Error(
      `Expected labels from ${range} in ${title}, got ${label} at "${key}"; get its files again.`,
    );
  }
  survey.perClass[label]++;
}

/** How many absent pictures a sentence names. */
const NAMED = 3;

/** In what a split differs from the published one, a sentence each; empty where it does not, as far as it is published. */
export function differencesFrom(benchmark: Benchmark, survey: Survey): string[] {
  const { split, pictures, perClass, captions, absent } = survey;
  const where = `the ${split} split of ${benchmark.title}`;
  const sentences: string[] = [];
  const differ = (what: string, official: number | undefined, found: number) => {
    if (official === undefined || official === found) return;
    sentences.push(`Expected ${official} ${what} in ${where}, got ${found}.`);
  };
  differ('pictures', benchmark.splits[split], pictures);
  if (benchmark.task === 'retrieval' && split === benchmark.tested) {
    differ('captions', benchmark.captions, captions);
  }
  if (absent.length > 0) {
    const names = absent.slice(0, NAMED).join(', ') + (absent.length > NAMED ? ', …' : '');
    sentences.push(
      `Absent from the files of ${where}, though its lists name them, are ${absent.length} pictures: ${names}.`,
    );
  }
  const empty = perClass.filter((number) => number === 0).length;
  if (empty > 0) sentences.push(`Classes without a picture in ${where}: ${empty} of ${perClass.length}.`);
  return sentences;
}
