import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Embeddings } from '../evaluation';
import { writeFileAtomically } from '../files';
import { openGrowingNpy, rowsInNpy } from '../files/growingNpy';
import { type JournalInput, type JournalState, journalKeys, measureJournal, openJournal } from './journal';

/** Inputs in their order, and one row for each that has no error. */
export interface WrittenBatch {
  inputs: readonly JournalInput[];
  embeddings: Embeddings;
}

/** Embeddings on the disk, to be begun or gone on with. */
export interface EmbeddingFile {
  /** What an earlier call left: rows, and inputs with or without one. */
  readonly before: Readonly<JournalState>;
  readonly rows: number;
  /** The inputs that are left to do; those done before are compared with what they were. */
  remaining<Input>(
    source: AsyncIterable<Input> | Iterable<Input>,
    keyOf: (input: Input) => string,
  ): AsyncGenerator<Input>;
  append(batch: WrittenBatch): void;
  /** Gives the matrix its name. */
  finish(): void;
  /** Leaves everything as it is, to go on with. */
  close(): void;
}

/**
 * Opens `F.npy`, a matrix `[rows, width]` in the inputs' order, with `F.jsonl` beside it, a line for each input, and `F.json`
 * with what they were made with. The matrix is `F.npy.partial` until it is finished; a batch's rows are written before its
 * lines, so that whatever ends the process, the lines that are whole have their rows.
 *
 * @param settings JSON that decides the rows: one file does not mix two models
 * @throws when the file was begun with other settings; from `remaining`, when the inputs are others or fewer
 */
export async function openEmbeddingFile(
  path: string,
  width: number,
  settings: Record<string, unknown>,
): Promise<EmbeddingFile> {
  keepSettings(path, settings);
  const list = `${stemOf(path)}.jsonl`;
  const before = await measureJournal(list, rowsInNpy(path, width));
  const matrix = openGrowingNpy(path, width, before.rows);
  const journal = openJournal(list, before.bytes);
  return {
    before,
    get rows() {
      return matrix.rows;
    },
    async *remaining(source, keyOf) {
      const keys = journalKeys(list, before.inputs);
      let place = 0;
      for await (const input of source) {
        if (place++ >= before.inputs) yield input;
        else checkSame(path, place, (await keys.next()).value, keyOf(input));
      }
      if (place < before.inputs)
        throw changed(path, `had ${before.inputs} inputs before and has ${place} now`);
    },
    append({ inputs, embeddings }) {
      const row = matrix.rows;
      if (embeddings.rows > 0) matrix.append(embeddings.values);
      journal.append(inputs, row);
    },
    finish: matrix.finish,
    close() {
      matrix.close();
      journal.close();
    },
  };
}

/** `folder/cats` of `folder/cats.npy`. */
export function stemOf(path: string): string {
  if (path.endsWith('.npy')) return path.slice(0, -'.npy'.length);
  throw new Error(`Expected a name that ends in .npy for embeddings, got "${path}".`);
}

/**
 * Compares what a matrix, finished or not, was made with.
 *
 * @throws where it is something else, or nothing says what
 */
export function checkSettings(path: string, settings: Record<string, unknown>): void {
  const file = `${stemOf(path)}.json`;
  if (!existsSync(file)) {
    throw new Error(
      `There is "${path}" already, and no "${file}" says what it was made with; write to another file.`,
    );
  }
  if (isDeepStrictEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(settings)))) return;
  throw new Error(
    `"${path}" was begun with another model or other settings (see "${file}"); write to another file, or delete both.`,
  );
}

function keepSettings(path: string, settings: Record<string, unknown>): void {
  const file = `${stemOf(path)}.json`;
  if (existsSync(file) || existsSync(path)) {
    checkSettings(path, settings);
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileAtomically(file, [`${JSON.stringify(settings, null, 2)}\n`]);
  }
}

function checkSame(path: string, place: number, before: string | undefined, now: string): void {
  if (before !== now) throw changed(path, `had "${before}" as input ${place} before and has "${now}" now`);
}

function changed(path: string, what: string): Error {
  return new Error(
    `Expected to go on with "${path}", but it ${what}; restore the input, or write to another file.`,
  );
}
