import { hasKernels, type Precision, startEngine } from '../engine';

/** The precisions that run here: bf16 where clipbook's kernels do. Tells why it is left out. */
export async function benchPrecisions(tell: (line: string) => void): Promise<Precision[]> {
  await startEngine();
  if (hasKernels()) return ['f32', 'bf16'];
  tell('bf16 is left out: clipbook’s kernels do not run here ("clipbook doctor" says why).');
  return ['f32'];
}
