import { benchmarkOf } from '../benchmarks/registry';
import { BENCHMARK_GROUPS, type BenchmarkGroup } from './groups';

/**
 * How many pictures each column and each retrieval set of a paper's tables is measured on, as the benchmark registry has it.
 * A paper may have measured another split: none says so.
 *
 * @throws where the registry does not state the size of a split that is judged
 */
export function groupSizes(id: BenchmarkGroup['id']): Record<string, number> {
  const { columns, retrieval } = BENCHMARK_GROUPS.find((group) => group.id === id)!;
  return Object.fromEntries(
    Object.entries({ ...columns, ...retrieval }).map(([name, benchmark]) => {
      const { splits, tested, title } = benchmarkOf(benchmark);
      const pictures = splits[tested];
      if (pictures !== undefined) return [name, pictures];
      throw new Error(`Expected the number of pictures of ${title}, ${tested}, in its file; add it.`);
    }),
  );
}
