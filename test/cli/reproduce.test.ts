import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { EXPERIMENTS, type Experiment } from '../../src/experiments';
import { temporaryFolder } from '../data/fixtures';
import { TINY_EXPERIMENT } from '../experiments/tinyExperiment';
import { written } from './written';

const clipbook = (...args: string[]) =>
  spawnSync(process.execPath, [join(__dirname, '../../bin/clipbook.js'), ...args], { encoding: 'utf8' });

describe('clipbook reproduce', () => {
  it('explains itself with examples', () => {
    const { status, stdout } = clipbook('reproduce', '--help');
    assert.equal(status, 0);
    assert.match(stdout, /--profile <name>/);
    assert.match(
      stdout,
      /Examples:\n {2}\$ clipbook reproduce\n {2}\$ clipbook reproduce dalip-table --profile mini/,
    );
  });

  it('refuses an unknown experiment in one sentence that names those there are', () => {
    const { status, stdout, stderr } = clipbook('reproduce', 'dalip');
    assert.deepEqual([status, stdout], [1, '']);
    assert.equal(
      stderr,
      'There is no experiment "dalip"; there are dalip-table, alip-table, dalip-statistics, dalip-mixing, alip-gates, alip-systems, precision and photographs.\n',
    );
  });

  it('refuses an unknown profile, naming those there are', () => {
    const { status, stdout, stderr } = clipbook('reproduce', '--profile', 'huge');
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(
      stderr,
      /argument 'huge' is invalid\. Allowed choices are quick, mini\.\n\(add --help for examples\)\n$/,
    );
    assert.doesNotMatch(stderr, /\n +at /);
  });
});

describe('clipbook reproduce, on a tiny experiment', () => {
  const root = temporaryFolder();
  const registered = EXPERIMENTS as Experiment[];
  const reproduce = (...args: string[]) =>
    createProgram().parseAsync(['node', 'clipbook', 'reproduce', 'tiny', '--output', root, ...args]);

  before(() => registered.push(TINY_EXPERIMENT));
  after(() => registered.pop());

  it('prints the tables, the verdicts and the report’s place; progress goes to stderr', async () => {
    let stdout = '';
    const stderr = await written('stderr', async () => {
      stdout = await written('stdout', () => reproduce());
    });
    assert.match(stdout, /Things \(top-1 accuracy, %\)/);
    assert.match(stdout, /\nIt runs\.\n\nReport: .*tiny\/quick\/report\.html\nAll results: .*index\.html\n$/);
    assert.match(stderr, /\[2\/5\] tiny: train CLIP, seed 0/);
  });

  it('prints one JSON object for each experiment and nothing else with --json', async () => {
    let stdout = '';
    await written('stderr', async () => {
      stdout = await written('stdout', () => reproduce('--json'));
    });
    const [outcome, ...others] = JSON.parse(stdout);
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(outcome), ['folder', 'tables', 'verdicts', 'notes']);
    assert.deepEqual([outcome.folder, outcome.tables[0].id], [join(root, 'tiny/quick'), 'things']);
  });

  it('keeps finished runs, and starts over with --fresh', async () => {
    const progressOf = (...args: string[]) =>
      written('stderr', async () => {
        await written('stdout', () => reproduce(...args));
      });
    assert.match(await progressOf(), /train CLIP, seed 0: finished before/);
    assert.doesNotMatch(await progressOf('--fresh'), /finished before/);
  });
});
