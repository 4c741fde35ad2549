import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../data/fixtures';

const load = () => import('../../setup/wheel.mjs');
const laptop = { platform: 'linux', arch: 'x64', glibc: '2.36', gpu: false };

describe('a wheel', () => {
  const folder = temporaryFolder();

  it('is the published one, or deleted', async () => {
    const { prove } = await import('../../setup/steps/tensorflow.mjs');
    const path = join(folder, 'library.whl');
    writeFileSync(path, 'bytes');
    await prove(path, createHash('sha256').update('bytes').digest('hex'));
    await assert.rejects(
      prove(path, '0'.repeat(64)),
      /^Error: library\.whl has the SHA-256 [0-9a-f]{64}, where 0{64} is published; it is deleted\./,
    );
    assert.equal(existsSync(path), false);
  });

  it('is known by a checksum on every platform', async () => {
    const { chooseWheel } = await load();
    const arm = { ...laptop, arch: 'arm64' };
    const machines = [laptop, { ...laptop, gpu: true }, arm, { ...arm, platform: 'darwin' }];
    const all = machines.map((machine): { sha256: string } => chooseWheel(machine));
    for (const { sha256 } of all) assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.equal(new Set(all.map(({ sha256 }) => sha256)).size, 4);
  });
});

describe('chooseWheel', () => {
  it('takes the small wheel on Linux without a GPU and the CUDA one with it', async () => {
    const { chooseWheel } = await load();
    assert.equal(chooseWheel(laptop).project, 'tensorflow-cpu');
    assert.equal(chooseWheel(laptop).backend, 'tensorflow');
    assert.equal(chooseWheel({ ...laptop, gpu: true }).project, 'tensorflow');
    assert.equal(chooseWheel({ ...laptop, gpu: true }).backend, 'tensorflow-gpu');
  });

  it('knows the wheels for ARM, where a GPU changes nothing', async () => {
    const { chooseWheel } = await load();
    const arm = { ...laptop, arch: 'arm64', gpu: true };
    assert.equal(chooseWheel(arm).tag, 'manylinux_2_27_aarch64');
    assert.equal(chooseWheel(arm).backend, 'tensorflow');
    assert.equal(chooseWheel({ ...arm, platform: 'darwin', glibc: undefined }).tag, 'macosx_12_0_arm64');
  });

  it('says why there is none under an old glibc, musl, Windows and Intel macOS', async () => {
    const { chooseWheel } = await load();
    assert.match(chooseWheel({ ...laptop, glibc: '2.17' }).reason, /glibc 2\.27 or newer.*has glibc 2\.17/);
    assert.match(chooseWheel({ ...laptop, glibc: undefined }).reason, /another C library/);
    assert.match(chooseWheel({ ...laptop, platform: 'win32', glibc: undefined }).reason, /WSL/);
    assert.match(chooseWheel({ ...laptop, platform: 'darwin', glibc: undefined }).reason, /darwin-x64/);
  });
});
