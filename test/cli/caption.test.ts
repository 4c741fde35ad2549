import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { startEngine } from '../../src/engine';
import { saveCaptioner } from '../../src/models';
import { toTrainingConfig, trainPictures } from '../../src/training';
import { disposeBundle, tinyBundle } from '../captioners';
import { plainPicture, temporaryFolder, wholeSamples, writeShard } from '../data/fixtures';
import { TINY } from '../tiny';
import { written } from './written';

const clipbook = (...args: string[]) =>
  spawnSync(process.execPath, [join(__dirname, '../../bin/clipbook.js'), ...args], { encoding: 'utf8' });

describe('clipbook caption', () => {
  const root = temporaryFolder();
  const pictures = join(root, 'pictures');
  const model = join(root, 'captioner.safetensors');
  const count = 7;

  before(async () => {
    await startEngine();
    mkdirSync(join(pictures, 'deep'), { recursive: true });
    for (let i = 0; i < count; i++)
      writeFileSync(join(pictures, `deep/${i}.png`), await plainPicture(30 * i, 24));
    const bundle = tinyBundle(['a red cat', 'a green dog that is a leaf']);
    saveCaptioner(model, bundle);
    disposeBundle(bundle);
  });

  /** What the command prints, with what it writes to stderr. */
  async function caption(
    source: string,
    output: string,
    ...more: string[]
  ): Promise<{ out: string; told: string }> {
    const args = [
      'node',
      'clipbook',
      'caption',
      source,
      '-o',
      output,
      '--model',
      model,
      '--beam',
      '2',
      '--words',
      '4',
    ];
    let out = '';
    const told = await written('stderr', async () => {
      out = await written('stdout', () =>
        createProgram().parseAsync([...args, '--batch-size', '3', ...more]),
      );
    });
    return { out, told };
  }

  const linesOf = (path: string): { key: string; caption: string }[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  it('explains itself with examples, and needs to know where to write', () => {
    const { status, stdout } = clipbook('caption', '--help');
    assert.equal(status, 0);
    assert.match(stdout, /Examples:\n {2}\$ clipbook caption pictures\/ -o captions\.jsonl\n/);
    const bare = clipbook('caption', pictures);
    assert.equal(bare.status, 1);
    assert.match(bare.stderr, /required option '-o, --output <file>' not specified/);
  });

  it('writes captions that training reads back as second texts', async () => {
    const output = join(root, 'first/captions.jsonl');
    const { out } = await caption(pictures, output);
    assert.match(out, /^7 captions are written to ".+captions\.jsonl", \d+ ms each; 0 were there before\.\n/);
    assert.match(out, /Of the pictures all 7 samples are usable\.\n$/);
    const lines = linesOf(output);
    assert.deepEqual(
      lines.map(({ key }) => key),
      Array.from({ length: count }, (_, i) => `deep/${i}.png`),
    );
    assert.ok(lines.every(({ caption }) => caption.length > 0));
    writeFileSync(
      join(root, 'raw.csv'),
      ['file,text', ...lines.map(({ key }, i) => `${key},shade ${i}`)].join('\n'),
    );
    const summary = await trainPictures(
      toTrainingConfig({
        name: 'captioned',
        data: { folder: pictures, captions: join(root, 'raw.csv'), addCaptions: { file: output } },
        objective: 'alip',
        model: TINY,
        recipe: { steps: 2, batchSize: 4 },
      }),
      { root: join(root, 'results') },
    );
    assert.deepEqual(
      [summary.steps, summary.captions!.matched, summary.captions!.missing.count],
      [2, count, 0],
    );
  });

  it('goes on: passes over what is there, mends a half-written line, and ends with the same list', async () => {
    const [whole, output] = ['whole', 'resumed'].map((name) => join(root, name, 'captions.jsonl'));
    await caption(pictures, whole);
    await caption(pictures, output);
    const text = readFileSync(output, 'utf8');
    truncateSync(output, text.split('\n').slice(0, 4).join('\n').length + 12);
    assert.ok(!readFileSync(output, 'utf8').endsWith('\n'));
    const { out, told } = await caption(pictures, output);
    assert.match(told, /4 captions are there from before\./);
    assert.match(out, /^3 captions are written .+; 4 were there before\./);
    assert.equal(readFileSync(output, 'utf8'), readFileSync(whole, 'utf8'));
  });

  it('does not mix captioners in a list, nor write behind lines that are none', async () => {
    const output = join(root, 'mixed/captions.jsonl');
    await caption(pictures, output);
    await assert.rejects(
      caption(pictures, output, '--beam', '1'),
      /its captions were made with .+"beam":2.+ write to another file\./,
    );
    appendFileSync(output, 'not a caption\n');
    await assert.rejects(
      caption(pictures, output),
      /a key and a caption in line 8 of .+ but got "not a caption"; mend/,
    );
  });

  it('reads shards, and names and leaves out pictures that are damaged', async () => {
    const members = {
      ...(await wholeSamples(0, 5)),
      '005.png': Buffer.from('no picture'),
      '005.txt': 'text',
    };
    const shard = await writeShard(join(root, 'in.tar'), members);
    const output = join(root, 'shards/captions.jsonl');
    const { out, told } = await caption(shard, output, '--limit-fraction', '0.5', '--json');
    const { written: count, bad } = JSON.parse(out);
    assert.deepEqual([count, bad.bad, bad.kinds[0].firstKeys], [5, 1, ['005']]);
    assert.match(told, /The picture of sample "005" cannot be decoded/);
    assert.deepEqual(
      linesOf(output).map(({ key }) => key),
      ['000', '001', '002', '003', '004'],
    );
    await assert.rejects(caption(shard, join(root, 'strict/captions.jsonl')), /1 of 6 samples are unusable/);
  });

  it('stops at Ctrl-C with code 130 and all captions so far; the same command goes on', async () => {
    const { exitCode, stderr } = process;
    const output = join(root, 'stopped/captions.jsonl');
    const { write } = stderr;
    let told = '';
    try {
      stderr.write = (chunk: string | Uint8Array) => {
        told += chunk;
        if (String(chunk).startsWith('write captions: started')) process.emit('SIGINT', 'SIGINT');
        return true;
      };
      const args = ['node', 'clipbook', 'caption', pictures, '-o', output, '--model', model];
      await createProgram().parseAsync([...args, '--beam', '2', '--words', '4', '--batch-size', '3']);
      assert.equal(process.exitCode, 130);
    } finally {
      stderr.write = write;
      process.exitCode = exitCode;
    }
    assert.match(told, /Stopped after 1 pictures\. The same command goes on from there\.\n$/);
    assert.equal(linesOf(output).length, 1);
    const { out } = await caption(pictures, output);
    assert.match(out, /^6 captions are written .+; 1 were there before\./);
  });
});

describe('clipbook captioner', () => {
  it('explains itself with examples', () => {
    const { status, stdout } = clipbook('captioner', '--help');
    assert.equal(status, 0);
    assert.match(stdout, /Examples:\n {2}\$ clipbook captioner\n/);
  });

  it('fails in one sentence on captioners that there are not', () => {
    const { status, stderr } = clipbook('captioner', '--arms', 'grid,oracle', '-o', join(tmpdir(), 'none'));
    assert.equal(status, 1);
    assert.match(
      stderr,
      /Expected captioners among grid, concepts, gated, random, but got "oracle"; choose from these\.\n$/,
    );
  });
});
