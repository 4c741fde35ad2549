import { DownloadError } from './downloadError';
import { webFetch } from './webFetch';

/** An answer behind all redirects. */
export interface Answer {
  response: Response;
  /** The file's SHA-256 as the Hugging Face Hub says it on the way, in `X-Linked-ETag`. */
  sha256?: string;
}

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST = 10;

/**
 * Asks for an address and follows redirects, to other hosts too. It is done by hand because what a server says of a
 * file before it sends one elsewhere is lost otherwise.
 *
 * @throws what `webFetch` does; {DownloadError} where redirects do not end or lead to where none should
 */
export async function fetchFollowing(address: string, init: RequestInit): Promise<Answer> {
  let at = address;
  let sha256: string | undefined;
  for (let count = 0; count <= MOST; count++) {
    const response = await webFetch(at, init);
    sha256 ??= /^"?([0-9a-f]{64})"?$/.exec(response.headers.get('x-linked-etag') ?? '')?.[1];
    const location = response.headers.get('location');
    if (!REDIRECTS.includes(response.status) || !location) return { response, sha256 };
    await response.body?.cancel();
    at = nextAddress(at, location);
  }
  throw new DownloadError(
    'refused',
    `${address} leads from one redirect to the next, more than ${MOST} times.`,
  );
}

/**
 * Where a redirect leads.
 *
 * @throws {DownloadError} where it is not the web, or leaves encryption behind
 */
export function nextAddress(from: string, location: string): string {
  const next = URL.canParse(location, from) ? new URL(location, from) : null;
  const isSafe = next?.protocol === 'https:' || (next?.protocol === 'http:' && !from.startsWith('https:'));
  if (isSafe) return next.href;
  throw new DownloadError('refused', `${from} leads to "${location}", which is not followed.`);
}
