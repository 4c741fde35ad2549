import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/data/projectRoot';
import { temporaryFolder } from '../data/fixtures';
import { ENVIRONMENT } from './mpirun';

/** A Slurm of one's own: two nodes of two processors each, both of which are this machine. */
export interface Slurm {
  /** Where its commands and jobs run; to be added to for a run. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs `srun`, `sbatch` and the like in the project's folder, and gives what they print; throws with it where they fail. */
  run(command: string, args: readonly string[]): Promise<string>;
  /** Waits for the end of a job, or of all tasks of an array, and gives the last state of each, such as `COMPLETED`. */
  waitForJob(id: string): Promise<string[]>;
  /** Ends its jobs and itself, whatever state they are in. */
  stop(): Promise<void>;
}

const PROGRAMS = ['slurmctld', 'slurmd', 'munged', 'sbatch', 'srun', 'setpriv'];
const NODES = ['one', 'two'];
const ENDS = /^(BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|TIMEOUT)$/;

/** Whether Slurm is installed (on Debian `apt install slurm-wlm munge`) and may be started: its daemons want to be root. */
export const slurmIsHere = (): boolean =>
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  PROGRAMS.every((program) => spawnSync(program, ['-V']).error === undefined);

/**
 * Starts one whose settings, logs, keys and state are in the folder.
 *
 * @throws Error where its nodes are not idle within 30 seconds, with what the daemons wrote
 */
export async function startSlurm(folder: string): Promise<Slurm> {
  const file = join(folder, 'slurm.conf');
  await configure(folder, file);
  // Ranks on two nodes of one name would mistake each other's shared memory for their own: they talk through TCP.
  const environment = { ...withoutTraces(ENVIRONMENT), SLURM_CONF: file, OMPI_MCA_btl: 'tcp,self' };
  const isOurs = (environ: string) => environ.includes(`SLURM_CONF=${file}\0`);
  const killAll = () => killWhere(isOurs);
  process.once('exit', killAll);
  // Daemons do not outlive tests that are killed.
  const start = (...command: readonly string[]) =>
    spawn('setpriv', ['--pdeathsig', 'KILL', ...command], { env: environment, stdio: 'ignore' });
  const inMunge = (name: string) => join(folder, 'munge', name);
  const files = ['key-file', 'socket', 'pid-file', 'log-file', 'seed-file'];
  const daemons = [
    start('munged', '--foreground', '--force', ...files.map((name) => `--${name}=${inMunge(name)}`)),
  ];
  await until(
    () => existsSync(inMunge('socket')),
    30,
    () => `munged: ${logsOf(folder)}`,
  );
  daemons.push(start('slurmctld', '-D', '-c'), ...NODES.map((node) => start('slurmd', '-D', '-N', node)));

  const run = async (command: string, args: readonly string[]) => {
    const { stdout } = await promisify(execFile)(command, args, { env: environment, cwd: projectRoot() });
    return stdout.trim();
  };
  const query = async (command: string, args: readonly string[]) =>
    (await run(command, args).catch(() => '')).split('\n').filter(Boolean);

  async function waitForJob(id: string): Promise<string[]> {
    let states: string[] = [];
    const ended = async () => {
      states = await query('squeue', [
        '--noheader',
        '--array',
        '--states=all',
        `--jobs=${id}`,
        '--format=%T',
      ]);
      return states.length > 0 && states.every((state) => ENDS.test(state));
    };
    await until(ended, 120, () => `the end of job ${id}, which is ${states}: ${logsOf(folder)}`);
    return states;
  }

  async function stop(): Promise<void> {
    await query('scancel', ['--user=root']);
    await until(async () => (await query('squeue', ['--noheader'])).length === 0, 10).catch(() => {});
    for (const daemon of daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      daemon.kill('SIGTERM');
      await Promise.race([once(daemon, 'exit'), setTimeout(5000)]);
    }
    killAll();
    process.off('exit', killAll);
  }

  const isIdle = async () => {
    const states = await query('sinfo', ['--noheader', '--Node', '--format=%T']);
    return states.length === NODES.length && states.every((state) => state === 'idle');
  };
  await until(isIdle, 30, () => `idle nodes: ${logsOf(folder)}`).catch(async (error) => {
    await stop();
    throw error;
  });
  return { environment, run, waitForJob, stop };
}

