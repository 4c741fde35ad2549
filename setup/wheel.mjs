import { existsSync, readdirSync } from 'node:fs';
import { ask } from './run.mjs';

/** The TensorFlow whose C library the binding is built against. */
export const TENSORFLOW = '2.21.0';

/**
 * @typedef {object} Machine
 * @property {string} platform as `process.platform` says
 * @property {string} arch as `process.arch` says
 * @property {string | undefined} glibc the C library's version; undefined under musl and outside Linux
 * @property {boolean} gpu whether an NVIDIA GPU with its driver is there
 */

/**
 * @typedef {object} Wheel
 * @property {'tensorflow' | 'tensorflow-gpu'} backend
 * @property {string} project the name in the Python package index
 * @property {string} tag the platform the wheel was built for
 * @property {string} sha256 of the wheel for Python 3.11, as the index publishes it; a new version has another
 * @property {number} megabytes the download
 * @property {number} gigabytes free disk space the whole set-up needs with it
 */

/** What decides between wheels on the machine at hand. */
export function thisMachine() {
  const { glibcVersionRuntime } = process.report?.getReport().header ?? {};
  return { platform: process.platform, arch: process.arch, glibc: glibcVersionRuntime, gpu: hasNvidiaGpu() };
}

/**
 * The TensorFlow wheel that fits a machine; the C library inside does not depend on Python's version.
 *
 * @param {Machine} machine
 * @returns {Wheel | { reason: string }} the wheel, or why there is none
 */
export function chooseWheel({ platform, arch, glibc, gpu }) {
  const key = `${platform}-${arch}`;
  if (platform === 'linux' && !isAtLeast(glibc, 2, 27)) {
    return {
      reason: `TensorFlow's library needs glibc 2.27 or newer, and this Linux has ${glibc ? `glibc ${glibc}` : 'another C library'}`,
    };
  }
  if (key === 'linux-x64' && gpu) {
    return {
      backend: 'tensorflow-gpu',
      project: 'tensorflow',
      tag: 'manylinux_2_27_x86_64',
      sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
      megabytes: 570,
      gigabytes: 9,
    };
  }
  const found = {
    'linux-x64': {
      project: 'tensorflow-cpu',
      tag: 'manylinux_2_27_x86_64',
      sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
      megabytes: 270,
    },
    'linux-arm64': {
      project: 'tensorflow',
      tag: 'manylinux_2_27_aarch64',
      sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
      megabytes: 280,
    },
    'darwin-arm64': {
      project: 'tensorflow',
      tag: 'macosx_12_0_arm64',
      sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
      megabytes: 220,
    },
  }[key];
  if (found) return { backend: 'tensorflow', gigabytes: 3, ...found };
  return {
    reason:
      platform === 'win32'
        ? "TensorFlow's wheel for Windows holds no library a Node binding can use; inside WSL it works"
        : `there is no TensorFlow ${TENSORFLOW} for ${key}`,
  };
}

function isAtLeast(version, major, minor) {
  const [a, b] = (version ?? '0.0').split('.').map(Number);
  return a > major || (a === major && b >= minor);
}

function hasNvidiaGpu() {
  const known = '/proc/driver/nvidia/gpus';
  if (existsSync(known) && readdirSync(known).length > 0) return true;
  return ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'].some((tool) => ask(tool, ['-L'])?.includes('GPU 0'));
}
