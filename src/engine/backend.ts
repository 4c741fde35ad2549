import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { mendWasmKernels } from './wasmKernels';

/** The engines clipbook can run on; everything above `engine/` sees tfjs-core only and does not know which. */
export type BackendName = 'tensorflow' | 'tensorflow-gpu' | 'wasm';

export interface BackendInfo {
  backend: BackendName;
  /** TensorFlow's own version; null under wasm. */
  tensorflow: string | null;
  /** Why this backend runs when it is not the first choice. */
  reason?: string;
}

const PACKAGES: Record<Exclude<BackendName, 'wasm'>, string> = {
  tensorflow: '@tensorflow/tfjs-node',
  'tensorflow-gpu': '@tensorflow/tfjs-node-gpu',
};

let started: Promise<BackendInfo> | null = null;

/**
 * Starts the compute backend, once per process; later calls return the first call's answer.
 *
 * The choice is, in this order: the argument, the environment variable `CLIPBOOK_BACKEND`, what `npm run setup`
 * wrote down, TensorFlow. Where TensorFlow's library cannot be loaded, wasm runs instead and says so on stderr.
 *
 * @throws if the wanted name is not a backend, or if an explicitly wanted backend cannot be loaded.
 */
export function startEngine(wanted?: BackendName): Promise<BackendInfo> {
  started ??= start(wanted);
  return started;
}

async function start(argument?: BackendName): Promise<BackendInfo> {
  const explicit = argument ?? (process.env.CLIPBOOK_BACKEND || undefined);
  const wanted = (explicit ?? choiceOfSetup() ?? 'tensorflow') as BackendName;
  if (wanted === 'wasm') return startWasm();
  if (!Object.keys(PACKAGES).includes(wanted)) {
    throw new Error(`"${wanted}" is not a backend; use tensorflow, tensorflow-gpu or wasm.`);
  }
  try {
    return startTensorFlow(wanted);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    if (explicit) {
      throw new Error(
        `The ${wanted} backend could not be loaded (${reason}); run "npm run setup" and try again.`,
      );
    }
    process.stderr.write(
      `WARNING: TensorFlow could not be loaded (${reason}); the slower wasm backend runs instead.\n`,
    );
    return startWasm(reason);
  }
}

function startTensorFlow(backend: Exclude<BackendName, 'wasm'>): BackendInfo {
  require(PACKAGES[backend]);
  const native = tf.backend() as unknown as { binding: { TF_Version: string } };
  return { backend, tensorflow: native.binding.TF_Version };
}

async function startWasm(reason?: string): Promise<BackendInfo> {
  require('@tensorflow/tfjs'); // registers the gradients, which tfjs-core alone does not; tfjs-node does it by itself
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  mendWasmKernels();
  return { backend: 'wasm', tensorflow: null, reason };
}

/** What the set-up script found on this machine; undefined where it has not run. */
function choiceOfSetup(): string | undefined {
  const file = join(__dirname, '../../.cache/setup.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).backend : undefined;
}
