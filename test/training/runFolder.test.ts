import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRunFolder } from '../../src/training/runFolder';

describe('openRunFolder', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'clipbook-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const config = { seed: 0, optimizer: { beta2: 0.98, warmup: undefined }, losses: ['clip'] };
  const open = (changes: Record<string, unknown> = {}, name = 'dalip-seed-0') =>
    openRunFolder({ root, experiment: 'dalip-table-2', name, config: { ...config, ...changes } });

  it('creates the folder with the configuration in it', () => {
    const run = open();
    assert.equal(run.path, join(root, 'dalip-table-2/runs/dalip-seed-0'));
    assert.equal(run.metrics, join(run.path, 'metrics.jsonl'));
    const saved = JSON.parse(readFileSync(join(run.path, 'config.json'), 'utf8'));
    assert.deepEqual(saved, { seed: 0, optimizer: { beta2: 0.98 }, losses: ['clip'] });
  });

  it('is finished once it has a summary', () => {
    const run = open();
    assert.equal(run.isFinished(), false);
    assert.equal(run.readSummary(), null);
    run.markFinished({ top1: 0.5 });
    assert.equal(open().isFinished(), true);
    assert.deepEqual(open().readSummary(), { top1: 0.5 });
    assert.ok(existsSync(join(run.path, 'summary.json')));
  });

  it('opens again with the same configuration, in whatever order', () => {
    open();
    openRunFolder({
      root,
      experiment: 'dalip-table-2',
      name: 'dalip-seed-0',
      config: { losses: ['clip'], optimizer: { beta2: 0.98 }, seed: 0 },
    });
  });

  it('refuses another configuration, naming the first difference', () => {
    open();
    assert.throws(
      () => open({ optimizer: { beta2: 0.999 } }),
      /\(optimizer\.beta2: 0\.98 there, 0\.999 here\)/,
    );
    assert.throws(
      () => open({ losses: ['clip', 'dalip'] }),
      /\(losses: \["clip"\] there, \["clip","dalip"\] here\)/,
    );
    assert.throws(() => open({ queue: 9 }), /\(queue: absent there, 9 here\)/);
  });

  it('refuses names that would leave the folder', () => {
    for (const name of ['', '..', '.hidden', 'a/b', 'a b'])
      assert.throws(() => open({}, name), /cannot name/);
    assert.ok(open({}, 'lr=1e-3_wd+0.2').path);
  });
});
