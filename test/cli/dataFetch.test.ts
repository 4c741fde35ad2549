import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { temporaryFolder } from '../data/fixtures';
import { type FileServer, serveFile } from '../files/fileServer';
import { written } from './written';

const NAME = 'ViT-B-32:laion2b_s34b_b79k';
const FOLDER = 'weights/ViT-B-32/laion2b_s34b_b79k';

describe('clipbook data list, fetch, verify, path', () => {
  const root = temporaryFolder();
  const content = Buffer.alloc(2_500_000, 'weights of a model; ');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const { exitCode } = process;
  let server: FileServer;
  let cache: string;
  let count = 0;
  before(async () => {
    server = await serveFile(content);
  });
  beforeEach(() => {
    cache = join(root, String(count++));
    server.next();
  });
  after(() => server.close());
  afterEach(() => {
    process.exitCode = exitCode;
    delete process.env.CLIPBOOK_OFFLINE;
  });
  const data = (...args: string[]) =>
    written('stdout', () =>
      createProgram().parseAsync(['node', 'clipbook', 'data', ...args, '--cache', cache]),
    );
  /** Without the progress on stderr. */
  const quietly = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    let result: Result | undefined;
    await written('stderr', async () => {
      result = await act();
    });
    return result as Result;
  };
  const fetched = (...args: string[]) => data('fetch', ...args, '--mirror', `${server.url}/hub/`);

  it('fetches from a mirror, then says where the file is without the network', async () => {
    const told = await written('stderr', async () => {
      const text = await fetched(NAME);
      assert.match(text, /^ViT-B-32:\S+ is ".+\.safetensors" \(2\.5 MB, fetched; licence MIT\)\.\n$/);
    });
    assert.match(told, /^open_clip_model\.safetensors \[MB\]: started\n.+: 3\/3, 0 s left\n$/);
    const path = join(cache, FOLDER, 'open_clip_model.safetensors');
    assert.ok(readFileSync(path).equals(content));
    assert.match(
      server.requests[0].url ?? '',
      /^\/hub\/laion\/.+\/resolve\/main\/open_clip_model\.safetensors$/,
    );

    process.env.CLIPBOOK_OFFLINE = '1';
    assert.match(await fetched(NAME), /there before/);
    assert.equal(await data('path', NAME), `${path}\n`);
    assert.match(await data('list', 'laion2b_s34b_b79k'), /ViT-B-32:laion2b_s34b_b79k +MIT +here, 2\.5 MB\n/);
    const [item] = JSON.parse(await data('list', 'b-32:laion2b_s34b', '--json'));
    assert.deepEqual(item.files, [{ path, bytes: content.length, sha256: null }]);
    assert.equal(server.requests.length, 1);
  });

  it('takes the next source where the first has no file', async () => {
    server.next({ status: 404 });
    const [one] = JSON.parse(await quietly(() => fetched(NAME, '--json')));
    assert.equal(one.path, join(cache, FOLDER, 'open_clip_pytorch_model.bin'));
    assert.deepEqual([one.sha256, one.bytes, one.isNew, one.licence], [sha256, content.length, true, 'MIT']);
  });

  it('fetches the tokenizer with a model that has not CLIP’s', async () => {
    const text = await quietly(() => fetched('ViT-B-16-SigLIP:webli', '--json'));
    const folder = join(cache, 'tokenizers/timm/ViT-B-16-SigLIP');
    assert.equal(JSON.parse(text)[0].tokenizer, folder);
    const files = readdirSync(folder).filter((file) => file.startsWith('tokenizer'));
    assert.deepEqual(files, [
      'tokenizer.json',
      'tokenizer.json.json',
      'tokenizer_config.json',
      'tokenizer_config.json.json',
    ]);
    assert.equal(server.requests.length, 3);
  });

  it('says what to save where, when there is no network or no way for a program', async () => {
    process.env.CLIPBOOK_OFFLINE = '1';
    const path = join(cache, 'weights/ViT-B-32/openai/ViT-B-32.pt');
    await assert.rejects(data('fetch', 'ViT-B-32:openai'), {
      message:
        'There is no file of ViT-B-32:openai in the cache. CLIPBOOK_OFFLINE forbids to fetch it. Get ' +
        'https://openaipublic.azureedge.net/clip/models/40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/ViT-B-32.pt ' +
        `in a browser or on another machine and save it as "${path}", or name a mirror with --mirror or CLIPBOOK_MIRROR.`,
    });
    process.env.CLIPBOOK_OFFLINE = '0';
    await assert.rejects(data('fetch', NAME, '--mirror', 'http://nowhere.invalid'), {
      message:
        /^There is no .+ in the cache\. The name nowhere\.invalid cannot be resolved \(is there a network\?\)\. Get https:/,
    });
    await assert.rejects(data('fetch', 'ViT-B-32:alip'), {
      message:
        /No program can, or may, fetch it\. Get the file behind https:\S+ in a browser .+ save it as ".+weights\/ViT-B-32\/alip\/ALIP_YFCC15M_B32\.pt"\.$/,
    });
    await assert.rejects(data('path', 'ViT-B-32:openai'), /is not in the cache; run "clipbook data fetch/);
    await assert.rejects(
      data('fetch', NAME, '--mirror', 'mirror'),
      /^Error: Expected the address of a mirror/,
    );
  });

  it('refuses a file with a wrong checksum, fetched or placed', async () => {
    const wrong =
      /gave 2500000 bytes whose SHA-256 is [0-9a-f]{64}, where 40d36571.+ is published; they are deleted/;
    await quietly(() => assert.rejects(fetched('ViT-B-32:openai'), wrong));
    const folder = join(cache, 'weights/ViT-B-32/openai');
    assert.deepEqual(readdirSync(folder), []);
    writeFileSync(join(folder, 'ViT-B-32.pt'), content);
    await assert.rejects(fetched('ViT-B-32-quickgelu:openai'), /is not the file that was expected/);
  });

  it('verifies what is there, and the exit code tells', async () => {
    assert.equal(await data('verify'), 'Nothing is in the cache.\n');
    const place = (tag: string, file: string) => {
      mkdirSync(join(cache, 'weights/ViT-B-32', tag), { recursive: true });
      writeFileSync(join(cache, 'weights/ViT-B-32', tag, file), content);
    };
    place('alip', 'ALIP_YFCC15M_B32.pt');
    const verified = (...names: string[]) => quietly(() => data('verify', ...names));
    assert.match(await verified(), new RegExp(`^ViT-B-32:alip: ".+" is right, ${sha256}\\.\\n$`));
    assert.equal(process.exitCode, exitCode);
    place('openai', 'ViT-B-32.pt');
    assert.match(
      await verified('ViT-B-32:openai'),
      /is not the file that was expected: .+ the publisher's is 40d3/,
    );
    assert.equal(process.exitCode, 1);
    await assert.rejects(data('verify', 'RN50:openai'), /is not in the cache; run/);
  });

  it('stops at Ctrl-C with code 130, and the same command goes on', async () => {
    server.next({ stallAfter: 1_500_000 });
    const { write } = process.stderr;
    const stop = setInterval(() => {
      const partial = join(cache, FOLDER, 'open_clip_model.safetensors.partial');
      if (statSync(partial, { throwIfNoEntry: false })?.size) process.emit('SIGINT', 'SIGINT');
    }, 50);
    try {
      process.stderr.write = () => true;
      await fetched(NAME).finally(() => clearInterval(stop));
      assert.equal(process.exitCode, 130);
      process.exitCode = exitCode;
      assert.match(await fetched(NAME), /2\.5 MB, fetched/);
    } finally {
      process.stderr.write = write;
    }
    assert.equal(server.requests.length, 2);
  });

  it('lets two processes share one download', async () => {
    const start = () =>
      new Promise<string>((resolve, reject) => {
        const script = join(__dirname, '../../bin/clipbook.js');
        const args = [script, 'data', 'fetch', NAME, '--cache', cache, '--mirror', server.url, '--json'];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
        let text = '';
        child.stdout.on('data', (chunk) => {
          text += chunk;
        });
        child.on('error', reject).on('close', () => resolve(text));
      });
    const both = await Promise.all([start(), start()]);
    assert.deepEqual(
      both.map((text) => JSON.parse(text)[0].sha256),
      [sha256, sha256],
    );
    assert.equal(server.requests.length, 1);
  });
});
