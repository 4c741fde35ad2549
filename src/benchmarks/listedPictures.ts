import type { FileTree } from '../files/fileTree';
import type { BenchmarkPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';

export interface PictureList<Told> {
  /** Where the pictures lie; what else lies there is passed over. */
  trees: readonly FileTree[];
  /** What the list tells of each picture, by file name without folders. */
  told: ReadonlyMap<string, Told>;
  absent: BenchmarkFiles['absent'];
}

/**
 * The pictures of archives that a list names, in the archives' order; the first where a name comes twice. Their keys are
 * their names without folders, the same for an archive and for what it was unpacked to. Listed pictures that lie nowhere
 * are told to `absent`, in the list's order.
 */
export async function* listedPictures<Told>({
  trees,
  told,
  absent,
}: PictureList<Told>): AsyncGenerator<BenchmarkPicture & { told: Told }> {
  const open = new Map(told);
  for (const tree of trees) {
    if (open.size === 0) return;
    for await (const { name, content } of tree.files()) {
      const key = name.slice(name.lastIndexOf('/') + 1);
      const found = open.get(key);
      if (found === undefined) continue;
      open.delete(key);
      yield { key, image: await content(), told: found };
      if (open.size === 0) break;
    }
  }
  for (const key of open.keys()) absent(key);
}
