import { spawnSync } from 'node:child_process';

/** One life of a job of Slurm: where it is queued again, it keeps its number and begins another. */
export interface SlurmJob {
  cluster: string;
  id: string;
  /** How often it was queued again before. */
  restarts: number;
}

/** The job that this process belongs to; undefined where it belongs to none. */
export function ownJob(environment: NodeJS.ProcessEnv = process.env): SlurmJob | undefined {
  const { SLURM_JOB_ID: id, SLURM_CLUSTER_NAME: cluster = '', SLURM_RESTART_COUNT = '0' } = environment;
  return id === undefined ? undefined : { cluster, id, restarts: Number(SLURM_RESTART_COUNT) };
}

/**
 * Whether that life of a job has ended, on whatever machine: of this process's own job by its number of restarts, of another
 * one by asking Slurm. False where nobody says so.
 */
export function hasEnded({ cluster, id, restarts }: SlurmJob, own = ownJob()): boolean {
  if (own && own.cluster !== cluster) return false;
  if (own?.id === id) return own.restarts > restarts;
  const { state, restarts: now } = lookUp(id);
  return state === 'GONE' || state === 'PENDING' || now > restarts;
}

interface Answer {
  /** As `squeue` calls it; `GONE` where Slurm knows of no such job any more, `UNKNOWN` where it does not answer. */
  state: string;
  restarts: number;
}

/** How long an answer counts, in milliseconds: whoever looks at hundreds of folders asks once. */
const FRESH = 60_000;
const answers = new Map<string, Answer & { at: number }>();

function lookUp(id: string): Answer {
  const known = answers.get(id);
  if (known && Date.now() - known.at < FRESH) return known;
  const answer = { ...ask(id), at: Date.now() };
  answers.set(id, answer);
  return answer;
}

function ask(id: string): Answer {
  const { status, stdout, stderr } = spawnSync(
    'squeue',
    ['--noheader', '--Format=State:30,RestartCnt:10', '--jobs', id],
    { encoding: 'utf8', timeout: 10_000 },
  );
  const [state = 'GONE', restarts = '0'] = (stdout ?? '').trim().split(/\s+/).filter(Boolean);
  if (status === 0) return { state, restarts: Number(restarts) };
  return { state: /invalid job id/i.test(stderr ?? '') ? 'GONE' : 'UNKNOWN', restarts: 0 };
}
