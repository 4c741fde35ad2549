import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { temporaryFolder, wholeSamples, writeShard } from '../data/fixtures';
import { written } from './written';

const clipbook = (...args: string[]) =>
  spawnSync(process.execPath, [join(__dirname, '../../bin/clipbook.js'), ...args], { encoding: 'utf8' });

const convert = (...args: string[]) =>
  createProgram().parseAsync(['node', 'clipbook', 'data', 'convert', ...args]);

describe('clipbook data convert', () => {
  const root = temporaryFolder();
  let shard: string;
  before(async () => {
    const members = { ...(await wholeSamples(0, 5)), '005.txt': 'no picture' };
    shard = await writeShard(join(root, 'in.tar'), members);
  });

  it('explains itself with examples', () => {
    const { status, stdout } = clipbook('data', 'convert', '--help');
    assert.equal(status, 0);
    assert.match(stdout, /--part-size <samples>/);
    assert.match(stdout, /Examples:\n {2}\$ clipbook data convert pictures\/ shards\/train\.tar\n/);
  });

  it('fails in one sentence on data that is not there, and on sizes that are none', () => {
    const absent = clipbook('data', 'convert', join(root, 'absent'), join(root, 'out.tar'));
    assert.deepEqual([absent.status, absent.stdout], [1, '']);
    assert.match(absent.stderr, /^Expected data at ".+absent", but there is nothing; check the path\.\n$/);
    const size = clipbook('data', 'convert', shard, join(root, 'out.tar'), '--part-size', '0');
    assert.equal(size.status, 1);
    assert.match(size.stderr, /It must be a whole number from 1 on/);
  });

  it('stops at Ctrl-C with code 130, and the same command goes on; samples left out are named', async () => {
    const { exitCode, stderr } = process;
    const args = [shard, join(root, 'records/x.rec'), '--part-size', '2', '--limit-fraction', '0.5'];
    const { write } = stderr;
    try {
      stderr.write = (chunk: string | Uint8Array) => {
        if (String(chunk).startsWith('part 0')) process.emit('SIGINT', 'SIGINT');
        return true;
      };
      await convert(...args);
      assert.equal(process.exitCode, 130);
    } finally {
      stderr.write = write;
      process.exitCode = exitCode;
    }
    const told = await written('stderr', async () => {
      const text = await written('stdout', () => convert(...args));
      assert.match(text, /^5 samples are converted from webdataset to recordio in ".+records": 10 files, /);
      assert.match(
        text,
        /3 parts, 1 of them from before\.\nSamples left out: 1 of 6\.\n {2}1 missing-picture: 005\n$/,
      );
    });
    assert.match(told, /^part 0: there before; 2 samples in /);
    assert.match(told, /The sample "005" has no picture\./);
    assert.ok(readdirSync(join(root, 'records')).includes('x-00002.idx'));
  });

  it('prints the summary as JSON', async () => {
    const text = await written('stdout', () =>
      written('stderr', () => convert(shard, join(root, 'table'), '--to', 'csv', '--json')),
    );
    const { samples, from, to, bad } = JSON.parse(text);
    assert.deepEqual([samples, from, to, bad.bad], [5, 'webdataset', 'csv', 1]);
  });
});
