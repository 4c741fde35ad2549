/** A network between ranks, each with its own line. */
export interface Network {
  bytesPerSecond: number;
  /** Seconds until a message arrives. */
  latency: number;
}

/**
 * Seconds that a sum over ranks takes in a ring (Thakur et al. 2005; NCCL's): 2(n − 1) messages, one n-th of the bytes each.
 *
 * @param bytes that each rank has
 */
export function ringSeconds(bytes: number, ranks: number, { bytesPerSecond, latency }: Network): number {
  return 2 * (ranks - 1) * (latency + bytes / ranks / bytesPerSecond);
}
