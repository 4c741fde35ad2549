import assert from 'node:assert/strict';

const load = () => import('../../setup/wheel.mjs');
const laptop = { platform: 'linux', arch: 'x64', glibc: '2.36', gpu: false };

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
