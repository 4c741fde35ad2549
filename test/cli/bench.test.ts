import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SavedBench } from '../../src/bench';
import { createProgram } from '../../src/cli/main';
import { temporaryFolder } from '../data/fixtures';
import { written } from './written';

describe('clipbook bench', () => {
  const root = temporaryFolder();

  /** What the command prints. */
  function bench(...args: string[]): Promise<string> {
    return written('stdout', async () => {
      await written('stderr', () => createProgram().parseAsync(['node', 'clipbook', 'bench', ...args]));
    });
  }

  it('measures a training step of each kind without a peer, prints and saves it', async () => {
    const text = await bench('training', '--quick', '--no-peer', '-o', root);
    const saved: SavedBench = JSON.parse(readFileSync(join(root, 'training.json'), 'utf8'));
    assert.deepEqual(
      saved.measured.rows.map(({ task, by }) => [task, by]),
      ['f32, real', 'f32, full', 'bf16, real', 'bf16, full'].map((one) => [
        `mini, ${one} captions`,
        'clipbook',
      ]),
    );
    for (const { perSecond, seconds } of saved.measured.rows) {
      assert.ok(Math.abs(perSecond!.median * seconds.median - 32) < 0.1, 'a round is one step of 32 pairs');
    }
    assert.match(
      text,
      /mini, bf16, full captions │ clipbook │ +[\d.]+ │ +\d+ │\n/,
      'a single round has no range',
    );
  });

  it('profiles a step', async () => {
    const [profile] = JSON.parse(await bench('--profile', '--quick', '--json', '-o', root));
    assert.ok(profile.operations.ClipbookAdamW.calls > 50 || profile.operations.MatMul.calls > 50);
    assert.ok(profile.stepCpuMs > 0 && profile.peak > 0);
  });

  it('says what can be measured, and what a peer needs', async () => {
    await assert.rejects(
      bench('speed', '--no-peer'),
      /Expected something to measure \(training.*, got "speed"/,
    );
    await assert.rejects(bench('training', '--python', process.execPath), /Expected a Python with torch/);
  });
});
