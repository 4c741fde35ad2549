import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEngine } from '../../src/engine';
import { machineKind } from '../../src/engine/machine';
import { type ExperimentOutcome, runExperiment } from '../../src/experiments';
import { temporaryFolder } from '../data/fixtures';
import { recordingProgress, TINY_EXPERIMENT } from './tinyExperiment';

describe('writeResults', () => {
  const root = temporaryFolder();
  let outcome: ExperimentOutcome;
  const read = (name: string) => readFileSync(join(outcome.folder, name), 'utf8');

  before(async () => {
    await startEngine();
    const options = { profileName: 'mini' as const, progress: recordingProgress(), root };
    outcome = await runExperiment(TINY_EXPERIMENT, options);
  });

  it('leaves the configuration, a CSV and a LaTeX file for each table, an SVG for each figure, the report, and the runs', () => {
    assert.deepEqual(readdirSync(outcome.folder).sort(), [
      'config.json',
      'figures',
      'report.html',
      'report.json',
      'runs',
      'table-things.csv',
      'table-things.tex',
    ]);
    assert.deepEqual(readdirSync(join(outcome.folder, 'figures')), ['loss.svg']);
    assert.match(read('figures/loss.svg'), /^<svg /);
  });

  it('says in the configuration what was run', () => {
    const { mini } = TINY_EXPERIMENT.profiles;
    assert.deepEqual(JSON.parse(read('config.json')), {
      experiment: 'tiny',
      profile: 'mini',
      seeds: [0, 1],
      recipe: mini.recipe,
      model: mini.model,
      arms: [
        { id: 'clip', label: 'CLIP' },
        { id: 'alip', label: 'ALIP' },
      ],
    });
  });

  it('writes a line for each cell, under the measured name', () => {
    const [header, ...lines] = read('table-things.csv').trim().split('\n');
    assert.match(header, /^table,origin,section,source,row,column,/);
    assert.equal(lines.length, 3);
    for (const line of lines) assert.match(line, /^things,measured,.*,Things mini,/);
  });

  it('writes a report with everything a reader asks for, and Plotly beside it', () => {
    const page = read('report.html');
    const { title, question } = TINY_EXPERIMENT;
    for (const text of [
      title,
      question,
      'It runs.',
      'Noise has no classes.',
      'Things<br>mini',
      machineKind(),
    ]) {
      assert.ok(page.includes(text), text);
    }
    assert.ok(page.includes('npm run reproduce -- tiny --profile mini'));
    assert.ok(page.includes('all 6 samples are usable'));
    assert.match(page, /4 runs \(2 seeds\), each over 8 pairs drawn from 10 pictures/);
    const [, asset] = /<script src="([^"]+)">/.exec(page)!;
    assert.ok(existsSync(join(outcome.folder, asset)), asset);
  });
});
