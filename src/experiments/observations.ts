import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../files';
import type { Observation, ObservedRun, Observer } from './experiment';

/**
 * Calls an observer at its moments and keeps what it sees in the run's folder. An interrupted run that repeats some steps
 * writes what it sees the second time, which is the same.
 *
 * @param folder the run's folder
 * @param steps how many the run has
 * @returns to be called after every step
 */
export function startObserving(
  { moments, observe }: Observer,
  { folder, steps, run }: { folder: string; steps: number; run: ObservedRun },
): (step: number) => void {
  const wanted = new Set(moments(steps));
  return (step) => {
    if (!wanted.has(step)) return;
    const earlier = readObservations(folder).filter((observation) => observation.step < step);
    const lines = [...earlier, { step, ...observe(run) }].map((line) => `${JSON.stringify(line)}\n`);
    writeFileAtomically(pathIn(folder), lines);
  };
}

/**
 * What was seen in a run, in the order of the steps; empty where nobody looked.
 *
 * @throws where the file is damaged, naming its line
 */
export function readObservations(folder: string): Observation[] {
  const path = pathIn(folder);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line, i) => parseLine(line, `"${path}", line ${i + 1}`));
}

function parseLine(line: string, place: string): Observation {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(
      `Expected an observation in ${place}, but it is damaged; delete the run's folder to train it again.`,
    );
  }
}

function pathIn(folder: string): string {
  return join(folder, 'observations.jsonl');
}
