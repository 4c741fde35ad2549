/** Processes that compute together. All calls wait for the same call of every other rank. */
export interface Communicator {
  /** Which one this is, from 0. */
  readonly rank: number;
  readonly size: number;
  /** Sums over ranks, in place; every rank calls with as many numbers. */
  sumInPlace(values: Float32Array): void;
  /** The numbers of all ranks, one rank's behind the other's; their counts may differ. */
  gather(values: Float32Array): Float32Array;
  /** What rank 0 has, anything that JSON can hold. */
  broadcast<T>(value: T): T;
  barrier(): void;
  /** Bytes that this rank has handed to calls so far. */
  readonly bytesSent: number;
  /** Ends all ranks at once: for a rank that cannot go on. */
  abort(code: number): never;
  /** Once, at a clean end. */
  close(): void;
}
