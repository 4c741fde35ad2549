import type { PictureSource } from '../data';
import type { BenchmarkFiles } from './benchmarkFiles';

/** A file of a benchmark, as its authors publish it. */
export interface BenchmarkFile {
  /** Such as `cifar-10-binary.tar.gz`. */
  name: string;
  /** Of the file on the web; undefined where no program can or may fetch it. */
  address?: string;
  /** Where a person finds the file, if not on the benchmark's page. */
  page?: string;
  bytes?: number;
  /** In hexadecimal digits, whole or how it begins; undefined where nobody here knows it. */
  md5?: string;
  sha256?: string;
  /** The splits that need the file; default all. */
  splits?: readonly string[];
  /** What the archive unpacks to in the folder it lies in, where that is not the folder itself: `cifar-10-batches-bin`. */
  unpacked?: string;
  /** Other files that tell the same: any of them may lie there in its place. */
  instead?: readonly string[];
}

/** One picture of a benchmark. */
export interface BenchmarkPicture {
  /** Its name in the archive; no two pictures of a split share it. */
  key: string;
  image: PictureSource;
}

export interface LabelledPicture extends BenchmarkPicture {
  /** The class, from 0. */
  label: number;
}

export interface CaptionedPicture extends BenchmarkPicture {
  /** All captions of the picture, as they stand in the file. */
  texts: string[];
}

/** How a class is told about: the names and prompts of a zero-shot classifier. */
export interface Prompts {
  /** By label. */
  classes: readonly string[];
  /** Each with `{}` in the class name's place; or by class name, the finished prompts of that class. */
  templates: readonly string[] | Readonly<Record<string, readonly string[]>>;
}

/** What all benchmarks have. */
interface BenchmarkEntry {
  /** CLIP_benchmark's name where it has one. */
  id: string;
  /** As tables head their columns. */
  title: string;
  /** Where it comes from. */
  page: string;
  /** In a few words, and how sure that is. */
  licence: string;
  /** Authors, title, venue and year. */
  citation: string;
  files: readonly BenchmarkFile[];
  /** How many pictures each split has; undefined where the publisher does not say. */
  splits: Readonly<Record<string, number | undefined>>;
  /** The split that tables report. */
  tested: string;
  /** What a reader must know to compare numbers. */
  notes?: string;
}

/** A share that tables report, as `ZeroShotResult` has it. */
export type ClassMetric = 'top1' | 'top3' | 'meanPerClass' | 'macroF1';

export interface ClassificationBenchmark extends BenchmarkEntry {
  task: 'classification';
  /** What tables report. */
  metric: 'top1' | 'meanPerClass';
  /** What they report beside it; default nothing. */
  alsoReported?: readonly ClassMetric[];
  /** How many classes there are. */
  classes: number;
  /** Names and prompts. Names may stand in the archive, so its files are at hand. */
  prompts(files: BenchmarkFiles): Promise<Prompts>;
  /**
   * The pictures of a split in the order in which the archive gives them.
   *
   * @throws Error where a file of the benchmark is missing or is not what it should be
   */
  read(files: BenchmarkFiles, split: string): AsyncIterable<LabelledPicture>;
}

export interface RetrievalBenchmark extends BenchmarkEntry {
  task: 'retrieval';
  /** How many captions the tested split has; undefined where nobody says. */
  captions?: number;
  /** As `ClassificationBenchmark.read`. */
  read(files: BenchmarkFiles, split: string): AsyncIterable<CaptionedPicture>;
}

/** A published test set: what it is, where it is had, and how its own files are read. */
export type Benchmark = ClassificationBenchmark | RetrievalBenchmark;
