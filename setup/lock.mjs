import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache } from './paths.mjs';

const file = join(cache, 'setup.lock');
const HOUR = 3_600_000;
const pids = [process.pid];

/**
 * Waits until no other set-up works in this folder, then keeps others out until this process ends.
 *
 * The lock names the set-up's process and the tools it started: a set-up killed outright leaves its npm or pip running,
 * and starting a second one beside it would mix their files. A lock that nobody alive holds, or older than an hour, is
 * taken over.
 */
export async function takeLock() {
  mkdirSync(cache, { recursive: true });
  let told = false;
  while (!tryTake()) {
    if (!told) console.log('Another set-up is at work in this folder; waiting for it to end.');
    told = true;
    await sleep(500);
  }
  process.on('exit', () => rmSync(file, { force: true }));
}

/** Adds a tool's process to the lock. */
export function remember(pid) {
  pids.push(pid);
  if (existsSync(file)) writeFileSync(file, JSON.stringify(pids));
}

function tryTake() {
  try {
    writeFileSync(file, JSON.stringify(pids), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isHeld()) rmSync(file, { force: true });
  return false;
}

function isHeld() {
  try {
    return Date.now() - statSync(file).mtimeMs < HOUR && JSON.parse(readFileSync(file, 'utf8')).some(isAlive);
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
