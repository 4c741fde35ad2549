import { appendFileSync, createReadStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGrowingFile, type FileProof, proofOf } from '../files';
import type { BadInputSummary } from './badInput';
import { ConversionInterruptedError, type WrittenFile } from './parts';

/** What a conversion must agree in with the one it continues; the first line of a manifest. */
export interface ConversionSettings {
  from: string;
  /** See `fingerprintOf`. */
  fingerprint: string;
  to: string;
  name: string;
  samplesPerPart: number;
}

/** A line for each part that is whole. */
export interface PartLine {
  part: number;
  samples: number;
  /** How many of the samples have a text. */
  withText: number;
  firstKey: string;
  files: WrittenFile[];
}

/** The last line, once everything is there. */
export interface CompleteLine {
  complete: true;
  samples: number;
  bad: BadInputSummary;
  /** The files that belong to no part. */
  files: WrittenFile[];
}

/** What is known of a part that is whole. */
export type KeptPart = Omit<PartLine, 'files' | 'part'> & { files: number; bytes: number };

/** The account of a conversion: which parts are whole, and every file with its size and SHA-256. */
export interface Manifest {
  /** The parts that an earlier attempt finished and that are as it left them. */
  kept: Map<number, KeptPart>;
  /** The last line of an earlier attempt that finished, if all its files are as it left them. */
  complete: CompleteLine | null;
  append(line: PartLine | CompleteLine): void;
}

const MANIFEST = 'manifest.jsonl';

/**
 * Opens `<folder>/manifest.jsonl`, or begins it in an empty folder. Files that are not what the manifest says are
 * removed, and their parts forgotten.
 *
 * @throws Error where the folder holds something else, or a conversion of other data or with other settings
 */
export async function openManifest(
  folder: string,
  settings: ConversionSettings,
  signal?: AbortSignal,
): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  const append = (line: unknown) => appendFileSync(path, `${JSON.stringify(line)}\n`);
  const kept: Manifest['kept'] = new Map();
  if (!existsSync(path)) {
    checkEmpty(folder);
    mkdirSync(folder, { recursive: true });
    append(settings);
    return { kept, complete: null, append };
  }
  const lines = linesOf(path);
  checkSame(folder, (await lines.next()).value ?? settings, settings);
  const renewed = createGrowingFile(path);
  renewed.write(`${JSON.stringify(settings)}\n`);
  try {
    for await (const value of lines) {
      if (signal?.aborted) throw new ConversionInterruptedError('Stopped while checking what is there.');
      const line = value as PartLine | CompleteLine;
      if (!allWhole(folder, line.files)) continue;
      if ('complete' in line) {
        if (isAll(line, kept)) return { kept, complete: line, append };
        continue;
      }
      kept.set(line.part, keptPart(line));
      renewed.write(`${JSON.stringify(line)}\n`);
    }
    renewed.finish();
    return { kept, complete: null, append };
  } finally {
    renewed.discard();
  }
}

function checkEmpty(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).every((name) => name.endsWith('.partial'))) return;
  throw new Error(
    `Expected an empty or new folder at "${folder}", or one with a ${MANIFEST} to go on from; choose another.`,
  );
}

/** A line that is cut or damaged ends what is known. */
async function* linesOf(path: string): AsyncGenerator<unknown> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return;
    }
    yield value;
  }
}

function checkSame(folder: string, found: ConversionSettings, wanted: ConversionSettings): void {
  for (const key of Object.keys(wanted) as (keyof ConversionSettings)[]) {
    if (found[key] === wanted[key]) continue;
    const what =
      key === 'fingerprint'
        ? 'other data than the source holds now'
        : `"${key}" ${JSON.stringify(found[key])} where ${JSON.stringify(wanted[key])} is asked for`;
    throw new Error(
      `Expected in "${folder}" the same conversion to go on with, but its ${MANIFEST} has ${what}; choose another folder.`,
    );
  }
}

function allWhole(folder: string, files: WrittenFile[]): boolean {
  const broken = files.filter((file) => !isWhole(file, proofOf(join(folder, file.path))));
  for (const { path } of broken) rmSync(join(folder, path), { force: true });
  return broken.length === 0;
}

function isWhole(file: FileProof, proof: FileProof | null): boolean {
  return proof?.bytes === file.bytes && proof.sha256 === file.sha256;
}

function keptPart({ samples, withText, firstKey, files }: PartLine): KeptPart {
  return { samples, withText, firstKey, files: files.length, bytes: bytesOf(files) };
}

/** The size of all files together. */
export function bytesOf(files: readonly FileProof[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

function isAll({ samples }: CompleteLine, kept: Manifest['kept']): boolean {
  return [...kept.values()].reduce((sum, part) => sum + part.samples, 0) === samples;
}
