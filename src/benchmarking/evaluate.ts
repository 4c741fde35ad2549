import type { Benchmark } from '../benchmarks';
import type { Share } from '../distributed';
import { type ClipSource, type LoadedClip, loadClip } from '../inference';
import { type ModelRecord, recordModel } from './modelRecord';
import { type Observer, SILENT } from './observer';
import { type Protocol, type ProtocolId, protocolFor } from './protocols';
import { trainingSplit } from './protocols/examples';
import { createRecorder, type Evaluation, type Recorder } from './record';
import { findSets, type SetChoice } from './sets';
import { openSharedSubject } from './sharedSubject';
import {
  openSubject,
  type RobustnessOptions,
  type Subject,
  type SubjectOptions,
  type UsedSplit,
} from './subject';

/** A model to judge. */
export interface ModelChoice extends ClipSource {
  /** How tables call it; default `model`. */
  label?: string;
}

export interface EvaluateOptions extends SetChoice {
  models: readonly ModelChoice[];
  /** Default zero-shot. */
  protocols?: readonly ProtocolId[];
  /** For what protocols draw; default 1. */
  seed?: number;
  /** What of robustness is measured; default all of it. */
  robustness?: RobustnessOptions;
  /** Pictures embedded at a time; default 32. */
  batchSize?: number;
  signal?: AbortSignal;
  observer?: Observer;
  /** Default `loadClip`. */
  open?: (source: ClipSource) => Promise<LoadedClip>;
}

/**
 * Judges models on published test sets, as CLIP_benchmark does.
 *
 * ```ts
 * const { results } = await evaluate({ models: [{ model: 'ViT-B-32:openai' }], benchmarks: ['cifar10'] });
 * for (const table of evaluationTables(results)) showTable(table);
 * ```
 *
 * Embeddings are kept in the cache, so that a second protocol takes seconds and an interrupted call is gone on with.
 *
 * @throws where a benchmark's files are missing, before anything is embedded; where data are partial and may not be;
 *   EmbeddingInterruptedError where the signal asks for it; as `loadClip` and the protocols do
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { observer = SILENT } = options;
  const recorder = createRecorder(options.benchmarks);
  const onMissing: OnMissing = ({ title }, reason) => {
    recorder.missing(title);
    observer.note(reason);
  };
  await visit(options, { onMissing, onModel: recorder.model }, async (clip, model, benchmark, asked) => {
    const subject = openSubject(clip, model, benchmark, asked);
    for (const protocol of protocolsOf(options, subject)) await judge(subject, protocol, recorder);
  });
  return recorder.finish();
}

/**
 * Embeds a part of all that `evaluate` with the same options will ask for, beside processes that embed the others: when all
 * have done so, it finds everything in the cache.
 *
 * @throws as `evaluate` does, but for partial data, which are its to judge
 */
export async function embedShare(options: EvaluateOptions, share: Share): Promise<void> {
  const silent = { onMissing: () => {}, onModel: () => {} };
  await visit(options, silent, async (clip, model, benchmark, asked) => {
    const subject = openSharedSubject(clip, model, benchmark, { ...asked, share });
    for (const protocol of protocolsOf({ ...options, observer: SILENT }, subject)) {
      await protocol.prepare(subject);
    }
  });
}

type OnMissing = Parameters<typeof findSets>[1];

interface Listener {
  onMissing: OnMissing;
  onModel: (record: ModelRecord) => void;
}

/** Every model with every set that is here, in turn. */
async function visit(
  options: EvaluateOptions,
  { onMissing, onModel }: Listener,
  each: (clip: LoadedClip, model: ModelRecord, set: Benchmark, asked: SubjectOptions) => Promise<void>,
): Promise<void> {
  const { models, open = loadClip, cache, batchSize, signal, robustness } = options;
  const { allowPartial = false, seed = 1, observer = SILENT } = options;
  checkLabels(models);
  const sets = await findSets(options, onMissing);
  for (const { label, ...source } of models) {
    const clip = await open(source);
    try {
      const model = recordModel(clip, label ?? source.model, source.model);
      onModel(model);
      for (const { benchmark, ...where } of sets) {
        const asked = { ...where, seed, allowPartial, observer, cache, batchSize, signal, robustness };
        await each(clip, model, benchmark, asked);
      }
    } finally {
      clip.dispose();
    }
  }
}

/** The protocols asked for that can judge such a benchmark. */
function* protocolsOf(
  { protocols = ['zero-shot'], observer = SILENT }: EvaluateOptions,
  { benchmark, split }: Pick<Subject, 'benchmark' | 'split'>,
): Generator<Protocol> {
  for (const id of protocols) {
    const protocol = protocolFor(id, benchmark);
    if (!protocol) observer.note(`${benchmark.title} is for ${benchmark.task}: no ${id} there.`);
    else if (protocol.learns && !trainingSplit(benchmark, split)) {
      observer.note(`${benchmark.title} has no split to train on beside ${split}: no ${id} there.`);
    } else yield protocol;
  }
}

async function judge(subject: Subject, protocol: Protocol, recorder: Recorder): Promise<void> {
  const used = new Map<string, UsedSplit>();
  const embedded = async (split: string) => {
    used.set(split, await subject.embedded(split));
    return used.get(split)!;
  };
  recorder.result(subject, protocol.id, used, await protocol.measure({ ...subject, embedded }));
}

function checkLabels(models: readonly ModelChoice[]): void {
  const labels = models.map(({ label, model }) => label ?? model);
  const twice = labels.find((label, place) => labels.indexOf(label) < place);
  if (labels.length > 0 && twice === undefined) return;
  const got = twice === undefined ? 'none' : `"${twice}" twice`;
  throw new Error(`Expected models with names of their own, got ${got}; give each another label.`);
}
