import type { FileTree } from '../files/fileTree';
import type { BenchmarkPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';

export interface PictureList<Told> {
  /** Where the pictures lie; what else lies there is passed over. */
  trees: readonly FileTree[];
  /** What the list tells of each picture, by its name in a tree, or by the end of it that begins at a folder's border. */
  told: ReadonlyMap<string, Told>;
  absent: BenchmarkFiles['absent'];
}

/**
 * The pictures of archives that a list names, in the archives' order; the first where a name comes twice. Their keys are
 * the list's names, the same for an archive and for what it was unpacked to. Listed pictures that lie nowhere are told to
 * `absent`, in the list's order.
 */
export async function* listedPictures<Told>({
  trees,
  told: list,
  absent,
}: PictureList<Told>): AsyncGenerator<BenchmarkPicture & { told: Told }> {
  const open = new Map(list);
  for (const tree of trees) {
    if (open.size === 0) return;
    for await (const { name, content } of tree.files()) {
      const key = listedEnd(name, open);
      if (key === undefined) continue;
      const told = open.get(key)!;
      open.delete(key);
      yield { key, image: await content(), told };
      if (open.size === 0) break;
    }
  }
  for (const key of open.keys()) absent(key);
}

/** The longest end of a name, from a folder's border on, that is listed. */
function listedEnd(name: string, listed: ReadonlyMap<string, unknown>): string | undefined {
  for (let end = name; ; end = end.slice(end.indexOf('/') + 1)) {
    if (listed.has(end)) return end;
    if (!end.includes('/')) return undefined;
  }
}
