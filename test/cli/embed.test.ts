import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { startEngine } from '../../src/engine';
import { readNpy } from '../../src/files/npy';
import { temporaryFolder, wholeSamples, writeShard } from '../data/fixtures';
import { assertClose } from '../golden/compare';
import { answers, formats, weightsOfFile, writeConfig, writePictures } from '../inference/smallModel';
import { written } from './written';

const clipbook = (...args: string[]) =>
  spawnSync(process.execPath, [join(__dirname, '../../bin/clipbook.js'), ...args], { encoding: 'utf8' });

describe('clipbook embed', () => {
  const root = temporaryFolder();
  const pictures = join(root, 'pictures');
  const output = (name: string) => join(root, name, 'rows.npy');
  let model: string[];

  before(async () => {
    await startEngine();
    await writePictures(pictures);
    const config = writeConfig(root, 'plain');
    model = ['--model', config, '--weights', formats.safetensors(root, weightsOfFile(config))];
  });

  /** What the command prints, and what it writes to stderr. */
  async function embed(...args: string[]): Promise<{ out: string; told: string }> {
    let out = '';
    const told = await written('stderr', async () => {
      const parse = () => createProgram().parseAsync(['node', 'clipbook', 'embed', ...model, ...args]);
      out = await written('stdout', parse);
    });
    return { out, told };
  }

  const linesOf = (name: string): { row: number | null; key: string }[] =>
    readFileSync(output(name).replace('.npy', '.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('explains itself with examples, and needs a model and a place', () => {
    const { status, stdout } = clipbook('embed', '--help');
    assert.equal(status, 0);
    assert.match(stdout, /Examples:\n {2}\$ clipbook embed --model ViT-B-32:openai --images pictures\//);
    const bare = clipbook('embed', '--images', pictures);
    assert.equal(bare.status, 1);
    assert.match(bare.stderr, /required option '-m, --model <model>' not specified/);
  });

  it('writes what open_clip says of a folder of pictures and of the lines of a file', async () => {
    const { out, told } = await embed('--images', pictures, '-o', output('images'));
    assert.match(out, /^".+rows\.npy" holds 3 rows of 16 numbers; 0 were there before, [\d.]+ a second\.\n$/);
    assert.match(told, /read weights \[MB\]: 4\/4.*\n.*embed pictures: 3\/3/s);
    const { shape, data } = readNpy(output('images'));
    assert.deepEqual(shape, [3, 16]);
    assertClose(data, answers.cases.plain.images.flat(), 1e-5);
    assert.deepEqual(
      linesOf('images'),
      ['0.png', '1.png', '2.png'].map((key, row) => ({ row, key })),
    );
    const about = JSON.parse(readFileSync(output('images').replace('.npy', '.json'), 'utf8'));
    assert.deepEqual([about.model, about.config.embedDim, about.pictures.size], [model[1], 16, [32, 32]]);

    const texts = join(root, 'texts.txt');
    writeFileSync(texts, answers.labels.join('\n'));
    const summary = JSON.parse((await embed('--texts', texts, '-o', output('texts'), '--json')).out);
    assert.deepEqual([summary.rows, summary.kept, summary.skipped, summary.unread], [3, 0, 0, 0]);
    assertClose(readNpy(output('texts')).data, answers.cases.plain.texts.flat(), 1e-5);
  });

  it('reads shards, names damaged pictures and leaves them without a row, or stops there', async () => {
    const members = {
      ...(await wholeSamples(0, 4)),
      '002.png': Buffer.from('no picture'),
      '005.txt': 'text alone',
    };
    const shard = await writeShard(join(root, 'in.tar'), members);
    const { out, told } = await embed('--data', shard, '-o', output('shards'));
    assert.match(told, /The picture of sample "002" cannot be decoded/);
    assert.match(
      out,
      /holds 3 rows .+\nWithout a row since they are damaged: 1; the list beside it says which\.\n/s,
    );
    assert.match(out, /Of the samples 1 of 5 samples are unusable \(1 missing-picture: 005\)\.\n$/);
    assert.deepEqual(
      linesOf('shards').map(({ row, key }) => [row, key]),
      [
        [0, '000'],
        [1, '001'],
        [null, '002'],
        [2, '003'],
      ],
    );
    const strict = ['-o', output('strict'), '--strict'];
    await assert.rejects(embed('--data', shard, ...strict), /The sample "005" has no picture\./);
    writeFileSync(join(pictures, 'damaged.png'), 'no picture');
    await assert.rejects(embed('--images', pictures, ...strict), /"damaged\.png" cannot be decoded/);
    rmSync(join(pictures, 'damaged.png'));
    assert.ok(!existsSync(output('strict')));
  });

  it('stops at Ctrl-C with code 130 and all rows so far; the same command goes on', async () => {
    const { exitCode, stderr } = process;
    const { write } = stderr;
    const args = ['--images', pictures, '-o', output('stopped'), '--batch-size', '1'];
    let told = '';
    try {
      stderr.write = (chunk: string | Uint8Array) => {
        told += chunk;
        if (String(chunk).startsWith('embed pictures: started')) process.emit('SIGINT', 'SIGINT');
        return true;
      };
      await createProgram().parseAsync(['node', 'clipbook', 'embed', ...model, ...args]);
      assert.equal(process.exitCode, 130);
    } finally {
      stderr.write = write;
      process.exitCode = exitCode;
    }
    assert.match(told, /Stopped after 1 inputs\. The same command goes on from there\.\n$/);
    assert.deepEqual([linesOf('stopped').length, existsSync(output('stopped'))], [1, false]);
    const { out, told: toldThen } = await embed(...args);
    assert.match(toldThen, /1 rows are there from before\./);
    assert.match(out, /holds 3 rows of 16 numbers; 1 were there before/);
    assertClose(readNpy(output('stopped')).data, answers.cases.plain.images.flat(), 1e-5);
  });

  it('fails in one sentence', async () => {
    await assert.rejects(
      embed('-o', output('none')),
      /Expected one of --images, --texts and --data, but got 0 of them\./,
    );
    mkdirSync(join(root, 'other'), { recursive: true });
    const other = writeConfig(join(root, 'other'), 'sigmoid');
    const { status, stdout, stderr } = clipbook(
      ...['embed', '--model', other, '--weights', model[3], '--images', pictures, '-o', output('misfit')],
    );
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(
      stderr,
      /".+" does not fit the model: 1 of \d+ parameters are missing \(logit_bias\)\. Check the model's name\.\n$/,
    );
    assert.ok(!existsSync(output('misfit')));
  });
});
