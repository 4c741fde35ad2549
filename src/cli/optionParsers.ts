import { InvalidArgumentError, Option } from 'commander';
import { parseShare, type Share } from '../distributed';

/** A whole number from 1 on. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}

/** A share in [0, 1]. */
export function share(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

/** Of commands that several processes can share. */
export function partOption(): Option {
  return new Option(
    '--part <i/n>',
    'does a part of the work, such as 2/3, the second of three; by default its own under mpirun and srun',
  ).argParser(part);
}

function part(text: string): Share {
  try {
    return parseShare(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
