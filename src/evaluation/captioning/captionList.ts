import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeFileAtomically } from '../../files';

/** A growing `captions.jsonl`: lines `{ "key", "caption" }`, as `importCaptions` reads them. */
export interface CaptionList {
  /** Keys that have a caption. */
  keys: ReadonlySet<string>;
  /** Lines that were there before. */
  readonly kept: number;
  /** Writes the lines of a batch; they have left the process when this returns. */
  append(captions: ReadonlyMap<string, string>): void;
  close(): void;
}

/**
 * Opens a list of captions to go on with, or a new one. A half-written last line is cut off. What the captions were made with
 * is kept in `<path>.settings.json`, so that one list does not mix two captioners.
 *
 * @param settings JSON that decides the captions
 * @throws when the file was begun with other settings, or holds another line that is no caption
 */
export function openCaptionList(path: string, settings: Record<string, unknown>): CaptionList {
  mkdirSync(dirname(path), { recursive: true });
  const keys = new Set<string>();
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  if (bytes.length > 0) checkSettings(path, settings);
  else writeFileAtomically(settingsPath(path), [`${JSON.stringify(settings, null, 2)}\n`]);
  const whole = bytes.lastIndexOf('\n'.charCodeAt(0)) + 1;
  const lines = bytes.subarray(0, whole).toString('utf8').split('\n').slice(0, -1);
  lines.forEach((line, index) => {
    keys.add(keyOf(line, path, index + 1));
  });
  const descriptor = openSync(path, 'a');
  ftruncateSync(descriptor, whole);
  return {
    keys,
    kept: keys.size,
    append(captions) {
      const text = [...captions].map(([key, caption]) => `${JSON.stringify({ key, caption })}\n`).join('');
      const chunk = Buffer.from(text);
      for (let written = 0; written < chunk.length; ) written += writeSync(descriptor, chunk, written);
      for (const key of captions.keys()) keys.add(key);
    },
    close() {
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}

function keyOf(line: string, path: string, number: number): string {
  try {
    const { key, caption } = JSON.parse(line);
    if (typeof key === 'string' && typeof caption === 'string') return key;
  } catch {
    // A syntax error and a line without a key end in the same sentence.
  }
  throw new Error(
    `Expected a key and a caption in line ${number} of "${path}", but got ${JSON.stringify(line.slice(0, 60))}; mend or ` +
      'remove the line, or write to another file.',
  );
}

function checkSettings(path: string, settings: Record<string, unknown>): void {
  const beside = settingsPath(path);
  const found = existsSync(beside) ? JSON.parse(readFileSync(beside, 'utf8')) : null;
  if (isDeepStrictEqual(found, JSON.parse(JSON.stringify(settings)))) return;
  throw new Error(
    `Expected to go on with "${path}", but its captions were made with ${found ? JSON.stringify(found) : 'unknown settings'} ` +
      `instead of ${JSON.stringify(settings)}; write to another file.`,
  );
}

function settingsPath(path: string): string {
  return `${path}.settings.json`;
}
