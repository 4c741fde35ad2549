import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { startEngine } from '../../src/engine';
import { readNpy } from '../../src/files/npy';
import {
  type EmbedToFileOptions,
  embedToFile,
  fileLines,
  fingerprintOf,
  folderPictures,
  type LoadedClip,
  loadClip,
} from '../../src/inference';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';
import { formats, weightsOfFile, writeConfig } from './smallModel';

describe('embedToFile', () => {
  const folder = temporaryFolder();
  const pictures = join(folder, 'pictures');
  let clip: LoadedClip;

  before(async () => {
    await startEngine();
    mkdirSync(join(pictures, 'b'), { recursive: true });
    mkdirSync(join(pictures, '.hidden'));
    for (const [i, key] of ['a.png', 'b/0.png', 'b/2.png', 'c.png', '.hidden/d.png'].entries()) {
      writeFileSync(join(pictures, key), await plainPicture(60 * i, 20));
    }
    writeFileSync(join(pictures, 'b/1.png'), 'no picture');
    writeFileSync(join(pictures, 'b/0.txt'), '');
    const model = writeConfig(folder, 'plain');
    clip = await loadClip({ model, weights: formats.safetensors(folder, weightsOfFile(model)) });
  });
  after(() => clip.dispose());

  const KEYS = ['a.png', 'b/0.png', 'b/1.png', 'b/2.png', 'c.png'];
  const WHOLE = { batchSize: 2, damaged: 'skip' } as const;

  function embed(
    name: string,
    options: EmbedToFileOptions = WHOLE,
    settings: Record<string, unknown> = {},
  ) {
    const output = { path: join(folder, name), settings };
    return embedToFile(clip, { pictures: folderPictures(pictures) }, output, options);
  }

  const contentOf = (stem: string) =>
    ['npy', 'jsonl', 'json'].map((ending) => readFileSync(join(folder, `${stem}.${ending}`)));
  const linesOf = (stem: string) =>
    readFileSync(join(folder, `${stem}.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  /** Batches that are cut otherwise round otherwise. */
  function assertWhole(stem: string): void {
    const [found, expected] = [stem, 'whole'].map((name) => readNpy(join(folder, `${name}.npy`)));
    assert.deepEqual(found.shape, expected.shape);
    assertClose(found.data, expected.data, 1e-6);
    assert.deepEqual(contentOf(stem).slice(1), contentOf('whole').slice(1));
  }

  it('writes rows in the order of the paths, and beside them what they are of', async () => {
    const skipped: string[] = [];
    const done: number[] = [];
    const summary = await embed('whole.npy', {
      ...WHOLE,
      onSkip: (m) => skipped.push(m),
      onProgress: (n) => done.push(n),
    });
    const { seconds, ...counts } = summary;
    assert.ok(seconds > 0);
    assert.deepEqual(counts, { rows: 4, width: 16, kept: 0, skipped: 1, missing: [] });
    assert.deepEqual(done, [2, 4, 5]);
    assert.match(skipped[0], /The picture of sample "b\/1\.png" cannot be decoded/);
    const lines = linesOf('whole');
    assert.deepEqual(
      lines.map(({ key }) => key),
      KEYS,
    );
    assert.deepEqual(
      lines.map(({ row }) => row),
      [0, 1, null, 2, 3],
    );
    assert.equal(lines[2].error, skipped[0]);
    const { shape, data } = readNpy(join(folder, 'whole.npy'));
    const good = KEYS.filter((key) => key !== 'b/1.png').map((key) => join(pictures, key));
    assert.deepEqual(shape, [4, 16]);
    assertClose(data, (await clip.encodeImages(good)).values, 1e-6);
  });

  it('stops behind the batch it is in, and goes on to the same files', async () => {
    const controller = new AbortController();
    const stopping = { ...WHOLE, signal: controller.signal, onProgress: () => controller.abort() };
    await assert.rejects(embed('stopped.npy', stopping), {
      name: 'RunInterruptedError',
      message: 'Stopped after 2 inputs.',
    });
    assert.deepEqual([existsSync(join(folder, 'stopped.npy')), linesOf('stopped').length], [false, 2]);
    const summary = await embed('stopped.npy');
    assert.deepEqual([summary.rows, summary.kept, summary.skipped], [4, 2, 1]);
    assert.deepEqual(contentOf('stopped'), contentOf('whole'));
    assert.ok(!existsSync(join(folder, 'stopped.npy.partial')));
  });

  for (const [what, lines, bytes] of [
    ['a line that is half written', 3, 7],
    ['a line that is whole but for its end', 3, -1],
    ['nothing', 0, 0],
  ] as const) {
    it(`mends what a killed process left: ${what}`, async () => {
      const controller = new AbortController();
      await assert.rejects(
        embed('killed.npy', {
          ...WHOLE,
          batchSize: 4,
          signal: controller.signal,
          onProgress: () => controller.abort(),
        }),
      );
      const list = join(folder, 'killed.jsonl');
      const ends = [...readFileSync(list, 'utf8').matchAll(/\n/g)].map(({ index }) => index! + 1);
      truncateSync(list, (lines > 0 ? ends[lines - 1] : 0) + bytes);
      await embed('killed.npy');
      assertWhole('killed');
      for (const ending of ['npy', 'jsonl', 'json']) rmSync(join(folder, `killed.${ending}`));
    });
  }

  it('makes anew the rows that the matrix lost, a half-written one too', async () => {
    const controller = new AbortController();
    await assert.rejects(
      embed('lost.npy', {
        ...WHOLE,
        batchSize: 4,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      }),
    );
    truncateSync(join(folder, 'lost.npy.partial'), 128 + 4 * 16 * 1.5);
    const { kept } = await embed('lost.npy');
    assert.equal(kept, 1);
    assertWhole('lost');
  });

  it('finds a finished file finished, and goes on with it when the input has grown at its end', async () => {
    await embed('grown.npy');
    const before = contentOf('grown');
    const again = await embed('grown.npy');
    assert.deepEqual([again.rows, again.kept, contentOf('grown')], [4, 4, before]);
    writeFileSync(join(pictures, 'z.png'), await plainPicture(9, 20));
    const more = await embed('grown.npy');
    assert.deepEqual([more.rows, more.kept, linesOf('grown').at(-1)], [5, 4, { row: 4, key: 'z.png' }]);
    assert.deepEqual(readNpy(join(folder, 'grown.npy')).shape, [5, 16]);
    rmSync(join(pictures, 'z.png'));
    await assert.rejects(embed('grown.npy'), /had 6 inputs before and has 5 now; restore the input/);
    assert.ok(existsSync(join(folder, 'grown.npy')));
  });

  it('does not mix inputs or models in a file, nor write over one that it knows nothing of', async () => {
    await embed('mixed.npy');
    writeFileSync(join(pictures, 'aa.png'), await plainPicture(9, 20));
    await assert.rejects(embed('mixed.npy'), /had "b\/0\.png" as input 2 before and has "aa\.png" now/);
    rmSync(join(pictures, 'aa.png'));
    await assert.rejects(
      embed('mixed.npy', WHOLE, { model: 'other' }),
      /was begun with another model or other settings \(see ".*mixed\.json"\)/,
    );
    rmSync(join(folder, 'mixed.json'));
    await assert.rejects(
      embed('mixed.npy'),
      /There is ".*mixed\.npy" already, and no ".*mixed\.json" says what/,
    );
    await assert.rejects(
      embed('mixed.bin'),
      /Expected a name that ends in \.npy for embeddings, got ".*mixed\.bin"/,
    );
  });

  it('stops at a damaged picture where that is asked for', async () => {
    await assert.rejects(embed('strict.npy', { batchSize: 2 }), /"b\/1\.png" cannot be decoded/);
  });

  it('takes the lines of a file, blank ones too', async () => {
    const texts = join(folder, 'texts.txt');
    const lines = ['a cat', '', 'Zwei Hunde.', 'a cat'];
    writeFileSync(texts, `${lines.join('\r\n')}\n`);
    const output = { path: join(folder, 'texts.npy'), settings: {} };
    await embedToFile(clip, { texts: fileLines(texts) }, output);
    assert.deepEqual(
      linesOf('texts').map(({ key }) => key),
      lines,
    );
    assert.deepEqual(readNpy(join(folder, 'texts.npy')).data, (await clip.encodeTexts(lines)).values);
    appendFileSync(texts, 'one more\n');
    assert.equal((await embedToFile(clip, { texts: fileLines(texts) }, output)).kept, 4);
  });

  it('says that there is nothing to embed', async () => {
    assert.throws(() => folderPictures(join(folder, 'none')), /Expected a folder of pictures at ".*none"/);
    mkdirSync(join(folder, 'bare'));
    assert.throws(
      () => folderPictures(join(folder, 'bare')),
      /Expected pictures in ".*bare", but found none/,
    );
    assert.throws(() => fileLines(folder), /Expected a file of texts at/);
    writeFileSync(join(folder, 'empty.txt'), '');
    const output = { path: join(folder, 'empty.npy'), settings: {} };
    await assert.rejects(
      embedToFile(clip, { texts: fileLines(join(folder, 'empty.txt')) }, output),
      /the input is empty/,
    );
  });
});

describe('fingerprintOf', () => {
  const folder = temporaryFolder();

  it('is the same for the same weights, and another when a bias moved', async () => {
    const model = writeConfig(folder, 'plain');
    const tensors = weightsOfFile(model);
    const prints: string[] = [];
    for (const change of [0, 0, 1e-6]) {
      tensors.get('ln_final.bias')!.data[0] += change;
      const clip = await loadClip({ model, weights: formats.safetensors(folder, tensors) });
      prints.push(fingerprintOf(clip.model));
      clip.dispose();
    }
    assert.equal(prints[0], prints[1]);
    assert.notEqual(prints[1], prints[2]);
  });
});
