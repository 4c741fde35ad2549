import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../data/projectRoot';
import { answerOf } from '../engine/machine';

/** What clipbook is compared with, as the published figures are. */
const VERSIONS = { torch: '2.15.0', torchvision: '0.29.2', open_clip_torch: '3.3.0' };

const ASK_VERSIONS = `
import json, sys
from importlib.metadata import version
print(json.dumps({name: version(name) for name in sys.argv[1:]}))`;

const FOLDER = join(projectRoot(), '.cache', 'peer');

/** The Python that `installPeer` makes; undefined where it was not made. */
export function installedPeer(): string | undefined {
  const python = pythonIn(FOLDER);
  return existsSync(python) ? python : undefined;
}

/**
 * Makes a virtual environment with open_clip in `.cache/peer`, through pip; one that is there and whole is left as it is.
 *
 * @param tell is told what it takes before it begins
 * @param options `python` makes the environment in `folder`
 * @returns its Python
 * @throws where no Python can make one, or pip fails; half an environment is removed then
 */
export function installPeer(
  tell: (line: string) => void,
  { python = 'python3', folder = FOLDER }: { python?: string; folder?: string } = {},
): string {
  const made = pythonIn(folder);
  if (existsSync(made) && peerVersions(made)) return made;
  const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}==${version}`);
  tell(
    `Installing ${wanted.join(', ')} into "${folder}": some 3 GB to download and 6 GB on the disk; ` +
      '250 MB and 1.2 GB where PIP_EXTRA_INDEX_URL names PyTorch’s own packages without CUDA.',
  );
  try {
    run(python, ['-m', 'venv', '--clear', folder]);
    const pip = [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--retries',
      '1',
      '--only-binary=:all:',
    ];
    run(made, [...pip, ...wanted]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return made;
}

/** A Python to compare with. */
export interface PeerPython {
  python: string;
  /** Of torch, torchvision and open_clip_torch. */
  versions: Record<string, string>;
}

/**
 * The Python with open_clip that is named, or else the one that `installPeer` made; undefined where neither is there.
 *
 * @throws where the one named has no open_clip
 */
export function peerOf(named: string | undefined): PeerPython | undefined {
  const python = named ?? installedPeer();
  const versions = python && peerVersions(python);
  if (versions) return { python, versions };
  if (named === undefined) return undefined;
  const wanted = Object.keys(VERSIONS).join(', ');
  throw new Error(
    `Expected a Python with ${wanted}, but "${named}" is none; "clipbook bench --install-peer" makes one.`,
  );
}

/** Versions of the peer's packages in a Python; undefined where one of them is missing. */
function peerVersions(python: string): Record<string, string> | undefined {
  const answer = answerOf(python, ['-c', ASK_VERSIONS, ...Object.keys(VERSIONS)]);
  return answer === null ? undefined : JSON.parse(answer);
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  const reason = error?.message ?? `exit code ${status}`;
  throw new Error(
    `"${[command, ...args.slice(0, 3)].join(' ')}" failed (${reason}); see above for why, or name a Python that has ` +
      'torch and open_clip_torch with --python.',
  );
}
