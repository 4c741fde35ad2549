import type { ClassificationBenchmark } from '../../benchmarks';
import { type ZeroShotResult, zeroShotAccuracy } from '../../evaluation';
import { labelsOf } from './examples';
import type { Protocol } from './protocol';

/**
 * Zero-shot classification: `top1`, `top5` and `meanPerClass`, as CLIP_benchmark's `zeroshot_classification`, and what the
 * benchmark also reports. Of classes with
 * one name (ImageNet has two such pairs) the first is predicted, as by its argmax.
 */
export const zeroShot: Protocol<'classification'> = {
  id: 'zero-shot',
  task: 'classification',
  async prepare(subject) {
    await subject.classes();
    await subject.embedded(subject.split);
  },
  async measure(subject) {
    const classEmbeddings = await subject.classes();
    const tested = await subject.embedded(subject.split);
    const labels = labelsOf(tested);
    const found = zeroShotAccuracy({
      ...{ imageEmbeddings: tested.embeddings, labels, classEmbeddings },
      ties: 'inOrder',
    });
    return {
      metrics: { ...accuracies(found, classEmbeddings.rows), ...alsoReported(found, subject.benchmark) },
      settings: {},
      prompts: await subject.prompts(),
      predictions: { labels, predicted: found.predictions },
    };
  },
};

/** What a set's own papers report beside these. */
function alsoReported(
  found: ZeroShotResult,
  { alsoReported: wanted = [] }: ClassificationBenchmark,
): Record<string, number> {
  return Object.fromEntries(wanted.map((metric) => [metric, found[metric]]));
}

/** Within five of fewer than five classes every answer is right: then there is no such number. */
export function accuracies(
  { top1, top5, meanPerClass }: { top1: number; top5: number; meanPerClass: number },
  classes: number,
): Record<string, number> {
  return { top1, ...(classes >= 5 && { top5 }), meanPerClass };
}
