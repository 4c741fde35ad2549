import { type Benchmark, benchmarkFiles, type Prompts } from '../benchmarks';
import type { CorruptionName, Severity } from '../data/corruptions';
import type { Embeddings } from '../evaluation';
import type { LoadedClip } from '../inference';
import { corruptedClip, type PictureCorruption } from '../inference/corruptedClip';
import { embedCaptions, embedClasses } from './embedPrompts';
import { type EmbeddedSplit, type EmbedOptions, embedSplit } from './embedSplit';
import { type FileIdentity, identifyFiles } from './fileIdentity';
import type { ModelRecord } from './modelRecord';
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

/** Is told what is going on; `createProgress` makes one. */
export interface Observer {
  /** Something of `total` steps begins; undefined where nobody knows how many. */
  stage(name: string, total: number | undefined): void;
  update(done: number): void;
  note(text: string): void;
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
  /** Begins with the first thing done: what is in the cache already needs no bar. */
  const stage = (what: string, total: number | undefined): EmbedOptions => {
    let isBegun = false;
    const onProgress = (done: number) => {
      if (!isBegun) observer.stage(`${model.label}: ${what}`, total);
      isBegun = true;
      observer.update(done);
    };
    return { ...rest, onProgress };
  };
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
      const spoiled = corruption ? corruptedClip(clip, corruption) : clip;
      const preparation = spoiled.preparation.settings;
      const total = sample?.pictures ?? targets.length + damaged.length;
      const how = corruption ? `${corruption.name} ${corruption.severity}` : 'a sample';
      const source = { benchmark, split: name, folder, files, sample };
      return embedSplit(
        spoiled,
        { ...model, preparation },
        source,
        stage(`${how} of ${benchmark.title}`, total),
      );
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

function partial({ title }: Benchmark, split: string, flaws: string): Error {
  return new Error(
    `${title}, ${split}, is not whole here: ${flaws}. Complete it, or allow partial data (--allow-partial), which results ` +
      'then say; what is embedded is kept.',
  );
}
