import type { Benchmark } from '../../benchmarks';
import { calibration } from './calibration';
import { fewShot } from './fewShot';
import { knn } from './knn';
import { linearProbe } from './linearProbe';
import type { Protocol, ProtocolId } from './protocol';
import { retrieval } from './retrieval';
import { robustness } from './robustness';
import { zeroShot } from './zeroShot';

export * from './protocol';

const PROTOCOLS = [zeroShot, retrieval, linearProbe, knn, fewShot, calibration, robustness];

/** The protocol as it judges such a benchmark; undefined where it does not. */
export function protocolFor(id: ProtocolId, { task }: Benchmark): Protocol | undefined {
  return PROTOCOLS.find((protocol) => protocol.id === id && protocol.task === task) as Protocol | undefined;
}
