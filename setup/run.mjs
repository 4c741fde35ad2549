import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { remember } from './lock.mjs';
import { logFile, root } from './paths.mjs';
import { explain } from './problem.mjs';

/**
 * Runs a tool to its end; all it prints goes to the log.
 *
 * @param {string} doing what is being done, for the sentence in case of failure: "installing the npm packages"
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<string>} what it printed
 * @throws {Problem} if it cannot be started or ends with an error
 */
export function run(doing, command, args, options = {}) {
  appendFileSync(logFile, `\n> ${command} ${args.join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid) remember(child.pid);
    let output = '';
    const listen = (chunk) => {
      output += chunk;
      appendFileSync(logFile, chunk);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    const fail = (text) => reject(explain(doing, text, relative(root, logFile)));
    child.on('error', (error) => fail(String(error)));
    child.on('close', (code) => (code === 0 ? resolve(output) : fail(output)));
  });
}

/**
 * Asks a tool a quick question.
 *
 * @returns {string | null} its answer without surrounding space; null if it is missing or says no
 */
export function ask(command, args) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : null;
}
