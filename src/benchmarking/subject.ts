import { type Benchmark, benchmarkFiles, type Prompts } from '../benchmarks';
import type { CorruptionName, Severity } from '../data/corruptions';
import type { Embeddings } from '../evaluation';
import type { LoadedClip } from '../inference';
import { corruptedClip, type PictureCorruption } from '../inference/corruptedClip';
import { embedCaptions, embedClasses } from './embedPrompts';
import { type EmbeddedSplit, type EmbedOptions, embedSplit } from './embedSplit';
import { type FileIdentity, identifyFiles } from './fileIdentity';
import type { ModelRecord } from './modelRecord';
import { type Observer, stageOf } from './observer';
import { describeFlaws } from './partial';
import type { PictureSample } from './pictureSample';

/** A split that protocols have looked at. */
export interface UsedSplit extends EmbeddedSplit {
  files: FileIdentity[];
  /** What it lacks, see `describeFlaws`. */
  flaws?: string;
}

/** The pictures of a split, otherwise than they are. */
export interface Variant {
  sample?: PictureSample;
  corruption?: PictureCorruption;
}

/** One model on one benchmark. Everything is embedded when it is first asked for, and once. */
export interface Subject<Set extends Benchmark = Benchmark> {
  model: ModelRecord;
  benchmark: Set;
  /** The split that is judged. */
  split: string;
  /** For whatever a protocol draws. */
  seed: number;
  robustness: RobustnessOptions;
  /** @throws where data are partial and may not be */
  embedded(split: string): Promise<UsedSplit>;
  /** Names and templates of the classes; of classification only. */
  prompts(): Promise<Prompts>;
  /** As `embedded`, of all pictures or a sample, whole or corrupted; nothing is asked about partial data. */
  variant(split: string, variant: Variant): Promise<EmbeddedSplit>;
  /** The zero-shot classifier, `[classes, width]`; of classification only. */
  classes(): Promise<Embeddings>;
  captions(texts: readonly string[]): Promise<Embeddings>;
}

/** What protocols ask a subject for; it need not be there yet. */
export interface Wanted<Set extends Benchmark = Benchmark>
  extends Pick<Subject<Set>, 'benchmark' | 'split' | 'seed' | 'robustness'> {
  embedded(split: string): Promise<Pick<EmbeddedSplit, 'targets' | 'damaged'>>;
  variant(split: string, variant: Variant): Promise<unknown>;
  classes(): Promise<unknown>;
  captions(texts: readonly string[]): Promise<unknown>;
}

/** What of robustness is measured. */
export interface RobustnessOptions {
  /** Default ImageNet-C's fifteen. */
  corruptions?: readonly CorruptionName[];
  /** Default 1 to 5. */
  severities?: readonly Severity[];
  /** How many pictures of the split, drawn by seed; default all. */
  pictures?: number;
}

export interface SubjectOptions extends Pick<EmbedOptions, 'cache' | 'batchSize' | 'signal'> {
  /** The folder of the benchmark's files. */
  folder: string;
  split: string;
  seed: number;
  robustness?: RobustnessOptions;
  allowPartial: boolean;
  observer: Observer;
}

export function openSubject<Set extends Benchmark>(
  clip: LoadedClip,
  model: ModelRecord,
  benchmark: Set,
  options: SubjectOptions,
): Subject<Set> {
  const { folder, split, seed, robustness = {}, observer, ...rest } = options;
  const splits = new Map<string, UsedSplit>();
  let prompts: Promise<Prompts> | undefined;
  let classes: Promise<Embeddings> | undefined;
  const stage = (what: string, total: number | undefined) => ({
    ...rest,
    onProgress: stageOf(observer, `${model.label}: ${what}`, total),
  });
  const subject: Subject<Set> = {
    model,
    benchmark,
    split,
    seed,
    robustness,
    async embedded(name) {
      const known = splits.get(name);
      if (known) return known;
      const files = await identifyFiles(benchmark, folder, name);
      const embedded = await embedSplit(
        clip,
        model,
        { benchmark, split: name, folder, files },
        {
          ...stage(`pictures of ${benchmark.title}, ${name}`, benchmark.splits[name]),
          onSkip: observer.note,
          onKept: (rows) => observer.note(`${rows} pictures are embedded from before.`),
        },
      );
      const flaws = describeFlaws(benchmark, name, embedded);
      if (flaws && !options.allowPartial) throw partial(benchmark, name, flaws);
      splits.set(name, { ...embedded, files, flaws });
      return splits.get(name)!;
    },
    async variant(name, { sample, corruption }) {
      const { files, targets, damaged } = await subject.embedded(name);
      const total = sample?.pictures ?? targets.length + damaged.length;
      const source = { benchmark, split: name, folder, files, sample };
      const seen = seenThrough(clip, model, corruption);
      return embedSplit(seen.clip, seen.model, source, stage(describeVariant(benchmark, corruption), total));
    },
    prompts() {
      if (benchmark.task !== 'classification') throw new Error(`${benchmark.title} has no classes.`);
      prompts ??= benchmark.prompts(benchmarkFiles(folder, benchmark));
      return prompts;
    },
    classes() {
      classes ??= subject.prompts().then((asked) => {
        const all = stage(`prompts of ${benchmark.title}`, new Set(asked.classes).size);
        return embedClasses(clip, model, asked, all);
      });
      return classes;
    },
    captions: (texts) =>
      embedCaptions(clip, model, texts, stage(`captions of ${benchmark.title}`, texts.length)),
  };
  return subject;
}

/** A model that sees all pictures spoiled, and its record. */
export function seenThrough(clip: LoadedClip, model: ModelRecord, corruption?: PictureCorruption) {
  const spoiled = corruption ? corruptedClip(clip, corruption) : clip;
  return { clip: spoiled, model: { ...model, preparation: spoiled.preparation.settings } };
}

/** `fog 3 of ImageNet`. */
export function describeVariant({ title }: Benchmark, corruption?: PictureCorruption): string {
  return `${corruption ? `${corruption.name} ${corruption.severity}` : 'a sample'} of ${title}`;
}

function partial({ title }: Benchmark, split: string, flaws: string): Error {
  return new Error(
    `${title}, ${split}, is not whole here: ${flaws}. Complete it, or allow partial data (--allow-partial), which results ` +
      'then say; what is embedded is kept.',
  );
}
