import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { machineKind } from '../engine/machine';
import { writeFileAtomically } from '../files';
import { staticSvg } from '../report';
import type { BenchOptions } from './processes';
import type { StepProfile } from './profile';
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
  const { figure, ...measured } = saved.measured;
  const json = writeJson(folder, name, { ...saved, measured });
  if (!figure) return [json];
  const svg = join(folder, `${name}.svg`);
  writeFileAtomically(svg, [staticSvg(figure)]);
  return [json, svg];
}

/** Writes `<folder>/profile.json`; returns the path. */
export function writeProfiles(folder: string, profiles: readonly StepProfile[]): string {
  const plain = profiles.map((one) => ({ ...one, operations: Object.fromEntries(one.operations) }));
  return writeJson(folder, 'profile', plain);
}

function writeJson(folder: string, name: string, content: object): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileAtomically(path, [`${JSON.stringify(content, null, 2)}\n`]);
  return path;
}
