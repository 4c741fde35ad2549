import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { installedPeer } from '../bench/peerInstall';
import { openMpiVersion } from '../distributed';
import { type BackendInfo, hasKernels, startEngine } from '../engine';
import { answerOf } from '../engine/machine';

/** Something clipbook is made of, and whether it is there. */
export interface Part {
  name: string;
  /** ok; absent, where only some commands need it; missing, where nothing works without it. */
  status: 'ok' | 'absent' | 'missing';
  /** The version, or what stands in its place. */
  found: string;
  /** What to run, where it is not there. */
  remedy?: string;
}

const root = join(__dirname, '../..');
/** The Python that Jupyter is installed for, whether or not it is there. */
export const venvPython = join(
  root,
  '.venv',
  process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python',
);
const SETUP = 'npm run setup';

/** Looks at every part; starts the engine to see that it runs. Nothing is thrown: a part that fails is missing. */
export async function examineParts(): Promise<Part[]> {
  return [node(), ...(await engine()), sharp(), ...laboratory(), openMpi(), openClip()];
}

function node(): Part {
  const { node: version } = process.versions;
  const isFine = Number.parseInt(version, 10) >= 20;
  return {
    name: 'Node',
    status: isFine ? 'ok' : 'missing',
    found: version,
    remedy: isFine ? undefined : 'install Node 20 or newer',
  };
}

async function engine(): Promise<Part[]> {
  try {
    const info = await startEngine();
    return [
      ...partsOfEngine(info),
      ...fusedKernels(info),
      ...(info.backend === 'tensorflow-gpu' ? [gpuInUse()] : []),
    ];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [{ name: 'backend', status: 'missing', found }];
  }
}

/** The backend that runs and the TensorFlow library under it; wasm is slower but complete, so it is not a failure. */
export function partsOfEngine({ backend, tensorflow, reason }: BackendInfo): Part[] {
  const found = reason ? `${backend} (${reason})` : backend;
  const library: Part =
    tensorflow === null
      ? { name: 'TensorFlow', status: 'absent', found: 'not used', remedy: SETUP }
      : { name: 'TensorFlow', status: 'ok', found: tensorflow };
  return [{ name: 'backend', status: 'ok', found }, library];
}

/** clipbook's own kernels, which run on the processor only. */
function fusedKernels({ backend }: BackendInfo): Part[] {
  if (backend !== 'tensorflow') return [];
  if (hasKernels()) return [{ name: 'fused kernels', status: 'ok', found: 'yes' }];
  const off = process.env.CLIPBOOK_KERNELS === '0';
  const found = off ? 'switched off by CLIPBOOK_KERNELS=0' : 'not compiled';
  return [{ name: 'fused kernels', status: 'absent', found, remedy: off ? undefined : SETUP }];
}

/** TensorFlow runs on the CPU where the driver is too old for its CUDA libraries, and says nothing about it. */
function gpuInUse(): Part {
  const { binding } = tf.backend() as unknown as { binding: { isUsingGpuDevice(): boolean } };
  return binding.isUsingGpuDevice()
    ? { name: 'GPU in use', status: 'ok', found: 'yes' }
    : { name: 'GPU in use', status: 'absent', found: 'no', remedy: 'update the NVIDIA driver' };
}

function sharp(): Part {
  try {
    const { versions } = require('sharp') as typeof import('sharp');
    return { name: 'sharp', status: 'ok', found: `${versions.sharp} with libvips ${versions.vips}` };
  } catch {
    return { name: 'sharp', status: 'missing', found: 'cannot be loaded', remedy: 'npm ci' };
  }
}

/** What notebooks run in: one question to the virtual environment's Python, and the kernel's file. */
function laboratory(): Part[] {
  const names = ['jupyterlab', 'nbconvert'];
  const python = versionsIn(venvPython, names);
  const kernel = join(root, '.venv/share/jupyter/kernels/tslab/kernel.json');
  return [
    optional('Python', python?.python, SETUP),
    optional('JupyterLab', python?.jupyterlab, SETUP),
    optional('nbconvert', python?.nbconvert, SETUP),
    optional('TypeScript kernel', existsSync(kernel) ? 'tslab' : null, SETUP),
  ];
}

/** What a run on several processes goes through. */
function openMpi(): Part {
  return optional(
    'OpenMPI',
    openMpiVersion(),
    'apt install openmpi-bin (to train on several processes; nothing else needs it)',
  );
}

/** Peers to be compared with, where they are installed. */
function openClip(): Part {
  const names = ['torch', 'open_clip_torch'];
  const pythons = [process.env.CLIPBOOK_PYTHON, installedPeer(), 'python3', venvPython].filter(
    Boolean,
  ) as string[];
  const peers = pythons.map((python) => versionsIn(python, names)).find((found) => found?.open_clip_torch);
  const found = peers ? `${peers.open_clip_torch} with PyTorch ${peers.torch}` : null;
  return optional(
    'open_clip',
    found,
    'clipbook bench --install-peer (to compare with; nothing here needs it)',
  );
}

function optional(name: string, found: string | null | undefined, remedy: string): Part {
  return found ? { name, status: 'ok', found } : { name, status: 'absent', found: 'not installed', remedy };
}

const VERSIONS = `
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = {"python": "%d.%d.%d" % sys.version_info[:3]}
for name in sys.argv[1:]:
    try: found[name] = version(name)
    except PackageNotFoundError: found[name] = None
print(json.dumps(found))`;

/** Versions of Python packages by name, null for the absent ones; null as a whole without such a Python. */
function versionsIn(python: string, names: string[]): Record<string, string | null> | null {
  const answer = answerOf(python, ['-c', VERSIONS, ...names]);
  return answer === null ? null : JSON.parse(answer);
}
