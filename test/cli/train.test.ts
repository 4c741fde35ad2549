import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { toTrainingConfig } from '../../src/training';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { TINY } from '../tiny';
import { written } from './written';

describe('clipbook train', () => {
  const folder = temporaryFolder();
  const pictures = join(folder, 'pictures');
  const path = join(folder, 'run.json');

  before(async () => {
    mkdirSync(pictures);
    for (let i = 0; i < 9; i++) {
      writeFileSync(join(pictures, `${i}.png`), await plainPicture(20 * i));
      writeFileSync(join(pictures, `${i}.txt`), `shade ${i}`);
    }
  });

  function describeRun(steps: number): void {
    const recipe = { steps, batchSize: 4 };
    writeFileSync(path, JSON.stringify({ name: 'shades', data: { folder: pictures }, model: TINY, recipe }));
  }

  /** What the command prints to stdout, run in this process. */
  async function printed(...args: string[]): Promise<string> {
    let text = '';
    await written('stderr', async () => {
      text = await written('stdout', () =>
        createProgram().parseAsync(['node', 'clipbook', 'train', ...args]),
      );
    });
    return text;
  }

  it('prints an example that is a valid configuration of data that is there', async () => {
    const example = toTrainingConfig(JSON.parse(await printed('--example')));
    assert.deepEqual(example.data.textFields, ['text', 'description']);
    assert.ok(existsSync(dirname(String(example.data.shards))));
  });

  it('prints the summary, for people and as JSON', async () => {
    describeRun(4);
    const root = join(folder, 'printed');
    const text = await printed(path, '--output', root);
    assert.match(text, /^"shades" is trained \(CLIP\): 4 steps, 16 pairs in \d+ s, final loss \d\.\d{3}\.\n/);
    assert.match(
      text,
      /\nSamples skipped: 0 of 9\.\nCheckpoints: .*checkpoints\nSummary: .*summary\.json\n$/,
    );
    const json = JSON.parse(await printed(path, '--output', root, '--resume', '--json'));
    assert.deepEqual([json.name, json.steps, json.skipped.bad], ['shades', 4, 0]);
  });

  it('asks for a configuration', async () => {
    await assert.rejects(
      printed(),
      /^Error: Expected the path of a JSON configuration; "clipbook train --example"/,
    );
  });

  it('ends a step, saves and exits with 130 on Ctrl-C', async () => {
    describeRun(1e6);
    const root = join(folder, 'stopped');
    const bin = join(__dirname, '../../bin/clipbook.js');
    const child = spawn(process.execPath, [bin, 'train', path, '--output', root], { stdio: 'pipe' });
    const { code, stderr } = await interruptedAt(child, 'train shades: started');
    assert.equal(code, 130, stderr);
    const [, step, advice] = /Stopped after step (\d+) of 1000000; its checkpoint is saved\. (.*)\n$/.exec(
      stderr,
    )!;
    assert.equal(advice, `"clipbook train ${path} --output ${root} --resume" goes on from there.`);
    assert.ok(existsSync(join(root, `train/runs/shades/checkpoints/step-${step.padStart(6, '0')}.json`)));
  });
});

/** Sends SIGINT once the line is there; what the process then says, and its exit code. */
function interruptedAt(child: ChildProcess, line: string): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    const before = stderr.includes(line);
    stderr += chunk;
    if (!before && stderr.includes(line)) child.kill('SIGINT');
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}
