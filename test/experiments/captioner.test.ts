import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PictureSet, selectSamples } from '../../src/data';
import { startEngine } from '../../src/engine';
import { CAPTIONER_ARMS, type CaptionerProfile } from '../../src/experiments/captionerArms';
import { captionBaselines } from '../../src/experiments/captionerBaselines';
import { descriptionOf, halvesByLabel, learnable } from '../../src/experiments/captionerData';
import { captionHalves } from '../../src/experiments/captionerHalves';
import { prepareGround, runCaptioner } from '../../src/experiments/captionerRun';
import { judgeCaptioner } from '../../src/experiments/captionerScores';
import { type CaptionerSummary, captionerTable } from '../../src/experiments/captionerTable';
import { disposeParameters } from '../../src/nn';
import { readMetrics } from '../../src/training';
import { TINY_CAPTIONER } from '../captioners';
import { temporaryFolder } from '../data/fixtures';
import { TINY, TINY_RECIPE, tinyPictures } from '../tiny';

const PROFILE: CaptionerProfile = {
  model: TINY,
  tower: { ...TINY_RECIPE, steps: 2 },
  captioner: TINY_CAPTIONER,
  recipe: { ...TINY_RECIPE, steps: 3 },
  views: 1,
  seeds: [0],
  beam: 2,
};

/** Tiny pictures whose descriptions hold keywords; those of every fifth are missing. */
function describedPictures(length = 20): PictureSet {
  const set = tinyPictures(length);
  const metas = set.texts.map(([label], index) => {
    const words = `${label.replace(' ', ', ')} and thing ${index % 3}`;
    return index % 5 === 4 ? { label } : { label, description: `A thing, ${words}.` };
  });
  return { ...set, metas };
}

describe('halvesByLabel', () => {
  it('puts every picture in one half, and all of a label in the same', () => {
    const labels = Array.from({ length: 300 }, (_, i) => `label ${(i * i) % 83}`);
    const metas = labels.map((label) => ({ label }));
    const halves = halvesByLabel({ metas }, 0);
    assert.deepEqual(
      [...halves[0], ...halves[1]].sort((a, b) => a - b),
      [...labels.keys()],
    );
    const [first, second] = halves.map((half) => new Set(half.map((index) => labels[index])));
    assert.ok([...first].every((label) => !second.has(label)));
    assert.ok(Math.abs(halves[0].length - halves[1].length) < 40);
    assert.notDeepEqual(halvesByLabel({ metas }, 1), halves);
    assert.deepEqual(halvesByLabel({ metas }, 0), halves);
  });
});

describe('learnable', () => {
  it('leaves out what has no description, and what the same one was taught by three before', () => {
    const descriptions = ['a', 'b', 'a', undefined, 'a', 'a', 'b', 'a'];
    const set = { ...tinyPictures(8), metas: descriptions.map((description) => ({ description })) };
    assert.deepEqual(
      learnable(set).keys,
      [0, 1, 2, 4, 6].map((index) => set.keys[index]),
    );
    assert.equal(descriptionOf(set, 3), '');
  });
});

