import { spawnSync } from 'node:child_process';

/** A failure the user can mend: its message is one sentence that names the missing thing and the command that brings it. */
export class Problem extends Error {}

const MANAGERS = [
  { name: 'brew', install: 'brew install' },
  { name: 'apt-get', install: 'sudo apt-get install -y' },
  { name: 'dnf', install: 'sudo dnf install -y' },
  { name: 'pacman', install: 'sudo pacman -S --noconfirm' },
  { name: 'apk', install: 'sudo apk add' },
];

/** What each tool is called by each package manager. */
const PACKAGES = {
  python: {
    brew: 'python@3.12',
    'apt-get': 'python3 python3-venv',
    dnf: 'python3.12',
    pacman: 'python',
    apk: 'python3 py3-pip',
  },
  venv: {
    brew: 'python@3.12',
    'apt-get': 'python3-venv',
    dnf: 'python3.12',
    pacman: 'python',
    apk: 'python3 py3-pip',
  },
  compiler: {
    brew: 'make',
    'apt-get': 'build-essential',
    dnf: 'gcc-c++ make',
    pacman: 'base-devel',
    apk: 'build-base',
  },
  npm: { brew: 'node@20', 'apt-get': 'npm', dnf: 'nodejs-npm', pacman: 'npm', apk: 'npm' },
};

/**
 * The command that installs a tool on this machine.
 *
 * @param {keyof PACKAGES} tool
 * @param {string | undefined} manager the package manager; by default the first one found on the PATH
 * @param {NodeJS.Platform} platform
 * @returns {string} a command in quotation marks, or a choice of two where no known package manager is there
 */
export function howToInstall(tool, manager = findManager(), platform = process.platform) {
  if (tool === 'compiler' && platform === 'darwin') return '"xcode-select --install"';
  const command = ({ name, install }) => `"${install} ${PACKAGES[tool][name]}"`;
  const found = MANAGERS.find(({ name }) => name === manager);
  if (found) return command(found);
  const likely = MANAGERS.filter(({ name }) => (name === 'brew') === (platform === 'darwin'));
  return likely.slice(0, 2).map(command).join(' or ');
}

function findManager() {
  return MANAGERS.find(({ name }) => !spawnSync(name, ['--version'], { stdio: 'ignore' }).error)?.name;
}

/** Output of pip, npm and node-gyp when a server cannot be reached. */
const NETWORK =
  /NewConnectionError|ConnectTimeout|ReadTimeout|Max retries exceeded|Could not resolve host|Temporary failure in name resolution|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ProxyError|Network is unreachable/;
const DISK = /ENOSPC|No space left on device|Errno 28/;

/**
 * Turns a tool's failure into a sentence.
 *
 * @param {string} doing what was being done, as "installing the npm packages"
 * @param {string} output what the tool printed
 * @param {string} log where all of it can be read
 */
export function explain(doing, output, log) {
  if (DISK.test(output)) {
    return new Problem(`The disk filled up while ${doing}; free some space and run "npm run setup" again.`);
  }
  if (NETWORK.test(output)) {
    return new Problem(
      `The package index could not be reached while ${doing}; check the network (or the proxy and index settings of npm and pip) and run "npm run setup" again.`,
    );
  }
  const line = output.split('\n').find((text) => /error/i.test(text) && !/npm error( code|$)/.test(text));
  return new Problem(
    `Something went wrong while ${doing}${line ? ` (${line.trim().slice(0, 200)})` : ''}; ${log} has the whole output.`,
  );
}
