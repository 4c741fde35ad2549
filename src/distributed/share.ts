import { ranksIn } from './mpi';

/** A part of work that several processes share without a word between them: they see the same files. */
export interface Share {
  /** Which one, from 0. */
  readonly part: number;
  /** Into how many it is shared out. */
  readonly of: number;
}

/** All of it. */
export const WHOLE: Share = { part: 0, of: 1 };

/**
 * The share of this process: what it was asked for, else its rank among those that `mpirun` or `srun` started with it, else
 * all. A job array's tasks are told by `--part`, since most arrays share nothing out.
 *
 * @param asked such as `2/3`, the second of three
 */
export function shareOfWork(asked?: Share, environment: NodeJS.ProcessEnv = process.env): Share {
  if (asked) return asked;
  const { OMPI_COMM_WORLD_RANK, PMI_RANK, PMIX_RANK, SLURM_PROCID, SLURM_STEP_NUM_TASKS } = environment;
  const of = ranksIn(environment);
  if (of > 1) return { part: Number(OMPI_COMM_WORLD_RANK ?? PMI_RANK ?? PMIX_RANK), of };
  // Without MPI; a batch script knows of SLURM_NTASKS, too, but is one process.
  if (Number(SLURM_STEP_NUM_TASKS) > 1)
    return { part: Number(SLURM_PROCID), of: Number(SLURM_STEP_NUM_TASKS) };
  return WHOLE;
}

/**
 * Reads `2/3`.
 *
 * @throws Error where it is something else
 */
export function parseShare(text: string): Share {
  const [, part, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (part >= 1 && part <= of) return { part: part - 1, of };
  throw new Error(`Expected a part such as 2/3, the second of three, got "${text}".`);
}

/** `2/3`, as it is asked for. */
export const describeShare = ({ part, of }: Share): string => `${part + 1}/${of}`;

/** What of a sequence is a process's own: it is dealt out in blocks, like cards. */
export async function* shareOf<Item>(
  source: AsyncIterable<Item> | Iterable<Item>,
  { part, of }: Share,
  block: number,
): AsyncGenerator<Item> {
  let place = 0;
  for await (const item of source) if (Math.floor(place++ / block) % of === part) yield item;
}

/** How many of `total` it is. */
export function sizeOfShare(total: number, { part, of }: Share, block: number): number {
  const round = of * block;
  const rest = (total % round) - part * block;
  return Math.floor(total / round) * block + Math.max(0, Math.min(block, rest));
}