describe('a captioner of the experiment', () => {
  const root = temporaryFolder();
  const train = describedPictures();
  const pictures = { set: 'tiny' };
  const arm = CAPTIONER_ARMS.find(({ id }) => id === 'gated')!;
  before(() => startEngine());

  it('is trained, judged as it lies in its file, and kept when asked for again', async () => {
    const folder = join(root, 'captioner/tiny');
    let prepared = 0;
    const groups = [{ id: 'seen' as const, label: 'all', indices: [0, 1, 2] }];
    const test = {
      ...train,
      metas: train.metas.map((_, index) => ({ description: `a ${train.texts[index][0]}` })),
    };
    const run = () =>
      runCaptioner({
        folder,
        name: 'gated-seed-0',
        arm: { ...arm, config: {} },
        seed: 0,
        profile: PROFILE,
        pictures,
        ground: () => {
          prepared++;
          return prepareGround({ folder, name: 'tower', profile: PROFILE, train, pictures });
        },
        judge: (bundle) => judgeCaptioner(bundle, { train, test, groups }, PROFILE.beam),
      });
    const summary = await run();
    assert.equal(summary.pictures, learnable(train).length);
    assert.deepEqual(Object.keys(summary.beam.groups.seen), [
      'pictures',
      'bleu4',
      'cider',
      'distinct',
      'copied',
    ]);
    assert.deepEqual(await run(), summary);
    assert.equal(prepared, 1);
    const steps = readMetrics(join(folder, 'runs/gated-seed-0/metrics.jsonl')).map(({ step }) => step);
    assert.deepEqual(steps, [1, 3]);
  });

  it('is compared with the description of the nearest picture, and with one by chance', async () => {
    const folder = join(root, 'captioner/tiny');
    const groups = [{ id: 'seen' as const, label: 'all', indices: [...learnable(train).keys.keys()] }];
    const pictures = { train, test: learnable(train), groups };
    const { tower } = await prepareGround({
      folder,
      name: 'tower',
      profile: PROFILE,
      train,
      pictures: { set: 'tiny' },
    });
    const baselines = await captionBaselines(folder, pictures, async () => tower);
    disposeParameters(tower.parameters);
    const [nearest, chance] = baselines.map(({ scores }) => scores.groups.seen);
    assert.ok(Math.abs(nearest.bleu4 - 1) < 1e-3, 'a known picture is its own nearest');
    assert.deepEqual([nearest.copied, chance.copied], [1, 1]);
    assert.ok(chance.cider < nearest.cider);
    const again = await captionBaselines(folder, pictures, () => assert.fail('They are there.'));
    assert.deepEqual(again, baselines);
  });

  it('captions each half of the pictures by one that has not seen it', async () => {
    const folder = join(root, 'captioner/halves');
    await captionHalves({ folder, profile: PROFILE, train });
    const lines = readFileSync(join(folder, 'captions.jsonl'), 'utf8').split('\n').filter(Boolean);
    const captions = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      captions.map(({ key }) => key),
      train.keys,
    );
    const halves = halvesByLabel(train, 0);
    for (const half of [0, 1]) {
      const { pictures: learned, captioned } = JSON.parse(
        readFileSync(join(folder, 'runs', `half-${half}`, 'summary.json'), 'utf8'),
      );
      assert.equal(learned, learnable(selectSamples(train, halves[half])).length);
      assert.equal(captioned, halves[1 - half].length);
    }
  });

  it('trains one tower for all, from the same start', async () => {
    const options = {
      folder: join(root, 'captioner/twice'),
      name: 'tower',
      profile: PROFILE,
      train,
      pictures,
    };
    const stages: string[] = [];
    const grounds = [
      await prepareGround({ ...options, onStage: (name) => stages.push(name) }),
      await prepareGround({ ...options, onStage: (name) => stages.push(name) }),
    ];
    assert.deepEqual(stages, ['train the tower "tower"', 'look at the pictures', 'look at the pictures']);
    assert.deepEqual(grounds[1].features.views, grounds[0].features.views);
    assert.deepEqual(grounds[1].concepts, grounds[0].concepts);
    for (const { tower } of grounds) disposeParameters(tower.parameters);
  });
});

describe('captionerTable', () => {
  const scores = (cider: number) => ({
    groups: Object.fromEntries(
      ['seen', 'unseen', 'openclipart'].map((id) => [
        id,
        { pictures: 10, bleu4: 0.125, cider, distinct: 0.5, copied: 0.25 },
      ]),
    ) as CaptionerSummary['beam']['groups'],
    millisecondsPerPicture: 4,
  });
  const run = (arm: string, seed: number, cider: number): CaptionerSummary => ({
    arm,
    seed,
    parameters: 987_654,
    pictures: 8,
    trainingSeconds: 1,
    machine: 'a machine',
    loss: 1,
    file: 'x',
    greedy: scores(cider / 2),
    beam: scores(cider),
    worst: [],
    examples: [],
  });

  it('shows the mean over seeds with its interval, and a single seed without', () => {
    const table = captionerTable([run('grid', 0, 1), run('grid', 1, 2), run('gated', 0, 3)], 'mini', PROFILE);
    const [greedy, beam] = table.sections;
    assert.deepEqual(
      beam.rows.map(({ label }) => label),
      ['(a) grid only', '(c) grid, concepts and gate'],
    );
    assert.equal(beam.rows[0].cells['seen.cider'].value, 1.5);
    assert.ok(Math.abs(beam.rows[0].cells['seen.cider'].interval! - 12.706 * 0.5) < 1e-2);
    assert.deepEqual(beam.rows[1].cells['unseen.bleu4'], { value: 12.5 });
    assert.deepEqual(greedy.rows[1].cells['seen.cider'], { value: 1.5 });
    assert.equal(beam.rows[0].cells.parameters.value, 987.654);
  });
});
