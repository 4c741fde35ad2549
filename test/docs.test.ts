import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../src/data/projectRoot';

/** Ten seconds of both cores: CLIPBOOK_SLOW=1. */
describe('the API reference', () => {
  before(function () {
    if (!process.env.CLIPBOOK_SLOW) this.skip();
  });

  it('is made without a warning: every parameter that a comment names is there', function () {
    this.timeout(240_000);
    const typedoc = join(projectRoot(), 'node_modules/typedoc/bin/typedoc');
    const { stderr, stdout } = spawnSync(
      process.execPath,
      [typedoc, '--emit', 'none', '--logLevel', 'Warn'],
      {
        cwd: projectRoot(),
        encoding: 'utf8',
      },
    );
    assert.equal(stderr + stdout, '');
  });
});
