import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { download } from '../../src/files/download';
import { fetchFirst } from '../../src/files/fetchFirst';
import { hubToken } from '../../src/files/webFetch';
import { temporaryFolder } from '../data/fixtures';
import { type FileServer, serveFile } from './fileServer';

const content = Buffer.from('weights');

describe('hubToken', () => {
  it('goes to the Hub alone, and encrypted', () => {
    const environment = { HF_TOKEN: 'hf_secret\n' };
    const address = 'https://huggingface.co/timm/ViT/resolve/main/open_clip_model.safetensors';
    assert.deepEqual(hubToken(address, environment), { authorization: 'Bearer hf_secret' });
    assert.deepEqual(hubToken(address, {}), {});
    for (const other of [
      'http://huggingface.co/a',
      'https://huggingface.co:8443/a',
      'https://cdn-lfs.huggingface.co/a',
      'https://huggingface.co.example.org/a',
      'https://mirror.example.org/huggingface.co/a',
    ]) {
      assert.deepEqual(hubToken(other, environment), {}, other);
    }
  });
});

describe('downloads', () => {
  const root = temporaryFolder();
  const before = { fetch: globalThis.fetch, token: process.env.HF_TOKEN };
  let server: FileServer;
  let elsewhere: FileServer;
  let count = 0;
  const target = () => join(root, String(count++), 'file');
  beforeEach(async () => {
    server = await serveFile(content);
    elsewhere = await serveFile(content);
    process.env.HF_TOKEN = 'hf_secret';
  });
  afterEach(() => {
    server.close();
    elsewhere.close();
    globalThis.fetch = before.fetch;
    for (const name of ['HF_TOKEN', 'HTTP_PROXY', 'NO_PROXY']) delete process.env[name];
    if (before.token) process.env.HF_TOKEN = before.token;
  });
  const tokens = ({ requests }: FileServer) => requests.map(({ headers }) => headers.authorization);

  /** The local server in the Hub's place. */
  function playHub(): void {
    globalThis.fetch = (address, init) =>
      before.fetch(String(address).replace('https://huggingface.co', server.url), init);
  }

  it('show the token to the Hub and not to where it leads', async () => {
    playHub();
    // The Hub's answer leads to another host, as its large files do.
    server.next({ status: 302, headers: { location: elsewhere.url.replace('http:', 'https:') } });
    const toElsewhere = globalThis.fetch;
    globalThis.fetch = (address, init) =>
      toElsewhere(String(address).replace(/^https:\/\/127/, 'http://127'), init);
    await download({ url: 'https://huggingface.co/a/resolve/main/file', target: target(), firstWait: 1 });
    assert.deepEqual([tokens(server), tokens(elsewhere)], [['Bearer hf_secret'], [undefined]]);
  });

  it('do not show it to a mirror', async () => {
    const place = { address: 'https://huggingface.co/a/file', page: '', path: target(), sha256: null };
    await fetchFirst('a model', [place], { mirror: server.url, offline: false });
    assert.deepEqual(tokens(server), [undefined]);
  });

  it('say what a file behind a licence asks for', async () => {
    playHub();
    server.next({ status: 401 });
    await assert.rejects(
      download({ url: 'https://huggingface.co/a/file', target: target() }),
      /does not give https:\S+ to everyone \(401\)\. Accept its licence there, and set HF_TOKEN/,
    );
  });

  it('go through the proxy that the environment names, but for hosts it excepts', async () => {
    const proxy = await startProxy(Number(new URL(server.url).port));
    try {
      process.env.HTTP_PROXY = proxy.url;
      const path = target();
      await download({ url: 'http://weights.invalid/file', target: path });
      assert.deepEqual(proxy.asked, ['weights.invalid:80']);
      assert.equal(server.requests[0].headers.host, 'weights.invalid');
      process.env.NO_PROXY = '127.0.0.1';
      await download({ url: `${elsewhere.url}/file`, target: target() });
      assert.deepEqual([proxy.asked.length, elsewhere.requests.length], [1, 1]);
    } finally {
      proxy.close();
    }
  });
});

/** A proxy that leads every tunnel to one port of this machine. */
async function startProxy(port: number): Promise<{ url: string; asked: string[]; close(): void }> {
  const asked: string[] = [];
  const server: Server = createServer();
  server.on('connect', (request: IncomingMessage, client, head: Buffer) => {
    asked.push(request.url!);
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const end of [client, upstream]) end.on('error', () => {});
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
