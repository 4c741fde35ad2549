import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeShare, type Share } from '../distributed';
import { writeFileAtomically } from '../files';
import { withFileLock } from '../files/fileLock';
import { hashOf } from './hashes';

/** Which parts of an evaluation are embedded. */
interface HandedIn {
  /** Hash of what was asked for: the parts of another evaluation do not count. */
  asked: string;
  of: number;
  done: number[];
}

/**
 * Notes in the results' folder that a part is embedded.
 *
 * @param asked JSON that is the same for all parts
 * @returns the parts that are not, such as `2/3`; none where this was the last: it is to judge, and then to `clear`
 */
export async function handIn(
  folder: string,
  asked: unknown,
  share: Share,
  signal?: AbortSignal,
): Promise<string[]> {
  const path = pathIn(folder);
  mkdirSync(folder, { recursive: true });
  return withFileLock(path, { signal }, async () => {
    const { of } = share;
    const evaluation = { asked: hashOf(asked), of };
    const before: HandedIn | null = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
    const isSame = before?.asked === evaluation.asked && before.of === of;
    const done = new Set([...(isSame ? before.done : []), share.part]);
    writeFileAtomically(path, [JSON.stringify({ ...evaluation, done: [...done] })]);
    const all = Array.from({ length: of }, (_, part) => part);
    return all.filter((part) => !done.has(part)).map((part) => describeShare({ part, of }));
  });
}

/** What was handed in is judged. */
export function clearHandedIn(folder: string): void {
  rmSync(pathIn(folder), { force: true });
}

const pathIn = (folder: string) => join(folder, 'parts.json');