/** A folder and a Slurm in it for the enclosing `describe`, whose tests are skipped where none may be started. */
export function temporarySlurm(): { folder: string; slurm: () => Slurm } {
  let started: Slurm | undefined;
  // Before the folder goes, without which its commands look for another Slurm for two minutes.
  after(async () => {
    await started?.stop();
    assert.deepEqual(
      processesWhere((environ) => environ.includes(folder)),
      [],
    );
  });
  const folder = temporaryFolder();
  before(async function () {
    if (!slurmIsHere()) {
      console.log(
        '      Skipped: Slurm is not here (on Debian "apt install slurm-wlm munge"), or this is not root.',
      );
      this.skip();
    }
    started = await startSlurm(folder).catch((error: Error) => {
      console.log(`      Skipped: Slurm cannot be started here, as in some containers. ${error.message}`);
      this.skip();
    });
  });
  return { folder, slurm: () => started! };
}

/** Writes what the daemons read: ports that are free, no accounting, no cgroups, and short waits. */
async function configure(folder: string, file: string): Promise<void> {
  const [controller, ...ports] = await freePorts(1 + NODES.length);
  const [host] = hostname().split('.');
  for (const node of NODES) mkdirSync(join(folder, `tmp-${node}`), { recursive: true });
  mkdirSync(join(folder, 'munge'), { mode: 0o700 });
  writeFileSync(join(folder, 'munge', 'key-file'), randomBytes(128), { mode: 0o600 });
  const settings = {
    ...{ ClusterName: 'clipbook', SlurmctldHost: `${host}(127.0.0.1)`, SlurmctldPort: controller },
    ...{ SlurmUser: 'root', SlurmdUser: 'root', MailProg: '/bin/true' },
    // Twice five seconds, not two minutes, until a job that was queued again may start.
    ...{ AuthType: 'auth/munge', AuthInfo: `socket=${join(folder, 'munge', 'socket')},cred_expire=5` },
    ...{ StateSaveLocation: join(folder, 'state'), SlurmdSpoolDir: join(folder, 'spool-%n') },
    ...{ SlurmctldPidFile: join(folder, 'slurmctld.pid'), SlurmdPidFile: join(folder, 'slurmd-%n.pid') },
    ...{ SlurmctldLogFile: join(folder, 'slurmctld.log'), SlurmdLogFile: join(folder, 'slurmd-%n.log') },
    // linuxproc would not see processes whose name has a space in it, such as npm's.
    ...{ ProctrackType: 'proctrack/pgid', TaskPlugin: 'task/none', TmpFS: join(folder, 'tmp-%n') },
    ...{ SelectType: 'select/cons_tres', SelectTypeParameters: 'CR_CPU' },
    ...{ JobAcctGatherType: 'jobacct_gather/none', AccountingStorageType: 'accounting_storage/none' },
    ...{ MpiDefault: 'none', SlurmdParameters: 'config_overrides', KillWait: 2 },
    SchedulerParameters: 'batch_sched_delay=1,sched_interval=1,sched_min_interval=0',
  };
  const nodes = NODES.map(
    (name, i) => `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[i]} CPUs=2`,
  );
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const partition = 'PartitionName=all Nodes=ALL Default=YES State=UP';
  writeFileSync(file, [...lines, ...nodes, partition, ''].join('\n'));
}

/** All but what a job would take for its own: of a Slurm that these tests run under, and of their launcher. */
const withoutTraces = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(SLURM|SBATCH|PMI|OMP_NUM|TF_NUM|CLIPBOOK_ENV)/.test(name),
    ),
  );

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Waits for something, by asking ten times a second. */
export async function until(
  happened: () => boolean | Promise<boolean>,
  seconds: number,
  what: () => string = () => 'it',
): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (!(await happened())) {
    if (performance.now() > end) throw new Error(`Waited for ${seconds} seconds in vain for ${what()}`);
    await setTimeout(100);
  }
}

const logsOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log') || name.endsWith('log-file'))
    .map((name) => `\n${name}:\n${readFileSync(join(folder, name), 'utf8').slice(-2000)}`)
    .join('');

/** The processes whose environment, as of their start, is like that; the daemons' jobs have theirs. */
function processesWhere(isOurs: (environ: string) => boolean): number[] {
  const environOf = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8');
    } catch {
      return ''; // it has ended, or is none
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && isOurs(environOf(name)))
    .map(Number);
}

function killWhere(isOurs: (environ: string) => boolean): void {
  for (const pid of processesWhere(isOurs)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // it has ended meanwhile
  }
}
