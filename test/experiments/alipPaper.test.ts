import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { convertData } from '../../src/data';
import { startEngine } from '../../src/engine';
import { ALIP_CLIP_PAPER, ALIP_PAPER } from '../../src/experiments';
import { ALIP_GATES } from '../../src/losses';
import { createClip, VIT_B_32 } from '../../src/models';
import { countParameters, disposeParameters } from '../../src/nn';
import { createTokenizer } from '../../src/text';
import { readMetrics, scheduleOf, toTrainingConfig, trainPictures } from '../../src/training';
import { written } from '../cli/written';
import { temporaryFolder } from '../data/fixtures';
import { picture } from '../data/syntheticPairs';
import { TINY } from '../tiny';

/** The official schedule's length: 32 times (15,061,515 // 8 // 512 + 1). */
const STEPS = 32 * 3678;

describe('the presets of ALIP', () => {
  const folder = temporaryFolder();
  const records = join(folder, 'official/yfcc.rec');
  const shards = join(folder, 'shards');

  before(async () => {
    await startEngine();
    const pictures = join(folder, 'pictures');
    mkdirSync(pictures);
    const lines = [];
    for (let i = 0; i < 12; i++) {
      writeFileSync(join(pictures, `${i}.jpg`), await picture(`picture ${i}`, 'jpeg'));
      lines.push(JSON.stringify({ image: `${i}.jpg`, captions: [`raw text ${i}`, `a photo of thing ${i}`] }));
    }
    writeFileSync(join(pictures, 'captions.jsonl'), lines.join('\n'));
    const tokenizer = createTokenizer();
    await convertData({ from: pictures, to: join(folder, 'rec/a.rec'), tokenizer });
    await convertData({ from: pictures, to: join(shards, 'a.tar'), tokenizer, samplesPerPart: 6 });
    mkdirSync(join(folder, 'official'));
    for (const ending of ['rec', 'idx'])
      copyFileSync(join(folder, `rec/a-00000.${ending}`), records.replace(/rec$/, ending));
  });

  it('are the published model, gates and recipe', () => {
    const config = toTrainingConfig({ ...ALIP_PAPER.settings, name: 'x', data: { shards: 'a.rec' } });
    const { gates, ...objective } = config.objective as Extract<typeof config.objective, { name: 'alip' }>;
    assert.deepEqual(objective, { name: 'alip', gated: true, historyStart: 'one', variant: 'official' });
    assert.deepEqual({ ...ALIP_GATES, ...gates }, ALIP_GATES);
    assert.deepEqual([config.model, config.model.quickGelu], [VIT_B_32, undefined]);
    const { steps, batchSize, chunk, warmupSteps } = config.recipe;
    assert.deepEqual([steps, batchSize, chunk, warmupSteps], [STEPS, 4096, 512, STEPS / 10]);
    // 3,678 batches hold an epoch's pairs and less than a batch more on each of 8 ranks.
    assert.ok(3678 * 4096 >= 15_061_515 && 3677 * 4096 < 15_061_515);
    const { learningRate, momentum } = scheduleOf(config.recipe);
    const at = (step: number) => [learningRate(step), momentum!(step)];
    const near = (found: number[], expected: number[]) =>
      found.forEach((value, i) => {
        assert.ok(Math.abs(value / expected[i] - 1) < 1e-6, `${found}`);
      });
    near(at(0), [4e-5, 0.95]);
    near(at(Math.round(STEPS / 10 - 1)), [1e-3, 0.85]);
    near(at(STEPS - 1), [4e-9, 0.95]);
  });

  it('differ in the objective and the texts alone', () => {
    const { objective, data, ...rest } = ALIP_CLIP_PAPER.settings;
    const { objective: _, data: own, ...same } = ALIP_PAPER.settings;
    assert.deepEqual(rest, same);
    assert.deepEqual([objective, data], [{ name: 'clip' }, { ...own, textChoice: 'first' }]);
  });

  it('train on RecordIO and on shards, with a tiny model', async () => {
    for (const preset of [ALIP_PAPER, ALIP_CLIP_PAPER]) {
      const config = toTrainingConfig({
        ...preset.settings,
        name: preset.id,
        model: TINY,
        data: { ...preset.settings.data, sources: [{ shards: records }, { shards }] },
        recipe: { ...preset.settings.recipe, steps: 3, batchSize: 6, chunk: 4 },
        logEvery: 1,
      });
      const summary = await trainPictures(config, { root: join(folder, 'results') });
      assert.deepEqual([summary.steps, summary.pairs, summary.skipped.bad], [3, 18, 0]);
      const metrics = readMetrics(join(summary.folder, 'metrics.jsonl'));
      assert.ok(metrics.length === 3 && metrics.every(({ loss }) => Number(loss) > 0 && Number(loss) < 20));
    }
  });

  it('run their first steps at full size from the command line (CLIPBOOK_SLOW=1)', async function () {
    if (!process.env.CLIPBOOK_SLOW) this.skip();
    this.timeout(1_800_000);
    const model = createClip(VIT_B_32, 0);
    assert.equal(countParameters(model.parameters), 151_277_313);
    disposeParameters(model.parameters);
    for (const [id, data] of [
      ['alip-paper', records],
      ['alip-clip-paper', shards],
    ]) {
      const args = ['--preset', id, '--data', data, '--steps', '2', '--batch-size', '4', '--json'];
      let json = '';
      await written('stderr', async () => {
        json = await written('stdout', () =>
          createProgram().parseAsync([
            ...['node', 'clipbook', 'train', ...args],
            ...['--output', join(folder, 'full')],
          ]),
        );
      });
      const summary = JSON.parse(json);
      assert.equal(summary.parameters, 151_277_313);
      assert.deepEqual([summary.steps, summary.pairs, summary.skipped.bad], [2, 8, 0]);
      assert.ok(summary.loss > 0 && summary.loss < 20, `${summary.loss}`);
      const kept = JSON.parse(readFileSync(join(summary.folder, 'config.json'), 'utf8'));
      assert.equal(kept.recipe.warmupSteps, 0.2);
      const [first] = readMetrics(join(summary.folder, 'metrics.jsonl'));
      if (id === 'alip-paper') assert.ok(Number(first.historyTextCaption) < 1);
      console.log(
        `      ${id}: ${summary.seconds} s for 2 steps; ` +
          `${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(1)} GB at most`,
      );
    }
  });
});
