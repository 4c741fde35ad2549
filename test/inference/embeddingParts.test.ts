import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Share } from '../../src/distributed';
import { startEngine } from '../../src/engine';
import { claimFolder } from '../../src/files';
import {
  type EmbeddingInput,
  type EmbedToFileOptions,
  embedToFile,
  fileLines,
  folderPictures,
  type LoadedClip,
  loadClip,
} from '../../src/inference';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { formats, weightsOfFile, writeConfig } from './smallModel';

describe('embedToFile in parts', () => {
  const folder = temporaryFolder();
  const pictures = join(folder, 'pictures');
  const texts = join(folder, 'texts.txt');
  let clip: LoadedClip;

  before(async () => {
    await startEngine();
    mkdirSync(pictures);
    for (let i = 0; i < 11; i++) {
      const bytes = i === 4 ? 'no picture' : await plainPicture(20 * i, 20);
      writeFileSync(join(pictures, `${String(i).padStart(2, '0')}.png`), bytes);
    }
    writeFileSync(texts, Array.from({ length: 150 }, (_, i) => `text ${i % 140}`).join('\n'));
    const model = writeConfig(folder, 'plain');
    clip = await loadClip({ model, weights: formats.safetensors(folder, weightsOfFile(model)) });
    await embed('whole');
    await embed('texts-whole', undefined, { texts: fileLines(texts) });
  });
  after(() => clip.dispose());

  const SETTINGS = { model: 'small' };
  const pathOf = (name: string) => join(folder, name, 'rows.npy');

  function embed(
    name: string,
    share?: Share,
    input: EmbeddingInput = { pictures: folderPictures(pictures) },
    options: EmbedToFileOptions = {},
  ) {
    const output = { path: pathOf(name), settings: SETTINGS };
    return embedToFile(clip, input, output, { batchSize: 2, damaged: 'skip', share, ...options });
  }

  /** Everything a run leaves, by name. */
  const filesOf = (name: string) =>
    Object.fromEntries(
      readdirSync(dirname(pathOf(name))).map((file) => [file, readFileSync(join(folder, name, file), 'hex')]),
    );
  const assertSame = (name: string, whole = 'whole') => assert.deepEqual(filesOf(name), filesOf(whole));

  /** Lets all parts of a matrix stop where nothing is done, but for the one that is asked for. */
  const stopAtOnce = (): EmbedToFileOptions => {
    const controller = new AbortController();
    return { signal: controller.signal, onProgress: () => controller.abort() };
  };

  for (const of of [2, 3, 8]) {
    it(`leaves the files of a single run, to the byte: ${of} parts, one after the other`, async () => {
      const name = `in-${of}`;
      const found = [];
      for (let part = of - 1; part >= 0; part--) found.push(await embed(name, { part, of }));
      assertSame(name);
      const last = found.at(-1)!;
      assert.deepEqual([last.rows, last.skipped, last.missing], [10, 1, []]);
      const made = found.reduce((sum, { rows, kept }) => sum + rows - kept, 0);
      assert.equal(made, 10, 'each row is made once');
      assert.deepEqual(
        found[0].missing,
        Array.from({ length: of - 1 }, (_, part) => ({ part: `${part + 1}/${of}`, state: 'notBegun' })),
      );
    });
  }

  it('is put together once where all end at the same time', async () => {
    const parts = [0, 1, 2, 3].map((part) => embed('at-once', { part, of: 4 }));
    const left = (await Promise.all(parts)).map(({ missing }) => missing.length);
    assert.ok(left.includes(0), `parts that miss: ${left}`);
    assertSame('at-once');
  });

  it('takes texts in the batches of their encoder', async () => {
    for (const part of [1, 0, 2]) {
      await embed('texts', { part, of: 3 }, { texts: fileLines(texts) });
    }
    assertSame('texts', 'texts-whole');
  });

  it('names a part that was stopped, and one that is at work; and goes on with them', async () => {
    await assert.rejects(embed('named', { part: 0, of: 3 }, undefined, stopAtOnce()), {
      name: 'RunInterruptedError',
    });
    const claim = claimFolder(join(folder, 'named', 'rows.parts', '2-of-3'));
    const { missing, rows } = await embed('named', { part: 2, of: 3 });
    assert.deepEqual(missing, [
      { part: '1/3', state: 'stopped' },
      { part: '2/3', state: 'atWork' },
    ]);
    assert.equal(rows, 2, 'the part’s own: 04.png has none, 05.png and 10.png have one');
    await assert.rejects(embed('named', { part: 1, of: 3 }), { name: 'FolderClaimedError' });
    claim.release();
    const { kept } = await embed('named', { part: 0, of: 3 });
    assert.equal(kept, 2);
    await embed('named', { part: 1, of: 3 });
    assertSame('named');
  });

  it('goes on where putting together was cut short', async () => {
    await assert.rejects(embed('cut', undefined, undefined, stopAtOnce()));
    assert.ok(existsSync(`${pathOf('cut')}.partial`));
    for (const part of [0, 1]) await embed('cut', { part, of: 2 });
    assertSame('cut');
  });

  it('finds a whole matrix whole, and makes nothing', async () => {
    const found = await embed('whole', { part: 1, of: 5 }, { pictures: [] });
    assert.deepEqual(
      [found.rows, found.kept, found.skipped, found.missing],
      [10, 10, 1, []],
      'inputs are not looked at',
    );
    assertSame('whole');
    const output = { path: pathOf('whole'), settings: { model: 'other' } };
    await assert.rejects(
      embedToFile(clip, { pictures: [] }, output, { share: { part: 0, of: 2 } }),
      /was begun with another model or other settings/,
    );
  });

  it('does not mix batches that are cut otherwise', async () => {
    await embed('cut-otherwise', { part: 0, of: 2 });
    await assert.rejects(
      embed('cut-otherwise', { part: 0, of: 2 }, undefined, { batchSize: 3 }),
      /rows\.npy" was begun with another model or other settings/,
    );
    await assert.rejects(
      embed('cut-otherwise', { part: 1, of: 2 }, undefined, { batchSize: 3 }),
      /1-of-2.+was begun with another model or other settings/,
    );
  });

  it('says that there is nothing to embed', async () => {
    await embed('empty', { part: 0, of: 2 }, { pictures: [] });
    await assert.rejects(embed('empty', { part: 1, of: 2 }, { pictures: [] }), /the input is empty/);
  });
});
