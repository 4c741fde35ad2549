import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { downloadSettings, mirrored } from '../../src/files/downloadSettings';
import { nextAddress } from '../../src/files/redirects';

describe('downloadSettings', () => {
  it('takes what is given, then the environment, then the platform’s folder', function () {
    const environment = {
      CLIPBOOK_CACHE: '/shared',
      CLIPBOOK_MIRROR: 'https://m.example',
      CLIPBOOK_OFFLINE: '1',
    };
    const fromThere = { cache: '/shared', mirror: 'https://m.example', offline: true };
    assert.deepEqual(downloadSettings({}, environment), fromThere);
    const given = { cache: '/mine', mirror: 'http://n.example', offline: false };
    assert.deepEqual(downloadSettings(given, environment), given);
    if (process.platform !== 'linux') this.skip();
    const plain = { cache: join(homedir(), '.cache', 'clipbook'), mirror: undefined, offline: false };
    assert.deepEqual(downloadSettings({}, { CLIPBOOK_OFFLINE: '0', CLIPBOOK_MIRROR: '' }), plain);
    assert.equal(downloadSettings({}, { XDG_CACHE_HOME: '/x' }).cache, '/x/clipbook');
  });

  it('refuses a mirror that is no address', () => {
    const message = /^Expected the address of a mirror such as https:\S+, got "m\.example"; look at --mirror/;
    assert.throws(() => downloadSettings({ mirror: 'm.example' }, {}), { message });
  });
});

describe('mirrored', () => {
  it('puts the mirror in place of the host and keeps the path', () => {
    const address = 'https://huggingface.co/timm/x/resolve/main/f.bin?download=true';
    assert.equal(mirrored(address, undefined), address);
    const there = 'http://m.example/hub/timm/x/resolve/main/f.bin?download=true';
    assert.equal(mirrored(address, 'http://m.example/hub/'), there);
  });
});

describe('nextAddress', () => {
  it('follows to other hosts and paths, but not out of encryption or out of the web', () => {
    assert.equal(nextAddress('https://a.example/b/c', '../d?e=1'), 'https://a.example/d?e=1');
    assert.equal(nextAddress('http://a.example/b', 'https://c.example/'), 'https://c.example/');
    for (const location of ['http://a.example/b', 'file:///etc/hostname', 'https://']) {
      assert.throws(() => nextAddress('https://a.example/b', location), {
        name: 'DownloadError',
        flaw: 'refused',
      });
    }
  });
});
