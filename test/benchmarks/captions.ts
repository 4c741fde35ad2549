import type { RetrievalBenchmark } from '../../src/benchmarks';
import { collect } from '../data/fixtures';
import { filesIn } from './archives';

/** Key and captions of every picture of a split, in order, the first byte of each picture, and the keys found absent. */
export async function captionsIn(folder: string, benchmark: RetrievalBenchmark, split: string) {
  const { files, absent } = filesIn(folder, benchmark);
  const pictures = await collect(benchmark.read(files, split));
  return {
    captions: pictures.map(({ key, texts }): [string, string[]] => [key, texts]),
    bytes: pictures.map(({ image }) => (image as Buffer)[0]),
    absent,
  };
}
