import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  clearHandedIn,
  type EvaluateOptions,
  embedShare,
  evaluate,
  handIn,
  PROTOCOL_IDS,
} from '../../src/benchmarking';
import type { Share } from '../../src/distributed';
import { temporaryFolder } from '../data/fixtures';
import { captionsOf, pictureFile, publishCifar, smallModel } from './small';

describe('an evaluation in parts', () => {
  const root = temporaryFolder();
  const captioned = join(root, 'captioned');
  let asked: EvaluateOptions;
  let whole: string;

  before(async () => {
    const data = join(root, 'data');
    await publishCifar(data);
    mkdirSync(captioned);
    const lines: string[] = [];
    for (let n = 0; n < 24; n++) {
      writeFileSync(join(captioned, `${n}.png`), n === 5 ? 'no picture' : await pictureFile(n));
      for (const caption of captionsOf(n)) lines.push(JSON.stringify({ file: `${n}.png`, text: caption }));
    }
    writeFileSync(join(captioned, 'captions.jsonl'), lines.join('\n'));
    asked = {
      ...{ models: [smallModel(root)], benchmarks: ['cifar10', captioned], data, allowPartial: true },
      ...{ protocols: PROTOCOL_IDS, batchSize: 16 },
      robustness: { corruptions: ['contrast'], severities: [3], pictures: 40 },
    };
    whole = await judge('whole');
  });

  /** All that a judgement says, but for when it was made. */
  async function judge(cache: string, options: Partial<EvaluateOptions> = {}): Promise<string> {
    const { results, predictions } = await evaluate({ ...asked, cache: join(root, cache), ...options });
    const found = [...predictions].map(([name, pairs]) => [name, [...pairs]]);
    return JSON.stringify([{ ...results, date: '' }, found]);
  }

  const embedPart = (cache: string, share: Share) =>
    embedShare({ ...asked, cache: join(root, cache) }, share);

  it('finds the same to the last digit, and embeds again only the captions of a set with a damaged picture', async () => {
    for (const part of [2, 0, 1]) await embedPart('three', { part, of: 3 });
    const begun: string[] = [];
    const observer = { stage: (name: string) => begun.push(name), update: () => {}, note: () => {} };
    assert.equal(await judge('three', { observer }), whole);
    assert.deepEqual(begun, ['small: captions of captioned']);
    const folders = readdirSync(join(root, 'three', 'embeddings'), { recursive: true, encoding: 'utf8' });
    assert.ok(folders.some((name) => name.endsWith('pictures.npy')));
    assert.deepEqual(
      folders.filter((name) => name.includes('parts')),
      [],
    );
  });

  it('is whole as well where a part was lost: what it lacks is embedded by whoever judges', async () => {
    await embedPart('two', { part: 1, of: 2 });
    assert.equal(await judge('two'), whole);
  });

  it('is judged by the part that hands in last, once', async () => {
    const folder = join(root, 'results');
    const [first, second, third] = [0, 1, 2].map((part) => () => handIn(folder, asked, { part, of: 3 }));
    assert.deepEqual(await second(), ['1/3', '3/3']);
    assert.deepEqual(await second(), ['1/3', '3/3'], 'it may come twice');
    assert.deepEqual(await third(), ['1/3']);
    const otherwise = { ...asked, seed: 2 };
    assert.deepEqual(await first(), []);
    assert.deepEqual(await first(), [], 'the last one died while judging, and is started again');
    clearHandedIn(folder);
    assert.ok(!existsSync(join(folder, 'parts.json')));
    assert.deepEqual(await first(), ['2/3', '3/3']);
    assert.deepEqual(await handIn(folder, otherwise, { part: 1, of: 3 }), ['1/3', '3/3']);
    const all = await Promise.all([0, 1, 2, 3].map((part) => handIn(folder, asked, { part, of: 4 })));
    assert.equal(all.filter((missing) => missing.length === 0).length, 1, JSON.stringify(all));
  });
});
