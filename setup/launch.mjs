import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { environment } from './environment.mjs';
import { root } from './paths.mjs';

/**
 * Runs a command in the environment clipbook needs, as if it stood in this process's place: the terminal is its own,
 * signals reach it, and its exit code (or 128 + signal) becomes this process's.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} current the environment to be completed
 */
export function launch(command, args, current = process.env) {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...current, ...environment(current) } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${command} could not be started (${error.message}); run "npm run setup" and try again.`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** Runs a script of Node in that environment; `args` are its path and arguments, after options of Node if any. */
export function launchNode(args, current = process.env) {
  launch(process.execPath, ['--require', join(root, 'setup', 'quiet.cjs'), ...args], current);
}

/** `node setup/launch.mjs [NAME=value …] SCRIPT [ARGUMENT …]` */
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const current = { ...process.env };
  while (/^[A-Z_]+=/.test(args[0] ?? '')) {
    const [name, ...value] = args.shift().split('=');
    current[name] = value.join('=');
  }
  launchNode(args, current);
}
