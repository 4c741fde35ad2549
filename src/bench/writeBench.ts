import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { machineKind } from '../engine/machine';
import { writeFileAtomically } from '../files';
import { staticSvg } from '../report';
import type { BenchOptions } from './processes';
import type { Measured } from './results';

/** A measurement as it is saved. */
export interface SavedBench {
  /** The kind of machine, without its name. */
  machine: string;
  /** When, to the day. */
  date: string;
  rounds: number;
  threads: number;
  quick: boolean;
  /** The peer's versions; absent where clipbook was measured alone. */
  peer?: Record<string, string>;
  measured: Measured;
}

/** A measurement with what it was made on. */
export function savedBench(
  measured: Measured,
  { rounds, threads, quick }: Pick<BenchOptions, 'rounds' | 'threads' | 'quick'>,
  peer?: Record<string, string>,
): SavedBench {
  const date = new Date().toISOString().slice(0, 10);
  return { machine: machineKind(), date, rounds, threads, quick, ...(peer && { peer }), measured };
}

/** Writes `<folder>/<name>.json`, and `.svg` where there is a figure; returns the paths. */
export function writeBench(folder: string, name: string, saved: SavedBench): string[] {
  mkdirSync(folder, { recursive: true });
  const { figure, ...measured } = saved.measured;
  const files = [
    { path: join(folder, `${name}.json`), content: `${JSON.stringify({ ...saved, measured }, null, 2)}\n` },
    ...(figure ? [{ path: join(folder, `${name}.svg`), content: staticSvg(figure) }] : []),
  ];
  for (const { path, content } of files) writeFileAtomically(path, [content]);
  return files.map(({ path }) => path);
}
