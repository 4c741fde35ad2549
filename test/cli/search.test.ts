import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { startEngine } from '../../src/engine';
import { temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';
import { answers, formats, weightsOfFile, writeConfig, writePictures } from '../inference/smallModel';
import { written } from './written';

const clipbook = join(__dirname, '../../bin/clipbook.js');

describe('clipbook search', () => {
  const root = temporaryFolder();
  const folder = join(root, 'pictures');
  const index = join(root, 'index/pictures.npy');
  let pictures: string[];
  let args: string[];

  before(async () => {
    await startEngine();
    pictures = await writePictures(folder);
    writeFileSync(join(folder, 'damaged.png'), 'no picture');
    const config = writeConfig(root, 'plain');
    const weights = formats.safetensors(root, weightsOfFile(config));
    args = ['--model', config, '--weights', weights, '--images', folder, '--index', index];
  });

  async function search(...more: string[]): Promise<{ out: string; told: string }> {
    let out = '';
    const told = await written('stderr', async () => {
      const parse = () => createProgram().parseAsync(['node', 'clipbook', 'search', ...args, ...more]);
      out = await written('stdout', parse);
    });
    return { out, told };
  }

  it('explains itself with examples', () => {
    const { status, stdout } = spawnSync(process.execPath, [clipbook, 'search', '--help'], {
      encoding: 'utf8',
    });
    assert.equal(status, 0);
    assert.match(stdout, /Examples:\n {2}\$ clipbook search --model ViT-B-32:openai --images pictures\//);
  });

  it('finds a picture by itself, and pictures by a text with open_clip’s cosines', async () => {
    const { out, told } = await search('--json', '--top', '2', pictures[1], answers.labels[0]);
    assert.match(told, /The picture of sample "damaged\.png" cannot be decoded/);
    const [byPicture, byText] = JSON.parse(out) as {
      query: string;
      found: { picture: string; cosine: number }[];
    }[];
    assert.deepEqual(
      [byPicture.query, byPicture.found.length, byPicture.found[0].picture],
      [pictures[1], 2, pictures[1]],
    );
    assertClose([byPicture.found[0].cosine], [1], 1e-5);
    const { images, texts } = answers.cases.plain;
    const expected = images
      .map((row, i) => ({
        picture: pictures[i],
        cosine: row.reduce((sum, x, k) => sum + x * texts[0][k], 0),
      }))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, 2);
    assert.deepEqual(
      byText.found.map(({ picture }) => picture),
      expected.map(({ picture }) => picture),
    );
    assertClose(
      byText.found.map(({ cosine }) => cosine),
      expected.map(({ cosine }) => cosine),
      1e-5,
    );
  });

  it('keeps the index, and writes a page with the pictures found', async () => {
    const before = statSync(index).mtimeMs;
    const sheet = join(root, 'found.html');
    const { out } = await search('--sheet', sheet, 'a <dog>', pictures[0]);
    assert.equal(statSync(index).mtimeMs, before);
    assert.match(out, /^a <dog>\n {2}-?0\.\d{3} {2}.+\.png\n/);
    const page = readFileSync(sheet, 'utf8');
    assert.match(page, /<h2>a &lt;dog&gt;<\/h2>/);
    assert.equal(page.match(/<img /g)!.length, 3 + 1 + 3);
  });

  it('finds the same by an index of neighbours, which it makes once, and refuses two wishes', async () => {
    const queries = ['--json', pictures[2], answers.labels[1]];
    const exact = await search(...queries, '--exact');
    const first = await search(...queries, '--approximate');
    assert.match(first.told, /index neighbours: 3\/3/);
    assert.deepEqual(placesOf(first.out), placesOf(exact.out));
    const again = await search(...queries, '--approximate');
    assert.doesNotMatch(again.told, /index neighbours/);
    assert.equal(again.out, first.out);
    const asked = [clipbook, 'search', ...args, '--exact', '--approximate', 'a cat'];
    const { status, stderr } = spawnSync(process.execPath, asked, { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /'--exact' cannot be used with option '--approximate'/);
  });

  function placesOf(json: string): string[][] {
    return JSON.parse(json).map(({ found }: { found: { picture: string }[] }) =>
      found.map(({ picture }) => picture),
    );
  }
});
