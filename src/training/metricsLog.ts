import { closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { writeFileAtomically, writeWhole, writing } from '../files';

/** One line of the log. A number that is not finite is written as null, as JSON has no such numbers. */
export interface MetricsRecord {
  step: number;
  [name: string]: unknown;
}

export interface MetricsLog {
  /** Writes one line, which has left the process when this returns. */
  append(record: MetricsRecord): void;
  /** Waits until all lines are on the disk, so that a checkpoint never knows of steps whose lines a loss of power took. */
  sync(): void;
  close(): void;
}

/**
 * Opens a run's metrics file, one JSON object per line.
 * @param lastStep For a resumed run, the step of its checkpoint: later lines, which the run will write again, and a
 *   last line that was cut off are dropped. Without it the log starts empty.
 * @throws If a line to be kept is not JSON. {DiskError} where the disk does not take it, as `append` and `sync` do.
 */
export function openMetricsLog(path: string, { lastStep }: { lastStep?: number } = {}): MetricsLog {
  const kept = lastStep === undefined ? [] : readMetrics(path).filter(({ step }) => step <= lastStep);
  writeFileAtomically(path, kept.map(toLine));
  const descriptor = openSync(path, 'a');
  return {
    append: (record) => writing(path, () => writeWhole(descriptor, toLine(record))),
    sync: () => writing(path, () => fsyncSync(descriptor)),
    close: () => closeSync(descriptor),
  };
}

/**
 * All records of a metrics file, in order; none if there is no such file. A last line that was cut off is left out.
 * @throws If another line is not JSON, naming the line.
 */
export function readMetrics(path: string): MetricsRecord[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line);
    } catch {
      throw new Error(`Line ${index + 1} of "${path}" is not JSON; mend or remove the line.`);
    }
  });
}

function toLine(record: MetricsRecord): string {
  return `${JSON.stringify(record)}\n`;
}
