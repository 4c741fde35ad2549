import { basename, join } from 'node:path';
import type { FilePlace } from '../files/fetchFirst';
import type { PublishedWeights, WeightsSource } from './weights';

/** A file of a repository of the Hugging Face Hub. */
export function hubAddress(repository: string, file: string): string {
  return `https://huggingface.co/${repository}/resolve/main/${file}`;
}

/**
 * Where published weights are on the web and in a cache folder, the best first:
 * `<cache>/weights/ViT-B-32/openai/ViT-B-32.pt`. A model and its `-quickgelu` twin share their files; one whose name nobody
 * knows is `<tag>.pt`.
 */
export function weightsPlaces(weights: PublishedWeights, cache: string): FilePlace[] {
  const folder = join(cache, 'weights', weights.model.replace(/-quickgelu$/, ''), weights.tag);
  return weights.sources.map((source) => {
    const address = addressOf(source);
    const file = source.file ?? (address ? basename(new URL(address).pathname) : `${weights.tag}.pt`);
    return { address, page: source.page ?? address ?? '', path: join(folder, file), sha256: source.sha256 };
  });
}

function addressOf({ address, repository, file }: WeightsSource): string | undefined {
  return address ?? (repository && file && hubAddress(repository, file));
}
