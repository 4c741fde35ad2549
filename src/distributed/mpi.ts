import type koffi from 'koffi';
import { alone } from './alone';
import type { Communicator } from './communicator';

/** OpenMPI's library; its number stands for the binary interface of versions 1.x to 5. */
const LIBRARY = process.platform === 'darwin' ? 'libmpi.40.dylib' : 'libmpi.so.40';

/** Reduced at a time: OpenMPI takes buffers of such a size for a large sum, and counts are 32 bits. */
const BUCKET = (25 * 2 ** 20) / 4;

/** `MPI_IN_PLACE` of OpenMPI. */
const IN_PLACE = 1;

/** `MPI_THREAD_FUNNELED`: only the main thread calls. */
const MAIN_THREAD = 1;

/**
 * This process among those that `mpirun` or `srun` started with it, through OpenMPI; `alone` where there is one only. Whatever
 * ends one of them with an error ends all.
 *
 * @throws Error where the environment says that there are several, and OpenMPI cannot be loaded or tells of another number, or
 *   nothing connects them
 */
export function openCommunicator(environment: NodeJS.ProcessEnv = process.env): Communicator {
  const expected = ranksIn(environment);
  if (expected <= 1) {
    requireConnected(environment);
    return alone;
  }
  const mpi = connect(loadLibrary(expected));
  dieWithParent();
  if (mpi.size !== expected) {
    throw new Error(
      `Expected ${expected} ranks, as the environment says, but OpenMPI knows of ${mpi.size}; under Slurm, start them with ` +
        '"srun --mpi=pmix" or with mpirun.',
    );
  }
  const stop = (error: unknown) => {
    process.stderr.write(`Rank ${mpi.rank} of ${mpi.size} stops: ${(error as Error)?.stack ?? error}\n`);
    mpi.abort(1);
  };
  process.once('uncaughtException', stop);
  process.once('unhandledRejection', stop);
  return mpi;
}

/** Tasks of a plain `srun` would each take themselves for the only one. */
function requireConnected({ OMPI_COMM_WORLD_SIZE, SLURM_STEP_NUM_TASKS }: NodeJS.ProcessEnv): void {
  if (OMPI_COMM_WORLD_SIZE !== undefined || !(Number(SLURM_STEP_NUM_TASKS) > 1)) return;
  throw new Error(
    `Expected the ${SLURM_STEP_NUM_TASKS} tasks of this step to be connected, but nothing does so; start them with ` +
      '"srun --mpi=pmix", or one with "srun -n 1".',
  );
}

/** How many processes a launcher of MPI says it has started; 1 where none did. */
export function ranksIn(environment: NodeJS.ProcessEnv): number {
  const { OMPI_COMM_WORLD_SIZE, PMI_SIZE, PMIX_RANK, SLURM_NTASKS } = environment;
  if (OMPI_COMM_WORLD_SIZE !== undefined) return Number(OMPI_COMM_WORLD_SIZE);
  if (PMI_SIZE !== undefined) return Number(PMI_SIZE);
  return PMIX_RANK !== undefined && SLURM_NTASKS !== undefined ? Number(SLURM_NTASKS) : 1;
}

/**
 * mpirun ends its children where one of them fails, by SIGKILL if need be; the launcher that stands between it and this process
 * could then not pass it on, and a call that waits for the other ranks hears of nothing.
 */
function dieWithParent(): void {
  if (process.platform !== 'linux') return;
  const { load } = foreign();
  const [PR_SET_PDEATHSIG, SIGKILL] = [1, 9];
  load('libc.so.6').func('int prctl(int option, ulong value)')(PR_SET_PDEATHSIG, SIGKILL);
}

/** Which OpenMPI can be loaded, as `4.1.4`; null where there is none. Starts nothing. */
export function openMpiVersion(): string | null {
  try {
    const ask = foreign().load(LIBRARY).func('int MPI_Get_library_version(void *text, _Out_ int *length)');
    const [text, length] = [Buffer.alloc(256), [0]]; // MPI_MAX_LIBRARY_VERSION_STRING of OpenMPI
    check('MPI_Get_library_version', ask(text, length));
    const said = text.toString('utf8', 0, length[0]);
    return /^Open MPI v([^\s,]+)/.exec(said)?.[1] ?? said;
  } catch {
    return null;
  }
}

/** koffi, which calls the functions of libraries; loaded where it is needed alone. */
const foreign = () => require('koffi') as typeof koffi;

type Library = ReturnType<typeof koffi.load>;

