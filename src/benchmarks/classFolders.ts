import { isPictureName } from '../data/pictureNames';
import type { FileTree } from '../files/fileTree';
import type { LabelledPicture } from './benchmark';
import { foundPictures } from './labelledPictures';
import { checkCount, ranksOf } from './lists';

/**
 * The pictures of a tree that lie in a folder for each class, in the tree's order; keys are `<folder>/<picture>`.
 *
 * @param folders by label
 * @param parents where given, folders that lie in one of these only
 */
export function folderPictures(
  tree: FileTree,
  folders: readonly string[],
  parents?: readonly string[],
): AsyncGenerator<LabelledPicture> {
  const labels = ranksOf(folders);
  return foundPictures(tree, (path) => {
    const place = placeOf(path, parents);
    const label = place && labels.get(place.folder);
    return place && label !== undefined ? { key: `${place.folder}/${place.name}`, label } : undefined;
  });
}

/**
 * The folders of a tree that have pictures in them, in the order of their names (by code points, as torchvision sorts);
 * `parents` as in `folderPictures`.
 *
 * @throws Error where there are not as many as there should be: one for each class
 */
export async function classFolders(
  tree: FileTree,
  count: number,
  parents?: readonly string[],
): Promise<string[]> {
  const folders = new Set<string>();
  for await (const { name } of tree.files()) {
    const place = placeOf(name, parents);
    if (place) folders.add(place.folder);
  }
  const where = parents ? `"${parents[0]}" of ` : '';
  return checkCount([...folders].sort(), count, `the folders of pictures in ${where}${tree.label}`);
}

/** Folder and name of a picture; hidden files, such as macOS adds to archives, are none. */
function placeOf(path: string, parents?: readonly string[]): { folder: string; name: string } | undefined {
  const [name, folder, parent] = path.split('/').reverse();
  if (!folder || name.startsWith('.') || !isPictureName(name)) return undefined;
  return !parents || parents.includes(parent ?? '') ? { folder, name } : undefined;
}
