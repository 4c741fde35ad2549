import fs from 'node:fs';

/**
 * Does some work on a disk that takes so many bytes and no more. As on a full one, the last write is short and the next
 * throws; folders, new names and removals still go.
 *
 * @param code what the system says, such as `ENOSPC`
 */
export async function onFailingDisk<Result>(
  bytes: number,
  code: string,
  work: () => Promise<Result>,
): Promise<{ result: Result; written: number }> {
  const { writeSync } = fs;
  let left = bytes;
  const limited = (descriptor: number, data: Uint8Array, offset = 0, length = data.byteLength - offset) => {
    if (descriptor <= 2) return writeSync(descriptor, data, offset, length);
    if (left === 0) throw Object.assign(new Error(`${code}: no more, write`), { code, syscall: 'write' });
    const count = Math.min(length, left);
    left -= count;
    return writeSync(descriptor, data, offset, count);
  };
  Object.assign(fs, { writeSync: limited });
  try {
    return { result: await work(), written: bytes - left };
  } finally {
    Object.assign(fs, { writeSync });
  }
}
