import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeFileAtomically } from '../files';

export interface RunFolderOptions {
  experiment: string;
  /** The run's name inside its experiment, e.g. `dalip-seed-0`. */
  name: string;
  /** Everything that decides the run's outcome; JSON. */
  config: Record<string, unknown>;
  /** Where experiments keep their results; `results`. */
  root?: string;
}

/** `<root>/<experiment>/runs/<name>/`: one training run on disk. */
export interface RunFolder {
  path: string;
  /** `metrics.jsonl` */
  metrics: string;
  /** `tensorboard/` */
  tensorboard: string;
  /** `checkpoints/` */
  checkpoints: string;
  isFinished(): boolean;
  /** Writes `summary.json`, which is what makes the run count as finished. */
  markFinished(summary: Record<string, unknown>): void;
  /** What `markFinished` wrote; null for an unfinished run. */
  readSummary(): Record<string, unknown> | null;
}

/**
 * Creates a run's folder with its `config.json`, or opens it again if the configuration is still the same.
 * @throws If a run of this name exists with another configuration, naming the first difference, or if a name could
 *   not be a folder's.
 */
export function openRunFolder({ experiment, name, config, root = 'results' }: RunFolderOptions): RunFolder {
  const path = runFolderPath({ experiment, name, root });
  mkdirSync(path, { recursive: true });
  keepConfig(join(path, 'config.json'), config);
  const summaryPath = join(path, 'summary.json');
  return {
    path,
    metrics: join(path, 'metrics.jsonl'),
    tensorboard: join(path, 'tensorboard'),
    checkpoints: join(path, 'checkpoints'),
    isFinished: () => existsSync(summaryPath),
    markFinished: (summary) => writeFileAtomically(summaryPath, [toJson(summary)]),
    readSummary: () => readRunSummary({ experiment, name, root }),
  };
}

/** What a finished run left as its summary; null where there is no such run, or it is not finished. */
export function readRunSummary(
  place: Pick<RunFolderOptions, 'experiment' | 'name' | 'root'>,
): Record<string, unknown> | null {
  const path = join(runFolderPath(place), 'summary.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** Where `openRunFolder` puts a run, whether or not it is there. */
export function runFolderPath({
  experiment,
  name,
  root = 'results',
}: Pick<RunFolderOptions, 'experiment' | 'name' | 'root'>): string {
  return join(root, checkFolderName(experiment), 'runs', checkFolderName(name));
}

/** Keeps what decides an outcome in a file. @throws Error naming the first difference where the file says otherwise. */
export function keepConfig(path: string, config: Record<string, unknown>): void {
  const wanted = toJson(config);
  if (!existsSync(path)) {
    writeFileAtomically(path, [wanted]);
    return;
  }
  const difference = firstDifference(JSON.parse(readFileSync(path, 'utf8')), JSON.parse(wanted));
  if (difference) {
    throw new Error(
      `"${path}" belongs to a run with another configuration (${difference}); ` +
        'give this run another name or delete that folder.',
    );
  }
}

/** E.g. `optimizer.beta2: 0.98 there, 0.999 here`; null where both are the same. */
function firstDifference(there: unknown, here: unknown, place = ''): string | null {
  if (isDeepStrictEqual(there, here)) return null;
  if (isObject(there) && isObject(here)) {
    for (const key of new Set([...Object.keys(there), ...Object.keys(here)])) {
      const difference = firstDifference(there[key], here[key], place ? `${place}.${key}` : key);
      if (difference) return difference;
    }
  }
  return `${place}: ${JSON.stringify(there) ?? 'absent'} there, ${JSON.stringify(here) ?? 'absent'} here`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The name itself, if it can be a folder's.
 * @throws If it cannot.
 */
export function checkFolderName(name: string): string {
  if (/^[\w+=-][\w.+=-]*$/.test(name)) return name;
  throw new Error(
    `"${name}" cannot name an experiment or a run; use letters, digits and . _ + = -, without a leading dot.`,
  );
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
