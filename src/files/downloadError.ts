import { diskFlaw } from './diskError';

/**
 * Why a download failed: the server has no such file, does not give it, cannot be reached; it answered in another way
 * that nothing here can mend; the bytes are not those expected; or they cannot be written.
 */
export type DownloadFlaw = 'missing' | 'forbidden' | 'unreachable' | 'refused' | 'checksum' | 'disk';

/** A download that cannot go on, in one sentence. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';

  constructor(
    readonly flaw: DownloadFlaw,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A file that is not here and that nobody gives; the sentence says which file to save where. */
export class AbsentFileError extends Error {
  override readonly name = 'AbsentFileError';
}

/** Thrown when the signal asks a download to stop; the name is the one the command line knows. */
export class DownloadInterruptedError extends Error {
  override readonly name = 'RunInterruptedError';
}

/** What may be over at the next attempt: a connection that broke, a server that is busy. */
export class PassingError extends Error {
  /** @param wait milliseconds that the server asked to wait */
  constructor(
    message: string,
    readonly wait?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What `fetch` throws, and the streams behind it, as a sentence; names that are not known are not asked again. */
export function networkError(error: unknown, host: string): DownloadError | PassingError {
  const { code, message } = rootOf(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new DownloadError('unreachable', `The name ${host} cannot be resolved (is there a network?).`, {
      cause: error,
    });
  }
  if (code?.startsWith('CERT_') || code?.includes('CERTIFICATE')) {
    return new DownloadError('unreachable', `The certificate of ${host} is not trusted (${code}).`, {
      cause: error,
    });
  }
  return new PassingError(`the connection to ${host} broke (${code ?? message})`, undefined, {
    cause: error,
  });
}

/** What an answer other than the file means; `Retry-After` is kept to. */
export function refusal({ status, headers }: Response, address: string): DownloadError | PassingError {
  const { host } = new URL(address);
  if (status === 404 || status === 410) {
    return new DownloadError('missing', `There is no file at ${address} (${status}).`);
  }
  if (status === 401 || status === 403) {
    const remedy =
      host === 'huggingface.co' ? ' Accept its licence there, and set HF_TOKEN to a token of yours.' : '';
    return new DownloadError(
      'forbidden',
      `${host} does not give ${address} to everyone (${status}).${remedy}`,
    );
  }
  if (status === 408 || status === 429 || status >= 500) {
    return new PassingError(`${host} answered ${status}`, retryAfter(headers));
  }
  return new DownloadError('refused', `${host} answered ${status} to ${address}.`);
}

/** The longest that a server can make us wait, in milliseconds. */
const LONGEST_WAIT = 60_000;

/** Milliseconds; the header has seconds or a date. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (!value) return undefined;
  const wait = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), LONGEST_WAIT) : undefined;
}

const REMEDIES: Record<string, string> = {
  ENOSPC: '; make room, and what was written so far is kept',
  EDQUOT: '; make room, and what was written so far is kept',
  EACCES: '; choose another one with --cache or CLIPBOOK_CACHE',
  EPERM: '; choose another one with --cache or CLIPBOOK_CACHE',
  EROFS: '; choose another folder with --cache or CLIPBOOK_CACHE',
};

/** An error of the file system, as a sentence. */
export function diskError(error: unknown, path: string): DownloadError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new DownloadError(
    'disk',
    `Cannot write "${path}": ${diskFlaw(error) ?? message}${REMEDIES[code] ?? ''}.`,
    {
      cause: error,
    },
  );
}

/** The innermost cause: `fetch` itself only says that it failed. */
function rootOf(error: unknown): NodeJS.ErrnoException {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown[] };
  const deeper = cause ?? errors?.[0];
  return deeper === undefined ? (error as NodeJS.ErrnoException) : rootOf(deeper);
}
