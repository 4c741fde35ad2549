import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPeer, peerOf } from '../../src/bench';
import { startPeer } from '../../src/bench/peer';
import { environment } from '../../src/bench/processes';
import { temporaryFolder } from '../data/fixtures';

describe('peers', () => {
  const root = temporaryFolder();

  /** A program that answers as `serve` does, and prints something else in between. */
  function program(name: string, body: string): string[] {
    const path = join(root, name);
    writeFileSync(
      path,
      `const lines = require('node:readline').createInterface({ input: process.stdin });${body}`,
    );
    return [process.execPath, path];
  }

  it('answer one request after the other, whatever else they print', async () => {
    const body = `console.log('loading'); console.log('{"ready":true}');
      lines.on('line', (line) => console.log('noise\\n' + JSON.stringify({ seconds: 1, twice: 2 * JSON.parse(line).n })));`;
    const peer = await startPeer(program('answers.cjs', body), process.env);
    for (const n of [1, 5]) {
      assert.equal((await peer.ask<{ twice: number }>({ n })).twice, 2 * n);
    }
    await peer.close();
  });

  it('that end without an answer are named', async () => {
    const body = `console.log('{"ready":true}'); lines.on('line', () => process.exit(1));`;
    const peer = await startPeer(program('ends.cjs', body), process.env);
    await assert.rejects(peer.ask({}), /Expected an answer of .*ends\.cjs", but it ended/);
    await peer.close();
    await assert.rejects(startPeer([join(root, 'absent')], process.env), /absent", but it ended/);
  });

  it('get as many threads, but not how clipbook’s threads wait', () => {
    const before = process.env.OMP_WAIT_POLICY;
    process.env.OMP_WAIT_POLICY = 'passive';
    try {
      assert.equal(environment(3).OMP_WAIT_POLICY, 'passive');
      assert.equal(environment(3, 'peer').OMP_WAIT_POLICY, undefined);
      assert.equal(environment(3, 'peer').OMP_NUM_THREADS, '3');
    } finally {
      if (before === undefined) delete process.env.OMP_WAIT_POLICY;
      else process.env.OMP_WAIT_POLICY = before;
    }
  });

  it('are installed whole or not at all, and told of before', () => {
    const told: string[] = [];
    const folder = join(root, 'peer');
    assert.throws(
      () => installPeer((line) => told.push(line), { python: join(root, 'no-python'), folder }),
      /no-python -m venv .* failed \(.*name a Python that has torch and open_clip_torch with --python/,
    );
    assert.match(told[0], /torch==.*open_clip_torch==.* to download/);
    assert.ok(!existsSync(folder));
    assert.throws(
      () => peerOf(process.execPath),
      /Expected a Python with torch, torchvision, open_clip_torch/,
    );
  });
});
