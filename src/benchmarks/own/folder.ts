import { isPictureName } from '../../data/pictureNames';
import { openTree } from '../../files/fileTree';
import { captionLines, type OwnPicture, type OwnSource } from './source';

/**
 * The pictures of a folder or an archive, each in the folder of its class, or with its captions in `name.txt` beside `name.jpg`, a
 * line each. A folder around all classes does not count, and neither do folders within a class. Keys are paths.
 *
 * @throws Error where there is no picture
 */
export async function folderSource(path: string): Promise<OwnSource> {
  const tree = openTree(path);
  const pictures: string[] = [];
  const captions = new Map<string, string[]>();
  for await (const { name, content } of tree.files()) {
    if (isShown(name) && isPictureName(name)) pictures.push(name);
    if (name.endsWith('.txt')) captions.set(stemOf(name), captionLines([(await content()).toString('utf8')]));
  }
  if (pictures.length === 0)
    throw new Error(`Expected pictures in ${tree.label}, but found none; check the path.`);
  const labelOf = labelByTopFolder(pictures);
  return {
    name: tree.label,
    has: {
      labels: pictures.some((name) => labelOf(name) !== undefined),
      captions: pictures.some((name) => captions.has(stemOf(name))),
    },
    ordered: true,
    labels: async () => pictures.flatMap((name) => labelOf(name) ?? []),
    async *pictures(): AsyncGenerator<OwnPicture> {
      const wanted = new Set(pictures);
      for await (const { name, content } of tree.files()) {
        if (!wanted.has(name)) continue;
        yield {
          key: name,
          image: await content(),
          label: labelOf(name),
          texts: captions.get(stemOf(name)) ?? [],
        };
      }
    },
  };
}

/** The first folder of a name, after those that all names share; of a single class, its own folder. */
function labelByTopFolder(names: readonly string[]): (name: string) => string | undefined {
  const folders = names.map((name) => name.split('/').slice(0, -1));
  let shared = 0;
  while (folders.every((path) => path.length > shared + 1 && path[shared] === folders[0][shared])) shared++;
  return (name) => name.split('/').slice(shared, -1)[0];
}

const stemOf = (name: string) => name.replace(/\.[^./]*$/, '');

/** Hidden files and folders, such as macOS adds to archives, hold no pictures. */
const isShown = (name: string) =>
  !name.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
