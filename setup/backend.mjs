import { Problem } from './problem.mjs';
import { binding, needCompiler } from './steps/binding.mjs';
import { chooseWheel, TENSORFLOW, thisMachine } from './wheel.mjs';

/**
 * Which backend this machine gets: what `CLIPBOOK_BACKEND` wants, otherwise TensorFlow with the wheel that fits, and wasm
 * where none fits or nothing can compile the binding.
 *
 * @returns {{ backend: string, tensorflow: string | null, reason: string, wheel?: import('./wheel.mjs').Wheel }}
 */
export function chooseBackend(wanted = process.env.CLIPBOOK_BACKEND, machine = thisMachine()) {
  const wasm = (reason) => ({ backend: 'wasm', tensorflow: null, reason });
  if (wanted === 'wasm') return wasm('CLIPBOOK_BACKEND asks for it');
  const wheel = chooseWheel(wanted === 'tensorflow' ? { ...machine, gpu: false } : machine);
  if (!wheel.backend) return wasm(wheel.reason);
  try {
    if (!binding(wheel).isDone()) needCompiler();
  } catch (error) {
    if (error instanceof Problem) return wasm(error.message.replace(/\.$/, ''));
    throw error;
  }
  const reason =
    wheel.backend === 'tensorflow-gpu' ? 'an NVIDIA GPU is there' : `${wheel.project} fits this machine`;
  return { backend: wheel.backend, tensorflow: TENSORFLOW, reason, wheel };
}
