import { type ClipSource, type LoadedClip, loadClip } from '../inference';
import { recordModel } from './modelRecord';
import { type ProtocolId, protocolFor } from './protocols';
import { trainingSplit } from './protocols/examples';
import { createRecorder, type Evaluation, type Recorder } from './record';
import { findSets, type SetChoice } from './sets';
import { type Observer, openSubject, type RobustnessOptions, type Subject, type UsedSplit } from './subject';

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

const SILENT: Observer = { stage: () => {}, update: () => {}, note: () => {} };

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
  const { models, benchmarks, open = loadClip, protocols = ['zero-shot'] } = options;
  const { allowPartial = false, seed = 1, observer = SILENT, cache, batchSize, signal, robustness } = options;
  checkLabels(models);
  const recorder = createRecorder(benchmarks);
  const sets = await findSets(options, ({ title }, reason) => {
    recorder.missing(title);
    observer.note(reason);
  });
  for (const { label, ...source } of models) {
    const clip = await open(source);
    try {
      const model = recordModel(clip, label ?? source.model, source.model);
      recorder.model(model);
      for (const { benchmark, ...where } of sets) {
        const asked = { ...where, seed, allowPartial, observer, cache, batchSize, signal, robustness };
        await judge(openSubject(clip, model, benchmark, asked), protocols, recorder, observer);
      }
    } finally {
      clip.dispose();
    }
  }
  return recorder.finish();
}

async function judge(
  subject: Subject,
  protocols: readonly ProtocolId[],
  recorder: Recorder,
  observer: Observer,
): Promise<void> {
  for (const id of protocols) {
    const protocol = protocolFor(id, subject.benchmark);
    if (!protocol) {
      observer.note(`${subject.benchmark.title} is for ${subject.benchmark.task}: no ${id} there.`);
      continue;
    }
    if (protocol.learns && !trainingSplit(subject.benchmark, subject.split)) {
      observer.note(
        `${subject.benchmark.title} has no split to train on beside ${subject.split}: no ${id} there.`,
      );
      continue;
    }
    const used = new Map<string, UsedSplit>();
    const embedded = async (split: string) => {
      used.set(split, await subject.embedded(split));
      return used.get(split)!;
    };
    recorder.result(subject, id, used, await protocol.measure({ ...subject, embedded }));
  }
}

function checkLabels(models: readonly ModelChoice[]): void {
  const labels = models.map(({ label, model }) => label ?? model);
  const twice = labels.find((label, place) => labels.indexOf(label) < place);
  if (labels.length > 0 && twice === undefined) return;
  const got = twice === undefined ? 'none' : `"${twice}" twice`;
  throw new Error(`Expected models with names of their own, got ${got}; give each another label.`);
}
