import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { shown } from './quoted';
import { LARGEST_MEMBER, readTarMembers, type TarMember, tarMembers } from './tarMembers';

/** One regular file of a tree. */
export interface TreeFile {
  /** With `/`, as the archive has it, without a leading `./`. */
  name: string;
  /** What is in it; call it before going on to the next file, or never. */
  content(): Promise<Buffer>;
  /** Where it lies on the disk; undefined inside an archive. */
  path?: string;
}

/**
 * The files of an archive, or of the folder it was unpacked to. Nothing is written to the disk, so that names and links in an
 * archive lead nowhere; of an archive no file larger than `LARGEST_MEMBER` is read.
 */
export interface FileTree {
  /** How errors call it. */
  label: string;
  /** All regular files in the archive's order; of a folder, in the order of their names. */
  files(): AsyncIterable<TreeFile>;
}

/**
 * Opens a folder, a `.zip`, or a `.tar` that may be compressed by gzip. The kind is known by the first bytes, as names of
 * published archives lie.
 *
 * @throws Error where there is nothing at the path, or no archive; while reading, where the archive is damaged
 */
export function openTree(path: string): FileTree {
  if (!existsSync(path)) throw new Error(`Expected a folder or an archive at "${path}"; check the path.`);
  const label = `"${path}"`;
  if (statSync(path).isDirectory()) return { label, files: () => folderFiles(path) };
  if (isZip(firstBytes(path))) return { label, files: () => zipFiles(path, label) };
  return { label, files: () => tarFiles(readTarMembers(path), label) };
}

/** An archive inside an archive: a `.tar` or `.tar.gz` that is in memory. */
export function treeOf(archive: Buffer, label: string): FileTree {
  return { label, files: () => tarFiles(tarMembers([archive]), label) };
}

/**
 * Reads the named files of a tree, in one pass that ends with the last of them.
 *
 * @param names as in `TreeFile.name`; or the ends of names that begin at a folder's border, as some archives have one folder
 *   around everything and others have not
 * @returns by the names asked for
 * @throws Error naming a file that is not in the tree
 */
export async function readNamed<Name extends string>(
  tree: FileTree,
  names: readonly Name[],
): Promise<Record<Name, Buffer>> {
  const found: Partial<Record<Name, Buffer>> = {};
  const open = new Set(names);
  for await (const { name, content } of tree.files()) {
    for (const wanted of open) {
      if (name !== wanted && !name.endsWith(`/${wanted}`)) continue;
      found[wanted] = await content();
      open.delete(wanted);
    }
    if (open.size === 0) break;
  }
  const [missing] = open;
  if (missing === undefined) return found as Record<Name, Buffer>;
  throw new Error(`Expected a file "${missing}" in ${tree.label}, but there is none; is the archive whole?`);
}

async function* folderFiles(folder: string, prefix = ''): AsyncGenerator<TreeFile> {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const name = prefix + entry.name;
    const path = join(folder, name.split('/').join(sep));
    // A link may lead to a folder or a file: many keep data sets on another disk.
    const kind = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry;
    if (kind?.isDirectory()) yield* folderFiles(folder, `${name}/`);
    else if (kind?.isFile()) yield { name, path, content: () => readFile(path) };
  }
}

async function* zipFiles(path: string, label: string): AsyncGenerator<TreeFile> {
  let last = 'its start';
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path);
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      yield { name: plain(entry.fileName), content: () => readEntry(zip!, entry, label) };
      last = `"${entry.fileName}"`;
    }
  } catch (error) {
    throw damaged(label, last, error);
  } finally {
    zip?.close();
  }
}

async function readEntry(zip: ZipFile, entry: Entry, label: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    const { uncompressedSize: size } = entry;
    if (size > LARGEST_MEMBER) throw new Error(`it has ${size} bytes, more than ${LARGEST_MEMBER}`);
    // The stream fails where more comes than that.
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  } catch (error) {
    throw damaged(label, `"${entry.fileName}"`, error);
  }
  return Buffer.concat(chunks);
}

async function* tarFiles(members: AsyncIterable<TarMember>, label: string): AsyncGenerator<TreeFile> {
  let last = 'its start';
  try {
    for await (const { name, content } of members) {
      yield { name: plain(name), content: async () => content };
      last = `"${name}"`;
    }
  } catch (error) {
    throw damaged(label, last, error);
  }
}

/** @param last where the damage is: the file itself, or the last one before it */
function damaged(label: string, last: string, error: unknown): Error {
  const reason = shown((error as Error).message, 200);
  return new Error(
    `The archive ${label} ends early or is damaged near ${shown(last, 200)} (${reason}); get it again.`,
  );
}

const plain = (name: string) => name.replace(/^(\.\/)+/, '');

function firstBytes(path: string): Buffer {
  const bytes = Buffer.alloc(4);
  const descriptor = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, 4, 0));
  } finally {
    closeSync(descriptor);
  }
}

const isZip = (bytes: Buffer) => bytes.length === 4 && bytes[0] === 0x50 && bytes[1] === 0x4b;
