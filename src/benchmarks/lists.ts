import { type FileTree, readNamed } from '../files/fileTree';

/** The lines of a list, without empty ones and without spaces around. */
export function listLines(content: Buffer): string[] {
  const lines = content.toString('utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** The lines of a list in an archive; throws as `readNamed` does. */
export async function readList(tree: FileTree, name: string): Promise<string[]> {
  return listLines((await readNamed(tree, [name]))[name]);
}

/** The place of each name in a list from 0, which is its label where the list is of classes. */
export function ranksOf(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, rank) => [name, rank]));
}

/**
 * Labels that are ranks among all classes are wrong where one is missing or one too many.
 *
 * @param source of the names, as errors call it
 * @returns the names
 * @throws Error where they are not as many as there should be
 */
export function checkCount(names: string[], classes: number, source: string): string[] {
  if (names.length === classes) return names;
  throw new Error(
    `Expected ${classes} classes in ${source}, got ${names.length}; is it the right version, and whole?`,
  );
}
