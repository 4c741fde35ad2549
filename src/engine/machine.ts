import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, freemem, release, totalmem } from 'node:os';

/** The computer a figure was measured on, or a question is asked about. */
export interface Machine {
  /** As `process.platform` and `process.arch` say, and the kernel's release: `linux x64 6.1.0`. */
  system: string;
  cpu: string;
  /** Logical cores this process may use. */
  cores: number;
  /** The instruction sets that decide how fast matrix products are, of those in `FEATURES`. */
  features: string[];
  /** Whole memory and what is free of it, in GiB. */
  memory: { total: number; free: number };
  /** NVIDIA GPUs by name; empty where there is no driver. */
  gpus: string[];
}

/** Linux's name of each feature, and sysctl's on macOS. */
const FEATURES: Record<string, string | null> = {
  avx2: 'hw.optional.avx2_0',
  fma: 'hw.optional.fma',
  avx512f: 'hw.optional.avx512f',
  avx512_vnni: null,
  avx512_bf16: null,
  amx_tile: null,
  amx_bf16: null,
  asimd: 'hw.optional.AdvSIMD',
  bf16: 'hw.optional.arm.FEAT_BF16',
  sme: 'hw.optional.arm.FEAT_SME',
};

/** Looks at this computer; takes a few milliseconds, more where `nvidia-smi` has to be asked. */
export function describeMachine(): Machine {
  return {
    system: `${process.platform} ${process.arch} ${release()}`,
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    features: process.platform === 'darwin' ? featuresOfSysctl() : featuresOf(readIfThere('/proc/cpuinfo')),
    memory: { total: toGib(totalmem()), free: toGib(freeMemory()) },
    gpus: gpusOf(answerOf('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'])),
  };
}

/**
 * The kind of machine in a few words and without its name, e.g. `2 cores, Intel Xeon`: what a reader needs to judge a
 * time. Asks nothing but Node.
 */
export function machineKind(): string {
  const model = cpus()[0]?.model ?? '';
  const plain = model.replace(/\s+/g, ' ').replace(/\(R\)|\(TM\)|CPU|@.*/g, '');
  const cores = availableParallelism();
  return `${cores} ${cores === 1 ? 'core' : 'cores'}, ${plain.trim().replace(/\s+/g, ' ') || 'unknown processor'}`;
}

/** The known features in the text of `/proc/cpuinfo` (the line is "flags" on x86 and "Features" on ARM). */
export function featuresOf(cpuinfo: string): string[] {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  const flags = new Set(line.trim().split(/\s+/));
  return Object.keys(FEATURES).filter((feature) => flags.has(feature));
}

function featuresOfSysctl(): string[] {
  const isThere = (name: string | null) => name !== null && answerOf('sysctl', ['-n', name]) === '1';
  return Object.keys(FEATURES).filter((feature) => isThere(FEATURES[feature]));
}

/** The names in nvidia-smi's answer, one a line; none where it is not installed. */
export function gpusOf(answer: string | null): string[] {
  return (answer ?? '').split('\n').filter((line) => line.trim() !== '');
}

/** What can be had without swapping: Linux counts its file cache as used, so `os.freemem` is too low there. */
function freeMemory(): number {
  const available = /^MemAvailable:\s*(\d+) kB/m.exec(readIfThere('/proc/meminfo'))?.[1];
  return available ? Number(available) * 1024 : freemem();
}

function toGib(bytes: number): number {
  return Math.round((bytes / 2 ** 30) * 10) / 10;
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** A tool's answer without surrounding space; null if it is not installed, fails, or takes longer than 20 seconds. */
export function answerOf(command: string, args: string[]): string | null {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 20_000,
  });
  return status === 0 ? stdout.trim() : null;
}
