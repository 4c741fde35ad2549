import { type Benchmark, benchmarkFiles } from '../benchmarks';
import { type Share, sizeOfShare } from '../distributed';
import { type LoadedClip, PICTURE_BATCH, runEmbeddingJob } from '../inference';
import { captionsJob, classesJob } from './embedPrompts';
import { embedShareOfSplit, type SplitPictures } from './embedSplit';
import { type FileIdentity, identifyFiles } from './fileIdentity';
import type { ModelRecord } from './modelRecord';
import { stageOf } from './observer';
import { describeVariant, type SubjectOptions, seenThrough, type Wanted } from './subject';

interface SharedSplit extends Pick<SplitPictures, 'targets' | 'damaged'> {
  files: FileIdentity[];
}

/** What is asked for is embedded in part, beside processes that embed the others, and goes to the cache. */
export function openSharedSubject<Set extends Benchmark>(
  clip: LoadedClip,
  model: ModelRecord,
  benchmark: Set,
  options: SubjectOptions & { share: Share },
): Wanted<Set> {
  const { folder, split, seed, robustness = {}, observer, share, signal, cache, batchSize } = options;
  const splits = new Map<string, SharedSplit>();
  const ofPictures = (what: string, total: number | undefined) => ({
    ...{ share, signal, cache, batchSize, onSkip: observer.note },
    onProgress: stageOf(
      observer,
      `${model.label}: ${what}`,
      total === undefined ? undefined : sizeOfShare(total, share, batchSize ?? PICTURE_BATCH),
    ),
  });
  const ofTexts = (what: string, total: number, block: number) => ({
    ...{ share, signal },
    onProgress: stageOf(observer, `${model.label}: ${what}`, sizeOfShare(total, share, block)),
  });
  const embedded = async (name: string): Promise<SharedSplit> => {
    const known = splits.get(name);
    if (known) return known;
    const files = await identifyFiles(benchmark, folder, name);
    const asked = ofPictures(`pictures of ${benchmark.title}, ${name}`, benchmark.splits[name]);
    const source = { benchmark, split: name, folder, files };
    splits.set(name, { targets: await embedShareOfSplit(clip, model, source, asked), damaged: [], files });
    return splits.get(name)!;
  };
  return {
    ...{ benchmark, split, seed, robustness, embedded },
    async variant(name, { sample, corruption }) {
      const { targets, files } = await embedded(name);
      const total = sample?.pictures ?? targets.length;
      const source = { benchmark, split: name, folder, files, sample };
      const seen = seenThrough(clip, model, corruption);
      const asked = ofPictures(describeVariant(benchmark, corruption), total);
      return embedShareOfSplit(seen.clip, seen.model, source, { ...asked, onSkip: undefined });
    },
    async classes() {
      if (benchmark.task !== 'classification') throw new Error(`${benchmark.title} has no classes.`);
      const prompts = await benchmark.prompts(benchmarkFiles(folder, benchmark));
      const job = classesJob(clip, model, prompts, cache);
      const total = new Set(prompts.classes).size;
      return runEmbeddingJob(job, ofTexts(`prompts of ${benchmark.title}`, total, job.batchSize));
    },
    captions(texts) {
      const job = captionsJob(clip, model, texts, cache);
      return runEmbeddingJob(job, ofTexts(`captions of ${benchmark.title}`, texts.length, job.batchSize));
    },
  };
}
