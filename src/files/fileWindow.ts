import type { FileHandle } from 'node:fs/promises';

/** Bytes of an open file by their place, read ahead in one direction. */
export interface FileWindow {
  size: number;
  /** Bytes that are followed by others: moves the window there. Fewer only where the file ends. */
  read(offset: number, length: number): Promise<Buffer>;
  /** A look at bytes elsewhere, from the window if they lie in it; it stays where it is. */
  peek(offset: number, length: number): Promise<Buffer>;
}

const READ_AHEAD = 2 ** 20;

/**
 * A window of 1 MiB, or of the largest stretch read, over a file of `size` bytes.
 *
 * @throws Error, whose message is a clause, while reading a file that has become shorter
 */
export function windowOf(handle: FileHandle, size: number): FileWindow {
  let start = 0;
  let bytes = Buffer.alloc(0);

  async function load(offset: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, size - offset));
    const loaded = Buffer.allocUnsafe(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await handle.read(loaded, filled, wanted - filled, offset + filled);
      if (bytesRead === 0) throw new Error('it became shorter while it was being read');
      filled += bytesRead;
    }
    return loaded;
  }

  function held(offset: number, length: number): Buffer | null {
    const end = Math.min(offset + length, size);
    if (offset < start || end > start + bytes.length) return null;
    return bytes.subarray(offset - start, Math.max(offset, end) - start);
  }

  return {
    size,
    async read(offset, length) {
      const found = held(offset, length);
      if (found) return found;
      bytes = await load(offset, Math.max(length, READ_AHEAD));
      start = offset;
      return held(offset, length) ?? bytes;
    },
    peek: async (offset, length) => held(offset, length) ?? load(offset, length),
  };
}
