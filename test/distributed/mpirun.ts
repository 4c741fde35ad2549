import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/data/projectRoot';

/** Ranks of a test share whatever cores there are, whoever runs it. */
export const ENVIRONMENT = {
  ...process.env,
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_mpi_yield_when_idle: '1',
};

export const hasMpi = (): boolean => spawnSync('mpirun', ['--version']).status === 0;

/** The arguments of mpirun for a program of Node. */
export const mpirunCommand = (ranks: number, program: readonly string[]) => [
  ...['-n', String(ranks), '--oversubscribe', '--bind-to', 'none'],
  ...[process.execPath, ...program],
];

const command = (ranks: number, args: readonly string[]) =>
  mpirunCommand(ranks, [join(projectRoot(), 'setup', 'launch.mjs'), ...args]);

/** Starts mpirun with such arguments. */
export const startMpirunOf = (args: readonly string[]): ChildProcess =>
  spawn('mpirun', args, { env: ENVIRONMENT, cwd: projectRoot() });

/** Runs a script of Node, with its arguments, on so many ranks to its end; throws with what it said where it fails. */
export async function mpirun(ranks: number, args: readonly string[]): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run('mpirun', command(ranks, args), { env: ENVIRONMENT, cwd: projectRoot() });
  return stdout;
}

/** The same, while it runs. */
export function startMpirun(ranks: number, args: readonly string[]): ChildProcess {
  return startMpirunOf(command(ranks, args));
}

/** Those of these processes that are not dead yet; none where the system does not say so. */
export function processesLeft(pids: readonly number[]): number[] {
  if (process.platform !== 'linux') return [];
  const isDead = (pid: number) => /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return pids.filter((pid) => existsSync(`/proc/${pid}`) && !isDead(pid));
}
