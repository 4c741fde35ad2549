import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { toText } from '../../src/cli/doctor';
import { partsOfEngine } from '../../src/cli/parts';

const clipbook = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(__dirname, '../../bin/clipbook.js'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

describe('clipbook doctor', () => {
  it('prints JSON and succeeds where nothing necessary is missing', () => {
    const { status, stdout } = clipbook(['doctor', '--json']);
    const { ready, machine, parts } = JSON.parse(stdout);
    assert.equal(status, 0);
    assert.equal(ready, true);
    assert.ok(machine.cores >= 1);
    assert.deepEqual(
      ['Node', 'backend', 'sharp'].filter(
        (name) => !parts.some((part: { name: string }) => part.name === name),
      ),
      [],
    );
  });

  it('fails where no backend can be loaded, and says why', () => {
    const { status, stdout } = clipbook(['doctor'], { CLIPBOOK_BACKEND: 'abacus' });
    assert.equal(status, 1);
    assert.match(stdout, /✗ │ backend .*"abacus" is not a backend/);
    assert.match(stdout, /cannot run yet/);
  });
});

describe('toText', () => {
  it('lists what to run for what is absent', () => {
    const machine = {
      system: 's',
      cpu: 'c',
      cores: 2,
      features: [],
      memory: { total: 8, free: 4 },
      gpus: [],
    };
    const part = {
      name: 'JupyterLab',
      status: 'absent' as const,
      found: 'not installed',
      remedy: 'npm run setup',
    };
    assert.match(toText(machine, [part], true), /JupyterLab: npm run setup\nclipbook is ready\.\n$/);
  });
});

describe('partsOfEngine', () => {
  it('takes wasm for complete, and names the way to TensorFlow', () => {
    const [backend, library] = partsOfEngine({ backend: 'wasm', tensorflow: null, reason: 'no compiler' });
    assert.deepEqual([backend.status, backend.found], ['ok', 'wasm (no compiler)']);
    assert.deepEqual([library.status, library.remedy], ['absent', 'npm run setup']);
  });
});
