import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startEngine } from '../../src/engine';
import { createTokenizer } from '../../src/text';
import { toTrainingConfig, trainPictures } from '../../src/training';
import { temporaryFolder, wholeSamples, writeShard } from '../data/fixtures';
import { TINY } from '../tiny';

/** Characters of a caption. */
const LONG = 1e7;

const filled = (part: string) => part.repeat(Math.ceil(LONG / part.length));

describe('captions of ten million characters', function () {
  this.timeout(30_000); // each takes seconds; before they were cut, signs without end threw, and one word took long
  const folder = temporaryFolder();
  const tokenizer = createTokenizer();

  for (const [name, part] of [
    ['words', 'a red apple on the table, '],
    ['one word', 'x'],
    ['one word of Chinese signs', '漢字'],
    ['exclamation marks', '!'],
  ]) {
    it(`have the same row as a shorter one of this beginning: ${name}`, () => {
      const { ids } = tokenizer.tokenize([filled(part), part.repeat(2000)]);
      assert.deepEqual(ids.slice(0, 77), ids.slice(77));
      assert.equal(ids[76], tokenizer.endToken);
    });
  }

  it('are read to their end where they begin with white space', () => {
    const { ids, lengths } = tokenizer.tokenize([`${' '.repeat(LONG)}end`, 'end']);
    assert.deepEqual(ids.slice(0, 77), ids.slice(77));
    assert.equal(lengths[0], 3);
  });

  it('are trained on, in memory and streamed', async () => {
    await startEngine();
    const shards = await writeShard(join(folder, 'long.tar'), {
      ...(await wholeSamples(0, 7)),
      '003.txt': filled('a leaf '),
    });
    for (const stream of [false, true]) {
      const config = toTrainingConfig({
        name: `stream-${stream}`,
        data: { shards, stream, limitFraction: 0 },
        model: TINY,
        recipe: { steps: 2, batchSize: 4, learningRate: 0.01 },
      });
      const { skipped, steps } = await trainPictures(config, { root: folder });
      assert.deepEqual([steps, skipped.bad], [2, 0]);
    }
  });
});
