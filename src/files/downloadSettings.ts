import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** From where and to where files are downloaded. */
export interface DownloadSettings {
  /** The folder of downloaded files. */
  cache: string;
  /** An address put in place of the original hosts. */
  mirror?: string;
  /** Never asks the network. */
  offline: boolean;
}

/**
 * What is given, else what the environment says: `CLIPBOOK_CACHE`, default `clipbook` in the user's folder for caches;
 * `CLIPBOOK_MIRROR`, an address; `CLIPBOOK_OFFLINE`, anything but `0`.
 *
 * @throws if the mirror is no address
 */
export function downloadSettings(
  given: Partial<DownloadSettings> = {},
  environment: NodeJS.ProcessEnv = process.env,
): DownloadSettings {
  const { CLIPBOOK_CACHE, CLIPBOOK_MIRROR, CLIPBOOK_OFFLINE = '0' } = environment;
  const mirror = given.mirror || CLIPBOOK_MIRROR || undefined;
  if (mirror && !/^https?:\/\/[^/]/.test(mirror)) {
    throw new Error(
      `Expected the address of a mirror such as https://mirror.example.org, got "${mirror}"; look at --mirror or CLIPBOOK_MIRROR.`,
    );
  }
  return {
    cache: resolve(given.cache || CLIPBOOK_CACHE || userCache(environment)),
    mirror,
    offline: given.offline ?? !['', '0'].includes(CLIPBOOK_OFFLINE),
  };
}

/** `https://host/path` on a mirror `https://mirror/base` is `https://mirror/base/path`. */
export function mirrored(address: string, mirror: string | undefined): string {
  if (!mirror) return address;
  const { pathname, search } = new URL(address);
  return `${mirror.replace(/\/+$/, '')}${pathname}${search}`;
}

/** Where the platform wants such files, by the XDG specification, Apple's and Microsoft's guidelines. */
function userCache({ XDG_CACHE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv, platform = process.platform): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'clipbook');
  if (platform === 'win32') {
    return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'clipbook', 'Cache');
  }
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'clipbook');
}
