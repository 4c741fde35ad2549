import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { claimFolder, requireUnclaimed } from '../../src/files/folderClaim';
import { temporaryFolder } from '../data/fixtures';

describe('claimFolder', () => {
  const root = temporaryFolder();
  let folder: string;
  let folders = 0;
  beforeEach(() => {
    folder = join(root, `${folders++}`);
  });

  /** Leaves a claim as another process would have. */
  function leave(holder: Record<string, unknown>, name = 'owner-000001.json'): string {
    claimFolder(folder).release();
    const { pid } = process;
    const own = { pid, host: hostname(), started: '', since: '2026-01-02T03:04:05.000Z' };
    writeFileSync(join(folder, name), JSON.stringify({ ...own, ...holder }));
    return join(folder, name);
  }

  it('refuses a second run with who has it and since when, until it is released', () => {
    const claim = claimFolder(folder);
    const { since } = JSON.parse(readFileSync(join(folder, 'owner-000001.json'), 'utf8'));
    assert.ok(Math.abs(Date.parse(since) - Date.now()) < 10_000, since);
    for (const again of [claimFolder, requireUnclaimed]) {
      assert.throws(() => again(folder), {
        message: `"${folder}" is in use by this process (${process.pid}) since ${since}; wait for it or stop it first.`,
      });
    }
    claim.release();
    requireUnclaimed(folder);
    claimFolder(folder).release();
    assert.deepEqual(readdirSync(folder), ['owner-000002.free']);
  });

  it('takes over at once from a process that was killed, and from another one that has its number now', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    leave({ pid });
    writeFileSync(join(folder, `config.json.${pid}.tmp`), '');
    claimFolder(folder).release();
    assert.deepEqual(readdirSync(folder), ['owner-000002.free']);
    if (process.platform !== 'linux') return;
    leave({ pid: process.ppid, started: 'another-boot 12' }, 'owner-000003.json');
    claimFolder(folder).release();
    assert.deepEqual(readdirSync(folder), ['owner-000004.free']);
  });

  it('leaves a claim of another machine alone, and says what to do', () => {
    const path = leave({ pid: 5, host: 'node17' }, 'owner-000002.json');
    assert.throws(() => claimFolder(folder), {
      message:
        `"${folder}" is in use by process 5 on "node17" since 2026-01-02T03:04:05.000Z; ` +
        `wait for it or stop it first; if that machine is gone, delete "${path}".`,
    });
  });

  it('takes over from another machine where its job of Slurm has ended', () => {
    const { env } = process;
    const claimIn = (restarts: string) => {
      process.env = { ...env, SLURM_JOB_ID: '7', SLURM_CLUSTER_NAME: 'c', SLURM_RESTART_COUNT: restarts };
      return claimFolder(folder);
    };
    try {
      claimIn('1').release();
      leave({ host: 'node17', job: { cluster: 'c', id: '7', restarts: 1 } }, 'owner-000003.json');
      assert.throws(() => claimIn('1'), { name: 'FolderClaimedError', message: /on "node17"/ });
      const claim = claimIn('2');
      const held = JSON.parse(readFileSync(join(folder, 'owner-000004.json'), 'utf8'));
      assert.deepEqual(held.job, { cluster: 'c', id: '7', restarts: 2 });
      claim.release();
    } finally {
      process.env = env;
    }
  });

  it('gives a dead run to one of many that want it', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    leave({ pid });
    const start = Date.now() + 2500;
    const outputs = await Promise.all(Array.from({ length: 5 }, () => claimAt(start, folder)));
    const winners = outputs.filter((said) => said === 'mine\n');
    assert.equal(winners.length, 1, outputs.join('\n'));
    assert.equal(outputs.filter((said) => /is in use by process \d+ on/.test(said)).length, 4);
  });
});

/** Claims the folder in a process of its own, at a moment, and holds it for a while; what the process says. */
function claimAt(moment: number, folder: string): Promise<string> {
  const code = `
    require('tsx/cjs');
    const { claimFolder } = require('./src/files/folderClaim.ts');
    setTimeout(() => {
      claimFolder(process.argv[1]);
      console.log('mine');
      setTimeout(() => {}, 1500);
    }, ${moment} - Date.now());`;
  const child = spawn(process.execPath, ['-e', code, folder], { cwd: join(__dirname, '../..') });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  return new Promise((resolve) => child.on('close', () => resolve(said)));
}
