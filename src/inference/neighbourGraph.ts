import type { Index } from 'usearch';

/**
 * How a part of an index is built: HNSW graphs by usearch over inner products, vectors in 16 bits. The numbers are usearch's
 * own defaults; what they come to is measured in `likelyRows`. In 32 bits 100,000 rows of 512 numbers took 150 s instead of
 * 106 and 220 MB instead of 117, and 200 candidates held no more of the ten nearest (0.998 to 1.000 in both).
 *
 * Source: Malkov and Yashunin, arXiv 1603.09320, whose M is `connectivity` and efConstruction `expansion_add`.
 */
export const GRAPH = { metric: 'ip', quantization: 'f16', connectivity: 16, expansion_add: 128 } as const;

/**
 * An empty graph, to be filled or to be mapped from a file.
 *
 * @throws where usearch has no binary for this machine
 */
export function createGraph(width: number): Index {
  const { Index, MetricKind, ScalarKind } = loadLibrary();
  return new Index({
    ...GRAPH,
    dimensions: width,
    metric: MetricKind.IP,
    quantization: ScalarKind.F16,
    expansion_search: 0,
    multi: false,
  });
}

/** Only when needed: there are machines without a binary, and they can search exactly. */
function loadLibrary(): typeof import('usearch') {
  try {
    return require('usearch');
  } catch (cause) {
    const machine = `${process.platform}-${process.arch}`;
    throw new Error(
      `The index of neighbours needs the package usearch, which does not load on ${machine}; search exactly (--exact).`,
      { cause },
    );
  }
}
