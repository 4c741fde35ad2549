/** Why a disk does not take what is written to it, by the system's code. */
const FLAWS: Record<string, [flaw: string, remedy: string]> = {
  ENOSPC: ['the disk is full', 'make room and try again'],
  EDQUOT: ['your quota of the disk is used up', 'make room and try again'],
  EFBIG: ['the file is larger than the disk or a limit allows', 'raise the limit (ulimit -f) and try again'],
  EACCES: ['the folder may not be written to', 'choose another one or change its permissions'],
  EPERM: ['the folder may not be written to', 'choose another one or change its permissions'],
  EROFS: ['the disk is read-only', 'choose a folder on another one'],
  ENOTDIR: ['a part of that path is a file and no folder', 'choose another path'],
  EEXIST: ['a file stands where a folder should be', 'choose another path'],
  EIO: ['the disk reports an error of its own', 'look at the disk'],
};

/** A file that cannot be written, in one sentence. */
export class DiskError extends Error {
  override readonly name = 'DiskError';

  constructor(
    message: string,
    /** The system's code, such as `ENOSPC`. */
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What is wrong with the disk, in a few words; undefined where the error is of another kind. */
export function diskFlaw(error: unknown): string | undefined {
  return FLAWS[(error as NodeJS.ErrnoException)?.code ?? '']?.[0];
}

/**
 * Does something that writes a file.
 *
 * @throws {DiskError} in place of the system's error where the disk does not take it; other errors as they are
 */
export function writing<Result>(path: string, write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    if (error instanceof DiskError || diskFlaw(error) === undefined) throw error;
    const code = (error as NodeJS.ErrnoException).code!;
    const [flaw, remedy] = FLAWS[code];
    throw new DiskError(`Cannot write "${path}": ${flaw}; ${remedy}.`, code, { cause: error });
  }
}
