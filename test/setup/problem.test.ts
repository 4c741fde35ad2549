import assert from 'node:assert/strict';

const load = () => import('../../setup/problem.mjs');

describe('howToInstall', () => {
  it("speaks the package manager's language", async () => {
    const { howToInstall } = await load();
    assert.equal(howToInstall('python', 'apt-get'), '"sudo apt-get install -y python3 python3-venv"');
    assert.equal(howToInstall('compiler', 'dnf', 'linux'), '"sudo dnf install -y gcc-c++ make"');
    assert.equal(howToInstall('python', 'brew', 'darwin'), '"brew install python@3.12"');
    assert.equal(howToInstall('compiler', 'brew', 'darwin'), '"xcode-select --install"');
  });

  it('offers the two likely commands where the package manager is unknown', async () => {
    const { howToInstall } = await load();
    assert.equal(
      howToInstall('venv', 'none', 'linux'),
      '"sudo apt-get install -y python3-venv" or "sudo dnf install -y python3.12"',
    );
  });
});

describe('explain', () => {
  const messageOf = async (output: string) =>
    (await load()).explain('installing JupyterLab', output, 'setup.log').message;

  it('recognises a network that is away, as pip and npm say it', async () => {
    const pip = "WARNING: Retrying after connection broken by 'NewConnectionError(...)'";
    const npm = 'npm error code ECONNREFUSED\nnpm error syscall connect';
    for (const output of [pip, npm])
      assert.match(await messageOf(output), /could not be reached while installing/);
  });

  it('recognises a full disk', async () => {
    assert.match(await messageOf('OSError: [Errno 28] No space left on device'), /disk filled up/);
  });

  it('quotes the first error otherwise, and names the log', async () => {
    const message = await messageOf('npm error code EUSAGE\nnpm error\nnpm error The lock is old.\nbye');
    assert.match(message, /\(npm error The lock is old\.\); setup\.log has/);
  });

  it('is one sentence', async () => {
    for (const output of ['ECONNREFUSED', 'ENOSPC', 'error: no\nerror: more']) {
      assert.doesNotMatch(await messageOf(output), /\n/);
    }
  });
});
