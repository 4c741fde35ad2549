import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The project's folder, found upwards from this file, then from the working folder (a notebook's, for instance).
 *
 * @throws Error where neither lies inside the project
 */
export function projectRoot(): string {
  for (const start of [__dirname, process.cwd()]) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (isProject(folder)) return folder;
      if (folder === dirname(folder)) break;
    }
  }
  throw new Error(
    `Expected to run inside the clipbook project, but "${process.cwd()}" is outside; change the folder.`,
  );
}

function isProject(folder: string): boolean {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'clipbook';
}
