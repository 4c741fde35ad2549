import { closeSync, existsSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { linesOf } from '../files/lines';

/** An input, with what is wrong with it if it has no row. */
export interface JournalInput {
  key: string;
  error?: { message: string };
}

/** A line of the list beside a matrix: its row, or none and why. */
export interface JournalLine {
  row: number | null;
  key: string;
  error?: string;
}

/** What of a list is whole. */
export interface JournalState {
  /** Inputs done, with a row or without. */
  inputs: number;
  rows: number;
  bytes: number;
}

/**
 * Looks how far a list goes: up to a line that was not written whole, or whose row the matrix has not. Where there is no
 * file it goes nowhere.
 *
 * @param rows that the matrix has
 */
export async function measureJournal(path: string, rows: number): Promise<JournalState> {
  const state: JournalState = { inputs: 0, rows: 0, bytes: 0 };
  if (!existsSync(path)) return state;
  const { size } = statSync(path);
  for await (const line of linesOf(path)) {
    const entry = parse(line);
    const bytes = state.bytes + Buffer.byteLength(line) + 1;
    const isBehind = entry?.row !== null && state.rows >= rows;
    if (!entry || bytes > size || isBehind) break;
    state.inputs++;
    state.bytes = bytes;
    if (entry.row !== null) state.rows++;
  }
  return state;
}

/** The keys of the first lines, in their order. */
export async function* journalKeys(path: string, inputs: number): AsyncGenerator<string> {
  if (inputs === 0) return;
  let left = inputs;
  for await (const line of linesOf(path)) {
    yield parse(line)!.key;
    if (--left === 0) return;
  }
}

/** All lines of a finished list, in their order. */
export async function* journalLines(path: string): AsyncGenerator<JournalLine> {
  for await (const line of linesOf(path)) yield parse(line)!;
}

/** Opens a list to go on behind its first `bytes`; what comes after them goes. */
export function openJournal(path: string, bytes: number) {
  const descriptor = openSync(path, 'a');
  ftruncateSync(descriptor, bytes);
  return {
    /** @param row of the first input that has one */
    append(inputs: readonly JournalInput[], row: number): void {
      let next = row;
      const lines = inputs.map(
        ({ key, error }): JournalLine =>
          error ? { row: null, key, error: error.message } : { row: next++, key },
      );
      const chunk = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      for (let written = 0; written < chunk.length; ) written += writeSync(descriptor, chunk, written);
    },
    close: () => closeSync(descriptor),
  };
}

function parse(line: string): JournalLine | undefined {
  try {
    const entry = JSON.parse(line);
    return typeof entry?.key === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}
