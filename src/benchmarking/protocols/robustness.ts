import { CORRUPTIONS, type CorruptionName, SEVERITIES } from '../../data/corruptions';
import { ALEXNET_ERRORS, mean, meanCorruptionError, zeroShotAccuracy } from '../../evaluation';
import type { Subject, Variant, Wanted } from '../subject';
import { labelsOf } from './examples';
import type { Protocol } from './protocol';

/**
 * Zero-shot top-1 on corrupted pictures, as ImageNet-C has them: `clean`, the mean over severities of each corruption, the mean
 * of those as `corrupted`, and `name@severity`. On ImageNet's whole validation set also `mCE`, the mean corruption error over
 * AlexNet's. Every picture is embedded once for each corruption and severity.
 */
export const robustness: Protocol<'classification'> = {
  id: 'robustness',
  task: 'classification',
  async prepare(subject) {
    const { corruptions, severities } = askedOf(subject);
    const { split, seed } = subject;
    await subject.classes();
    const sample = await sampleOf(subject);
    await subject.variant(split, { sample });
    for (const name of corruptions) {
      for (const severity of severities) {
        await subject.variant(split, { sample, corruption: { name, severity, seed } });
      }
    }
  },
  async measure(subject) {
    const { corruptions, severities } = askedOf(subject);
    const sample = await sampleOf(subject);
    const clean = await top1Of(subject, { sample });
    const accuracies = new Map<CorruptionName, number[]>();
    for (const name of corruptions) {
      const own: number[] = [];
      for (const severity of severities) {
        const corruption = { name, severity, seed: subject.seed };
        own.push(await top1Of(subject, { sample, corruption }));
      }
      accuracies.set(name, own);
    }
    const each = [...accuracies].map(([name, own]) => [name, mean(own)] as const);
    return {
      metrics: {
        clean,
        corrupted: mean(each.map(([, accuracy]) => accuracy)),
        ...Object.fromEntries(each),
        ...errorOverAlexNet(subject, accuracies),
        ...Object.fromEntries(
          [...accuracies].flatMap(([name, own]) =>
            own.map((accuracy, place) => [`${name}@${severities[place]}`, accuracy]),
          ),
        ),
      },
      settings: { severities: [...severities], seed: subject.seed, sample: sample ?? null },
      prompts: await subject.prompts(),
    };
  },
};

function askedOf({ robustness }: Wanted) {
  const { corruptions = Object.keys(CORRUPTIONS) as CorruptionName[], severities = SEVERITIES } = robustness;
  return { corruptions, severities };
}

async function sampleOf({ split, seed, robustness, embedded }: Wanted): Promise<Variant['sample']> {
  const { targets, damaged } = await embedded(split);
  const of = targets.length + damaged.length;
  const { pictures } = robustness;
  return pictures !== undefined && pictures < of ? { pictures, of, seed } : undefined;
}

async function top1Of(subject: Subject, variant: Variant): Promise<number> {
  const { embeddings, ...rest } = await subject.variant(subject.split, variant);
  const classEmbeddings = await subject.classes();
  const labels = labelsOf({ embeddings, ...rest });
  return zeroShotAccuracy({ imageEmbeddings: embeddings, labels, classEmbeddings, ties: 'inOrder' }).top1;
}

function errorOverAlexNet(
  { benchmark, split, robustness }: Subject,
  accuracies: ReadonlyMap<CorruptionName, readonly number[]>,
): Record<string, number> {
  const isWhole = Object.values(robustness).every((asked) => asked === undefined);
  if (benchmark.id !== 'imagenet1k' || split !== benchmark.tested || !isWhole) return {};
  const errors = [...accuracies].map(([name, own]) => [name, own.map((accuracy) => 1 - accuracy)]);
  return { mCE: meanCorruptionError(Object.fromEntries(errors), ALEXNET_ERRORS).mean };
}
