import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { ByteSource } from '../byteSource';
import { PickleError } from './pickleCursor';

/** Where an entry's bytes lie in the archive. */
export interface Stretch {
  start: number;
  length: number;
}

/** What a PyTorch archive holds of interest. */
export interface TorchArchive {
  /** The pickle that says what there is. */
  pickle: Stretch;
  /** The values, by the keys that the pickle gives them. */
  storages: ReadonlyMap<string, Stretch>;
}

/** Gives yauzl the bytes of a source. */
class SourceReader extends RandomAccessReader {
  constructor(private readonly source: ByteSource) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    if (position + length > this.source.size) {
      callback(new Error('it ends early'));
      return;
    }
    buffer.set(this.source.read(position, length), offset);
    callback(null);
  }
}

/** Pickles of a model take a few hundred kilobytes. */
const LARGEST_PICKLE = 2 ** 26;

/**
 * Finds the entries of a PyTorch archive: `<root>/data.pkl` and the storages `<root>/data/<key>`, stored and not
 * compressed, so that their values can be read where they lie.
 *
 * @throws PickleError if it is no such archive, or its entries lie about their place or size
 */
export async function openTorchArchive(source: ByteSource): Promise<TorchArchive> {
  const entries = await listEntries(source);
  const roots = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (roots.length !== 1) {
    throw new PickleError(
      `it is a zip archive with ${roots.length} entries "…/data.pkl", not compressed, where one is expected`,
    );
  }
  const root = roots[0].slice(0, -'data.pkl'.length);
  const pickle = entries.get(roots[0])!;
  if (pickle.length > LARGEST_PICKLE) throw new PickleError(`its pickle claims ${pickle.length} bytes`);
  checkByteOrder(source, entries.get(`${root}byteorder`));
  const values = `${root}data/`;
  const storages = [...entries].filter(([name]) => name.startsWith(values));
  return { pickle, storages: new Map(storages.map(([name, entry]) => [name.slice(values.length), entry])) };
}

/** Archives of older versions have no such entry and are little-endian, as nearly every machine is. */
function checkByteOrder(source: ByteSource, entry?: Stretch): void {
  if (!entry) return;
  const order = Buffer.from(source.read(entry.start, Math.min(entry.length, 16))).toString('latin1');
  if (order !== 'little') throw new PickleError(`its byte order is "${order}" where "little" is expected`);
}

/** The stored entries by their names; those that are compressed, such as TorchScript's code, are of no interest. */
async function listEntries(source: ByteSource): Promise<Map<string, Stretch>> {
  const found = new Map<string, Stretch & { header: number }>();
  try {
    const zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.size);
    for await (const entry of zip.eachEntry()) {
      if (found.has(entry.fileName)) throw new Error(`entry "${entry.fileName}" stands there twice`);
      if (entry.compressionMethod === 0) found.set(entry.fileName, await placeOf(zip, entry));
    }
  } catch (error) {
    throw new PickleError(`it is no sound zip archive (${(error as Error).message})`);
  }
  const ordered = [...found].sort(([, a], [, b]) => a.header - b.header);
  ordered.forEach(([name, { start, length }], i) => {
    const next = ordered[i + 1]?.[1].header ?? source.size;
    if (start + length > next) throw new PickleError(`its entry "${name}" overlaps another`);
  });
  return found;
}

async function placeOf(zip: ZipFile, entry: Entry): Promise<Stretch & { header: number }> {
  if (entry.isEncrypted()) throw new Error(`entry "${entry.fileName}" is encrypted`);
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return { header: entry.relativeOffsetOfLocalHeader, start: fileDataStart, length: entry.uncompressedSize };
}
