import assert from 'node:assert/strict';

const load = () => import('../../setup/steps/packages.mjs');
const lock = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'x' },
  'node_modules/b-darwin': { version: '1.0.0', integrity: 'y', optional: true },
};

describe('installedAsLocked', () => {
  it('accepts the same packages, without optional ones of other platforms', async () => {
    const { installedAsLocked } = await load();
    assert.equal(installedAsLocked(lock, { 'node_modules/a': lock['node_modules/a'] }), true);
  });

  it('sees a missing, another and a superfluous package, and an empty folder', async () => {
    const { installedAsLocked } = await load();
    const a = lock['node_modules/a'];
    assert.equal(installedAsLocked(lock, {}), false);
    assert.equal(installedAsLocked(lock, null), false);
    assert.equal(installedAsLocked(lock, { 'node_modules/a': { ...a, version: '2.0.0' } }), false);
    assert.equal(installedAsLocked(lock, { 'node_modules/a': a, 'node_modules/c': a }), false);
  });

  it('finds the lock file free of registry addresses and whole for every platform', () => {
    const { packages } = require('../../package-lock.json') as { packages: Record<string, Locked> };
    assert.deepEqual(
      Object.keys(packages).filter((path) => packages[path].resolved),
      [],
    );
    for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
      for (const name of Object.keys(optionalDependencies)) {
        const places = [`node_modules/${name}`, `${path}/node_modules/${name}`];
        assert.ok(
          places.some((place) => place in packages),
          `${name} of ${path} is not locked`,
        );
      }
    }
  });
});

interface Locked {
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}
