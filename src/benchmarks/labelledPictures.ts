import type { FileTree } from '../files/fileTree';
import type { LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { listedPictures } from './listedPictures';
import { ranksOf } from './lists';

/**
 * Tells classes by the folders in which pictures lie.
 *
 * @param source how errors call what names the pictures
 * @param folders of the classes, by label
 * @returns the label of a picture such as `polka-dotted/polka-dotted_0045.jpg`; throws an Error where it lies in none of the
 *   folders
 */
export function labelByFolder(source: string, folders: readonly string[]): (picture: string) => number {
  const labels = ranksOf(folders);
  return (picture) => {
    const label = labels.get(picture.slice(0, picture.lastIndexOf('/')));
    if (label !== undefined) return label;
    throw new Error(
      `Expected pictures of ${folders.length} classes in ${source}, but "${picture}" lies in the folder of none; get it again.`,
    );
  };
}

/** The labels by picture, for `labelledPictures`, of a list whose pictures lie in a folder per class; as `labelByFolder`. */
export function labelsByFolder(
  source: string,
  pictures: readonly string[],
  folders: readonly string[],
): Map<string, number> {
  const labelOf = labelByFolder(source, folders);
  return new Map(pictures.map((picture) => [picture, labelOf(picture)]));
}

/**
 * The pictures of a tree that a list names, in the tree's order; those it lacks are told to `files.absent` at the end.
 *
 * @param labels by name of the picture, which may be the end of its name in the tree that begins at a folder's border, as
 *   in `readNamed`
 */
export async function* labelledPictures(
  files: BenchmarkFiles,
  tree: FileTree,
  labels: ReadonlyMap<string, number>,
): AsyncGenerator<LabelledPicture> {
  const found = listedPictures({ trees: [tree], told: labels, absent: files.absent });
  for await (const { key, image, told: label } of found) yield { key, image, label };
}

/** The pictures of a tree for which `find` has a key and a label, in the tree's order and one at a time in memory. */
export async function* foundPictures(
  tree: FileTree,
  find: (name: string) => Omit<LabelledPicture, 'image'> | undefined,
): AsyncGenerator<LabelledPicture> {
  for await (const { name, content } of tree.files()) {
    const found = find(name);
    if (found) yield { ...found, image: await content() };
  }
}
