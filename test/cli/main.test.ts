import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const clipbook = (...args: string[]) =>
  spawnSync(process.execPath, [join(__dirname, '../../bin/clipbook.js'), ...args], { encoding: 'utf8' });

describe('clipbook', () => {
  it('lists its verbs without loading an engine', () => {
    const start = performance.now();
    const { status, stdout } = clipbook('--help');
    assert.equal(status, 0);
    assert.match(stdout, /\n {2}doctor /);
    assert.ok(performance.now() - start < 5000, 'help took more than 5 s');
  });

  it('answers an unknown verb with the nearest one, on stderr, and fails', () => {
    const { status, stdout, stderr } = clipbook('docto');
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /unknown command 'docto'\n\(Did you mean doctor\?\)/);
  });
});
