import { createHash } from 'node:crypto';
import type { Clip } from '../models';

/**
 * Tells one training of a model from another without reading gigabytes: the SHA-256 of the biases, norms and scales, which
 * every step of training moves, in the order of their names.
 */
export function fingerprintOf(model: Clip): string {
  return hashOf(model, 1);
}

/**
 * The SHA-256 of all parameters, as float32 and in the order of their names: that of the weights whatever the format of
 * their file, for results that others compare theirs with. Takes a second for each gigabyte or so.
 */
export function checksumOf(model: Clip): string {
  return hashOf(model, Number.POSITIVE_INFINITY);
}

/** @param highest rank of the parameters that count */
function hashOf({ parameters }: Clip, highest: number): string {
  const hash = createHash('sha256');
  for (const [name, variable] of [...parameters].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (variable.rank > highest) continue;
    const { buffer, byteOffset, byteLength } = variable.dataSync() as Float32Array;
    hash.update(`${name} `).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