function loadLibrary(ranks: number): Library {
  try {
    return foreign().load(LIBRARY);
  } catch (error) {
    throw new Error(
      `Expected OpenMPI's ${LIBRARY}, as this is one of ${ranks} processes, but it cannot be loaded ` +
        `(${(error as Error).message.split('\n')[0]}); install OpenMPI, on Debian "apt install openmpi-bin".`,
      { cause: error },
    );
  }
}

function connect(library: Library): Communicator {
  const call = functionsOf(library);
  const handle = (name: string) => library.symbol(name, 'void');
  const world = handle('ompi_mpi_comm_world');
  const [floats, integers, bytes] = ['float', 'int', 'byte'].map((type) => handle(`ompi_mpi_${type}`));
  const sum = handle('ompi_mpi_op_sum');
  check('MPI_Init_thread', call.init(null, null, MAIN_THREAD, [0]));
  const [rank, size] = (['rank', 'size'] as const).map((what) => {
    const answer = [0];
    check(`MPI_Comm_${what}`, call[what](world, answer));
    return answer[0];
  });
  let bytesSent = 0;

  function gather(values: Float32Array): Float32Array {
    const counts = new Int32Array(size);
    check(
      'MPI_Allgather',
      call.allgather(Int32Array.of(values.length), 1, integers, counts, 1, integers, world),
    );
    const starts = new Int32Array(size);
    for (let i = 1; i < size; i++) starts[i] = starts[i - 1] + counts[i - 1];
    const all = new Float32Array(starts[size - 1] + counts[size - 1]);
    bytesSent += values.byteLength;
    const sent = [values, values.length, floats] as const;
    check('MPI_Allgatherv', call.allgatherv(...sent, all, counts, starts, floats, world));
    return all;
  }

  function broadcastBytes(values: Uint8Array): void {
    if (rank === 0) bytesSent += values.byteLength;
    for (let at = 0; at < values.length; at += 4 * BUCKET) {
      const part = values.subarray(at, at + 4 * BUCKET);
      check('MPI_Bcast', call.broadcast(part, part.length, bytes, 0, world));
    }
  }

  return {
    rank,
    size,
    gather,
    sumInPlace(values) {
      bytesSent += values.byteLength;
      for (let at = 0; at < values.length; at += BUCKET) {
        const part = values.subarray(at, at + BUCKET);
        check('MPI_Allreduce', call.allreduce(IN_PLACE, part, part.length, floats, sum, world));
      }
    },
    broadcast<T>(value: T): T {
      const text = Buffer.from(rank === 0 ? JSON.stringify([value]) : '');
      const length = new Int32Array([text.length]);
      broadcastBytes(new Uint8Array(length.buffer));
      const heard = rank === 0 ? text : Buffer.alloc(length[0]);
      broadcastBytes(heard);
      return rank === 0 ? value : (JSON.parse(heard.toString()) as [T])[0];
    },
    barrier() {
      check('MPI_Barrier', call.barrier(world));
    },
    get bytesSent() {
      return bytesSent;
    },
    abort(code): never {
      call.abort(world, code);
      process.exit(code);
    },
    close() {
      check('MPI_Finalize', call.finalize());
    },
  };
}

/** The functions used, declared as in `mpi.h`; handles are addresses. */
function functionsOf(library: Library) {
  const from = 'void *send, int count, void *type';
  return {
    init: library.func('int MPI_Init_thread(void *argc, void *argv, int required, _Out_ int *provided)'),
    rank: library.func('int MPI_Comm_rank(void *comm, _Out_ int *rank)'),
    size: library.func('int MPI_Comm_size(void *comm, _Out_ int *size)'),
    allreduce: library.func(
      'int MPI_Allreduce(void *send, void *receive, int count, void *type, void *op, void *comm)',
    ),
    allgather: library.func(
      `int MPI_Allgather(${from}, void *receive, int each, void *receiveType, void *comm)`,
    ),
    allgatherv: library.func(
      `int MPI_Allgatherv(${from}, void *receive, void *counts, void *starts, void *receiveType, void *comm)`,
    ),
    broadcast: library.func('int MPI_Bcast(void *buffer, int count, void *type, int root, void *comm)'),
    barrier: library.func('int MPI_Barrier(void *comm)'),
    abort: library.func('int MPI_Abort(void *comm, int code)'),
    finalize: library.func('int MPI_Finalize()'),
  };
}

/** By default OpenMPI ends all ranks by itself where a call fails; where it is told to return, this says which. */
function check(name: string, code: number): void {
  if (code !== 0) throw new Error(`${name} of OpenMPI failed with error ${code}.`);
}
