import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { applyOptions, type SettingOptions } from '../../src/cli/trainOptions';
import { isStreamed, SYSTEM_NAMES, toTrainingConfig } from '../../src/training';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { writePairs } from '../data/syntheticPairs';
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

  it('prints the example for another objective, and knows all of them', async () => {
    const { objective, model } = toTrainingConfig(
      JSON.parse(await printed('--example', '--objective', 'slip')),
    );
    assert.equal(objective.name, 'slip');
    assert.ok(model.auxiliary?.simclr);
    const program = createProgram();
    program.commands.find((command) => command.name() === 'train')!.exitOverride();
    const help = await written('stdout', () =>
      program.parseAsync(['node', 'clipbook', 'train', '--help']).then(
        () => undefined,
        () => undefined,
      ),
    );
    for (const name of SYSTEM_NAMES) assert.ok(help.includes(`\n    ${name} `), name);
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

  describe('with options', () => {
    before(async () => {
      await writePairs(join(folder, 'plant-0.tar'), { subject: 'plant', format: 'jpeg', from: 0, to: 6 });
      await writePairs(join(folder, 'plant-1.tar'), { subject: 'plant', format: 'jpeg', from: 6, to: 12 });
      await writePairs(join(folder, 'general.tar'), { subject: 'thing', format: 'webp', from: 0, to: 5 });
    });
    const sources = () => [
      ...['--data', join(folder, 'plant-{0..1}.tar'), '--weight', '10'],
      ...['--data', join(folder, 'general.tar'), '--weight', '3'],
    ];

    it('streams weighted sources without a configuration', async () => {
      const root = join(folder, 'mixed');
      const short = ['--steps', '2', '--batch-size', '4', '--seed', '3', '--output', root, '--json'];
      const summary = JSON.parse(await printed('--name', 'mixed', ...sources(), ...short));
      assert.deepEqual(
        [summary.name, summary.steps, summary.pairs, summary.pictures],
        ['mixed', 2, 8, undefined],
      );
      const { data, recipe } = JSON.parse(readFileSync(join(summary.folder, 'config.json'), 'utf8'));
      assert.deepEqual(
        [data.sources.map(({ weight }: { weight: number }) => weight), recipe.steps, recipe.seed],
        [[10, 3], 2, 3],
      );
    });

    it('lets them stand over a configuration or a preset', async () => {
      describeRun(4);
      const settings = JSON.parse(readFileSync(path, 'utf8'));
      const changed = toTrainingConfig(
        applyOptions(settings, { data: ['a.tar'], name: 'other', start: 'w.safetensors' }),
      );
      assert.deepEqual(
        [changed.data.shards, changed.data.folder, changed.name, changed.start, changed.recipe.steps],
        ['a.tar', undefined, 'other', 'w.safetensors', 4],
      );
      assert.equal(isStreamed(changed.data), false);
      const preset = JSON.parse(
        await printed('--preset', 'dalip-paper', '--example', ...sources(), '--steps', '7'),
      );
      const config = toTrainingConfig(preset);
      assert.deepEqual(
        [config.name, config.data.cropScale, config.recipe.steps, config.recipe.warmupSteps],
        ['dalip-paper', [0.9, 1], 7, 0],
      );
      assert.deepEqual(
        config.data.sources?.map(({ weight }) => weight),
        [10, 3],
      );
      assert.match(await printed('--preset', 'clip-paper', '--explain'), /\n {4}ours: /);
    });

    it('streams one source where it is asked to, several always', () => {
      const dataOf = (options: SettingOptions) => toTrainingConfig(applyOptions({ name: 'x' }, options)).data;
      assert.equal(isStreamed(dataOf({ data: ['a.tar'] })), false);
      assert.equal(isStreamed(dataOf({ data: ['a.tar'], stream: true })), true);
      assert.equal(isStreamed(dataOf({ data: ['a.tar'], weight: [2] })), true);
      assert.deepEqual(dataOf({ data: ['a.tar', 'b.tar'] }).sources, [
        { shards: 'a.tar', weight: 1 },
        { shards: 'b.tar', weight: 1 },
      ]);
    });

    it('says what is wrong with them', async () => {
      const one = join(folder, 'general.tar');
      await assert.rejects(printed('--name', 'x', '--data', one, '--data', one, '--weight', '3'), {
        message: 'Expected one --weight after each --data, or none at all, but got 1 for 2.',
      });
      await assert.rejects(printed('--name', 'x', '--data', one, '--weight', 'much'), {
        message: 'data.sources[0].weight: expected a number above 0, got "much".',
      });
      await assert.rejects(printed('--name', 'x', '--data', one, '--steps', 'many'), {
        message: 'recipe.steps: expected a whole number of at least 1, got "many".',
      });
      await assert.rejects(printed('--data', one), { message: 'name: expected a text, got nothing.' });
      await assert.rejects(printed(path, '--preset', 'dalip-paper'), {
        message: `Expected a configuration or a preset, but got "${path}" and "dalip-paper".`,
      });
      await assert.rejects(printed('--preset', 'dalip-paper'), {
        message: 'data: expected one of "shards", "sources" and "folder", so that it is clear what to read.',
      });
      await assert.rejects(printed('--explain'), { message: /^Expected a --preset to explain/ });
    });
  });

  it('asks for a configuration', async () => {
    await assert.rejects(
      printed(),
      /^Error: Expected the path of a JSON configuration; "clipbook train --example"/,
    );
  });

  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`ends a step, saves and exits with ${expected} on ${signal}`, async () => {
      describeRun(1e6);
      const root = join(folder, `stopped by ${signal}`);
      const bin = join(__dirname, '../../bin/clipbook.js');
      const child = spawn(process.execPath, [bin, 'train', path, '--output', root], { stdio: 'pipe' });
      const { code, stderr } = await interruptedAt(child, signal, 'train shades: started');
      assert.equal(code, expected, stderr);
      const [, step, advice] = /Stopped after step (\d+) of 1000000; its checkpoint is saved\. (.*)\n$/.exec(
        stderr,
      )!;
      assert.equal(advice, `"clipbook train ${path} --output ${root} --resume" goes on from there.`);
      assert.ok(existsSync(join(root, `train/runs/shades/checkpoints/step-${step.padStart(6, '0')}.json`)));
    });
  }

  it('keeps the checkpoints that options ask for', () => {
    const options = { keepLast: 3, keepEvery: 100, keepBest: true };
    const settings = { name: 'x', data: { folder: pictures }, keepCheckpoints: { last: 9 } };
    const { keepCheckpoints } = toTrainingConfig(applyOptions(settings, options));
    assert.deepEqual(keepCheckpoints, { last: 3, every: 100, best: true });
    assert.throws(() => toTrainingConfig(applyOptions(settings, { keepLast: 0 })), {
      message: 'keepCheckpoints.last: expected a whole number of at least 1, got 0.',
    });
  });
});

/** Sends the signal once the line is there; what the process then says, and its exit code. */
function interruptedAt(
  child: ChildProcess,
  signal: NodeJS.Signals,
  line: string,
): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    const before = stderr.includes(line);
    stderr += chunk;
    if (!before && stderr.includes(line)) child.kill(signal);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}
