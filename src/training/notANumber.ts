import { join } from 'node:path';
import { DiskError, writeFileAtomically } from '../files';
import type { NotANumberError } from './trainer';

/**
 * Saves what is known of a step whose loss stopped being a number, the keys of its whole batch among it, as
 * `not-a-number.json` in the run's folder. Numbers are texts there: JSON has no NaN.
 *
 * @returns a sentence that says where it is, or why it is not
 */
export function keepNotANumber(folder: string, error: NotANumberError): string {
  const { step, loss, gradientNorm, learningRate, keys } = error;
  const path = join(folder, 'not-a-number.json');
  const content = { step, loss: `${loss}`, gradientNorm: `${gradientNorm}`, learningRate, keys };
  try {
    writeFileAtomically(path, [`${JSON.stringify(content, null, 2)}\n`]);
    return ` All keys of the batch are in "${path}".`;
  } catch (failure) {
    if (!(failure instanceof DiskError)) throw failure;
    return ` ${failure.message}`;
  }
}
