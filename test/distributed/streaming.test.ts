import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STRONG_VIEW } from '../../src/data';
import { temporaryFolder, wholeSamples, writeShard } from '../data/fixtures';
import { hasMpi, mpirun } from './mpirun';
import type { StreamAnswer, StreamJob } from './streamedByRanks';

const BATCH = 8;
const STEPS = 6;

/** Ranks that read one stream, each decoding its own rows, of shards in which every fifth picture is damaged. */
describe('a stream read by several ranks', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let shards: string;

  before(async function () {
    if (!hasMpi()) this.skip();
    const samples = await wholeSamples(0, 60);
    for (const name of Object.keys(samples)) {
      if (/[05]\.png$/.test(name)) samples[name] = 'no picture';
    }
    shards = await writeShard(join(folder, 'samples.tar'), samples);
  });

  /** What each of so many ranks has read. */
  async function read(ranks: number, needs?: StreamJob['needs']): Promise<StreamAnswer[]> {
    const output = join(folder, `${ranks}.json`);
    const job: StreamJob = { shards, batchSize: BATCH, steps: STEPS, needs, output };
    await mpirun(ranks, ['--require', 'tsx/cjs', join(__dirname, 'streamedByRanks.ts'), JSON.stringify(job)]);
    return Array.from({ length: ranks }, (_, rank) => JSON.parse(readFileSync(`${output}.${rank}`, 'utf8')));
  }

  /** The ranks' own rows of every batch, in the batch's order. */
  function joined<Value>(answers: readonly StreamAnswer[], valuesOf: (answer: StreamAnswer) => Value[]) {
    return Array.from({ length: STEPS }, (_, step) =>
      answers.flatMap((answer) => {
        const values = valuesOf(answer);
        const each = values.length / STEPS;
        return values.slice(step * each, (step + 1) * each);
      }),
    ).flat();
  }

  for (const [what, needs] of [
    ['pictures alone', undefined],
    ['views', { views: [STRONG_VIEW] }],
  ] as const) {
    it(`has the batches of one process, and counts what they leave out: ${what}`, async () => {
      const [one] = await read(1, needs);
      assert.equal((one.skipped as { bad: number }).bad > 8, true, JSON.stringify(one.skipped));
      for (const ranks of process.env.CLIPBOOK_SLOW ? [2, 4] : [2]) {
        const answers = await read(ranks, needs);
        for (const answer of answers) {
          assert.deepEqual(answer.allKeys, one.keys);
          assert.equal(answer.keys.length, one.keys.length / ranks);
          assert.deepEqual(answer.skipped, one.skipped);
          assert.deepEqual(answer.state, one.state, 'a checkpoint is for any number of ranks');
        }
        assert.deepEqual(
          joined(answers, ({ keys }) => keys),
          one.keys,
        );
        assert.deepEqual(
          joined(answers, ({ pixels }) => pixels),
          one.pixels,
        );
        assert.deepEqual(
          joined(answers, ({ views }) => views),
          one.views,
        );
        assert.equal(one.views.length > 0, needs !== undefined);
      }
    });
  }
});
