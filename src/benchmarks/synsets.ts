import { readClassNames } from './promptFiles';
import { listPath } from './publishedPrompts';

/** The sets whose classes are synsets of WordNet: `imagenet1k` and those that have 200 of its classes. */
export type SynsetList = 'imagenet1k' | 'imagenet-a' | 'imagenet-r';

/**
 * WordNet's ids of a set's classes by label, such as `n01440764`; labels are ranks among the sorted ids. From
 * `data/benchmarks/synsets.json`, which has CLIP_benchmark's lists.
 */
export function synsetsOf(set: SynsetList): readonly string[] {
  return readClassNames(listPath('synsets.json'))[set];
}
