import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { libraries } from './paths.mjs';

/**
 * The environment variables a process needs before it starts, for those it does not have yet: what the user set stays.
 *
 * - `TF_CPP_MIN_LOG_LEVEL`: TensorFlow's notices about CPU features stay out of the output.
 * - `OMP_WAIT_POLICY`: a thread of clipbook's kernels that has nothing to do sleeps, and leaves its core to others.
 * - `OMP_NUM_THREADS`, `TF_NUM_INTRAOP_THREADS`: its part of the cores, for one of several ranks on this machine
 *   and for a task of `srun`.
 * - `LD_LIBRARY_PATH`: where set-up put the CUDA libraries, on a machine with an NVIDIA GPU.
 * - `CLIPBOOK_ENVIRONMENT`: says that all of this is active.
 *
 * @param {NodeJS.ProcessEnv} current the environment to be completed
 * @returns {Record<string, string>} only the variables to be added
 */
export function environment(current = process.env) {
  const wanted = {
    CLIPBOOK_ENVIRONMENT: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
    OMP_WAIT_POLICY: 'passive',
    ...threadsOfRank(current),
  };
  const added = Object.fromEntries(Object.entries(wanted).filter(([name]) => current[name] === undefined));
  const cuda = cudaFolders();
  if (cuda.length > 0 && current.CLIPBOOK_ENVIRONMENT === undefined) {
    added.LD_LIBRARY_PATH = [...cuda, current.LD_LIBRARY_PATH].filter(Boolean).join(':');
  }
  return added;
}

/**
 * Ranks that mpirun has bound to cores of their own find no others; unbound ones would each take all of them.
 *
 * @param {NodeJS.ProcessEnv} current
 * @returns {Record<string, string>}
 */
function threadsOfRank(current, usable = availableParallelism(), cores = cpus().length) {
  const { OMPI_COMM_WORLD_LOCAL_SIZE: ranks, SLURM_STEP_TASKS_PER_NODE } = current;
  if (ranks === undefined && SLURM_STEP_TASKS_PER_NODE !== undefined) {
    return threads(Math.min(usable, coresOfTask(current, cores)));
  }
  if (!(Number(ranks) > 1)) return {};
  return threads(usable < cores ? usable : cores / Number(ranks));
}

/**
 * What `srun` says that each of its tasks may use; where it does not say, an equal part of the job's cores on this node.
 *
 * @param {NodeJS.ProcessEnv} current with SLURM_STEP_TASKS_PER_NODE such as `2(x3),1`: two tasks on each of three nodes, and one
 */
function coresOfTask(current, cores) {
  if (current.SLURM_CPUS_PER_TASK !== undefined) return Number(current.SLURM_CPUS_PER_TASK);
  const tasks = current.SLURM_STEP_TASKS_PER_NODE.split(',').flatMap((part) => {
    const [, here, nodes = 1] = /^(\d+)(?:\(x(\d+)\))?$/.exec(part) ?? [];
    return Array(Number(nodes)).fill(Number(here));
  });
  return Number(current.SLURM_CPUS_ON_NODE ?? cores) / (tasks[Number(current.SLURM_NODEID ?? 0)] || 1);
}

function threads(cores) {
  const count = String(Math.max(1, Math.floor(cores)));
  return { OMP_NUM_THREADS: count, TF_NUM_INTRAOP_THREADS: count };
}

/** The `lib` folders of the CUDA packages beside an unpacked library, if it is one for GPUs. */
function cudaFolders() {
  const list = (folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);
  return list(libraries)
    .flatMap((library) => list(join(library, 'cuda', 'nvidia')))
    .map((part) => join(part, 'lib'))
    .filter((folder) => existsSync(folder));
}
