import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { startEngine } from '../../src/engine';
import type { LabelProbability } from '../../src/inference';
import { temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';
import { answers, formats, weightsOfFile, writeConfig, writePictures } from '../inference/smallModel';
import { written } from './written';

const clipbook = (...args: string[]) =>
  spawnSync(process.execPath, [join(__dirname, '../../bin/clipbook.js'), ...args], { encoding: 'utf8' });

describe('clipbook classify', () => {
  const root = temporaryFolder();
  const { labels, templates, cases } = answers;
  const labelFile = join(root, 'labels.txt');
  let pictures: string[];
  let model: string[];

  before(async () => {
    await startEngine();
    pictures = await writePictures(root);
    const config = writeConfig(root, 'plain');
    model = ['--model', config, '--weights', formats['a PyTorch file'](root, weightsOfFile(config))];
    writeFileSync(labelFile, `${labels.join('\n')}\n\n`);
  });

  async function classify(...args: string[]): Promise<{ out: string; told: string; code: unknown }> {
    const { exitCode } = process;
    let out = '';
    try {
      const told = await written('stderr', async () => {
        const parse = () => createProgram().parseAsync(['node', 'clipbook', 'classify', ...model, ...args]);
        out = await written('stdout', parse);
      });
      return { out, told, code: process.exitCode };
    } finally {
      process.exitCode = exitCode;
    }
  }

  /** Probabilities in the order of the labels. */
  const inOrder = (ranked: LabelProbability[]) =>
    labels.map((label) => ranked.find((one) => one.label === label)!.probability);

  it('explains itself with examples', () => {
    const { status, stdout } = clipbook('classify', '--help');
    assert.equal(status, 0);
    assert.match(
      stdout,
      /Examples:\n {2}\$ clipbook classify --model ViT-B-32:openai --labels 'a cat,a dog'/,
    );
  });

  it('gives open_clip’s probabilities as JSON, of labels as they are and in templates', async () => {
    const inTemplates = templates.flatMap((template) => ['--templates', template]);
    for (const [more, expected] of [
      [[], cases.plain.probabilities],
      [inTemplates, cases.plain.templated],
    ] as const) {
      const { out, code } = await classify('--labels', labelFile, ...more, '--json', ...pictures);
      const found: { picture: string; labels: LabelProbability[] }[] = JSON.parse(out);
      assert.deepEqual([code, found.map(({ picture }) => picture)], [undefined, pictures]);
      assertClose(
        found.flatMap((one) => inOrder(one.labels)),
        expected.flat(),
        1e-5,
      );
    }
  });

  it('draws a table with the likeliest labels first', async () => {
    const { out } = await classify(
      '--labels',
      'a diagram, a dog,a cat',
      '--top',
      '2',
      pictures[0],
      pictures[1],
    );
    const rows = out
      .split('\n')
      .filter((line) => /│ a /.test(line))
      .map((line) => line.split('│').map((cell) => cell.trim()));
    assert.deepEqual(
      rows.map(([, picture]) => picture),
      [pictures[0], '', pictures[1], ''],
    );
    const shown = rows.map((cells) => Number(cells[3]));
    assert.ok(shown[0] >= shown[1] && shown[2] >= shown[3] && shown[0] > 0, out);
  });

  it('names a picture that cannot be read, classifies the others, and ends with code 1', async () => {
    const none = join(root, 'none.jpg');
    const { out, told, code } = await classify('--labels', labelFile, none, pictures[2]);
    assert.equal(code, 1);
    assert.match(told, /The picture ".*none\.jpg" cannot be read \(ENOENT\)\.\n$/);
    assert.match(out, /2\.png +│ a diagram +│ +0\.546/);
    const { out: json } = await classify('--labels', labelFile, '--json', none);
    assert.match(JSON.parse(json)[0].error, /cannot be read/);
  });

  it('fails in one sentence without labels, and on templates without a place', async () => {
    await assert.rejects(classify('--labels', ' , ', pictures[0]), /Expected at least one label/);
    await assert.rejects(
      classify('--labels', 'a', '--templates', 'a photo', pictures[0]),
      /A prompt template needs \{\} where the class name goes, got "a photo"\./,
    );
  });
});
