import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate, type ModelChoice, type Observer } from '../../src/benchmarking';
import { temporaryFolder } from '../data/fixtures';
import {
  answers,
  CAPTIONED,
  captionsOf,
  labelOf,
  NAMES,
  PICTURES,
  pictureFile,
  publishCifar,
  smallModel,
} from './small';

/** Counts the pictures that are embedded. */
function counting(): Observer & { embedded: number; notes: string[] } {
  let isPictures = false;
  let last = 0;
  const observer = {
    embedded: 0,
    notes: [] as string[],
    stage: (name: string) => {
      isPictures = name.includes('pictures of');
      last = 0;
    },
    update: (done: number) => {
      if (isPictures) observer.embedded += done - last;
      last = done;
    },
    note: (text: string) => {
      observer.notes.push(text);
    },
  };
  return observer;
}

describe('evaluate', () => {
  const root = temporaryFolder();
  const [data, cache] = [join(root, 'data'), join(root, 'cache')];
  let model: ModelChoice;

  before(async () => {
    model = smallModel(root);
    await publishCifar(data);
  });

  const cifar = () => ({ models: [model], benchmarks: ['cifar10'], data, cache, allowPartial: true });

  function assertNear(found: number, expected: number, name: string): void {
    assert.ok(Math.abs(found - expected) < 1e-6, `${name} is ${found}, not ${expected}`);
  }

  it('finds what CLIP_benchmark finds, from the archive to the last digit', async () => {
    const { results, predictions } = await evaluate(cifar());
    const [{ metrics, count, partial }] = results.results;
    assert.equal(count, PICTURES);
    assert.equal(partial, 'test: 60 of 10,000 pictures');
    const { acc1, acc5, mean_per_class_recall } = answers.classification;
    assertNear(metrics.top1, acc1, 'top1');
    assertNear(metrics.top5, acc5, 'top5');
    assertNear(metrics.meanPerClass, mean_per_class_recall, 'meanPerClass');
    assert.deepEqual(
      [...predictions.values()],
      [Int32Array.from(answers.predictions.flatMap((predicted, n) => [labelOf(n), predicted]))],
    );
  });

  it('finds its recalls of captioned pictures, in a list of one’s own', async () => {
    const folder = join(root, 'captioned');
    mkdirSync(folder);
    const lines: string[] = [];
    for (let n = 0; n < CAPTIONED; n++) {
      const name = `${String(n).padStart(2, '0')}.png`;
      writeFileSync(join(folder, name), await pictureFile(n));
      for (const caption of captionsOf(n)) lines.push(JSON.stringify({ file: name, text: caption }));
    }
    writeFileSync(join(folder, 'captions.jsonl'), lines.join('\n'));
    const { results } = await evaluate({ models: [model], benchmarks: [folder], cache });
    const [{ metrics, count, partial }] = results.results;
    assert.deepEqual([count, partial], [CAPTIONED, undefined]);
    for (const k of [1, 5, 10]) {
      assertNear(
        metrics[`imageToText@${k}`],
        answers.retrieval[`text_retrieval_recall@${k}`],
        `image to text ${k}`,
      );
      assertNear(
        metrics[`textToImage@${k}`],
        answers.retrieval[`image_retrieval_recall@${k}`],
        `text to image ${k}`,
      );
    }
    assert.ok('merged imageToText@1' in metrics, 'two pictures have the same caption');
  });

  describe('keeps embeddings', () => {
    it('so that another protocol, and the same archive elsewhere, embed nothing', async () => {
      const first = counting();
      await evaluate({ ...cifar(), cache: join(root, 'kept'), observer: first });
      assert.equal(first.embedded, PICTURES);
      const moved = join(root, 'moved');
      cpSync(data, moved, { recursive: true });
      const second = counting();
      const again = await evaluate({
        ...{ ...cifar(), data: moved, cache: join(root, 'kept'), observer: second },
        protocols: ['calibration'],
      });
      assert.equal(second.embedded, 0);
      assertNear(again.results.results[0].metrics.accuracy, answers.classification.acc1, 'accuracy');
    });

    it('but not those of another archive, another model or another preparation', async () => {
      const other = join(root, 'other');
      await publishCifar(other, 59);
      const observer = counting();
      const { results } = await evaluate({ ...cifar(), data: other, cache: join(root, 'kept'), observer });
      assert.deepEqual([observer.embedded, results.results[0].count], [59, 59]);
      const sigmoid = smallModel(join(root, 'sigmoid'), 'sigmoid');
      await evaluate({ ...cifar(), models: [sigmoid], cache: join(root, 'kept'), observer });
      assert.equal(observer.embedded, 59 + 60);
    });

    it('when it is stopped, and goes on from there', async () => {
      const stopped = new AbortController();
      const observer = counting();
      const { update } = observer;
      observer.update = (done) => {
        update(done);
        if (observer.embedded > 0) stopped.abort();
      };
      const asked = { ...cifar(), cache: join(root, 'stopped'), batchSize: 16 };
      await assert.rejects(evaluate({ ...asked, observer, signal: stopped.signal }), {
        name: 'RunInterruptedError',
        message: 'Stopped after 16 inputs.',
      });
      const then = counting();
      const { results } = await evaluate({ ...asked, observer: then });
      assert.deepEqual(then.notes, ['16 pictures are embedded from before.']);
      assertNear(results.results[0].metrics.top1, answers.classification.acc1, 'top1');
    });
  });

  describe('of one’s own pictures', () => {
    const folder = join(root, 'own');

    before(async () => {
      for (let n = 0; n < PICTURES; n++) {
        const place = join(folder, `${labelOf(n)} ${NAMES[labelOf(n)]}`);
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, `${n}.png`), await pictureFile(n));
      }
    });

    const own = (more = {}) => ({ models: [model], benchmarks: [folder], cache, ...more });

    it('finds the same with the same names and templates', async () => {
      const [classNames, templates] = [join(root, 'names.txt'), join(root, 'templates.txt')];
      writeFileSync(classNames, NAMES.map((name, n) => `${n} ${name}`).join('\n'));
      writeFileSync(templates, 'a photo of a {c}.');
      const { results } = await evaluate(own({ templates }));
      const [{ count, splits, ...result }] = results.results;
      assert.deepEqual([count, result.benchmark, splits[0].files[0].files], [PICTURES, 'own', PICTURES]);
      assert.deepEqual(results.lists[result.templates!], ['a photo of a {}.']);
      assert.deepEqual(
        results.lists[result.classNames!],
        NAMES.map((name, n) => `${n} ${name}`),
      );
    });

    it('refuses damaged pictures or names them, and sees that a file was mended', async () => {
      const damaged = join(folder, `${labelOf(7)} ${NAMES[labelOf(7)]}`, '7.png');
      writeFileSync(damaged, 'no picture');
      await assert.rejects(
        evaluate(own()),
        /own, all, is not whole here: 59 of 60 pictures; 1 damaged \(.*7\.png\)/,
      );
      const { results } = await evaluate(own({ allowPartial: true }));
      const [{ count, partial, splits }] = results.results;
      assert.deepEqual([count, splits[0].damaged.length], [59, 1]);
      assert.match(splits[0].damaged[0].error, /7\.png" cannot be decoded/);
      assert.match(partial!, /^all: 59 of 60 pictures; 1 damaged/);
      writeFileSync(damaged, await pictureFile(7));
      assert.equal((await evaluate(own())).results.results[0].count, 60);
    });

    it('says where a set has nothing to train on', async () => {
      const notes: string[] = [];
      const observer = { stage: () => {}, update: () => {}, note: (text: string) => notes.push(text) };
      const { results } = await evaluate(own({ protocols: ['knn', 'zero-shot'], observer }));
      assert.deepEqual(notes, ['own has no split to train on beside all: no knn there.']);
      assert.deepEqual(
        results.results.map(({ protocol }) => protocol),
        ['zero-shot'],
      );
      rmSync(folder, { recursive: true });
      await assert.rejects(evaluate(own()), /There is no benchmark ".*own"/);
    });
  });

  it('measures corrupted pictures, a sample of them where asked to', async () => {
    const asked = { ...cifar(), protocols: ['robustness'] as const };
    const robustness = { corruptions: ['contrast', 'pixelate'], severities: [1, 5] } as const;
    const { results } = await evaluate({ ...asked, robustness });
    const { metrics, settings } = results.results[0];
    assertNear(metrics.clean, answers.classification.acc1, 'clean');
    assert.deepEqual(Object.keys(metrics), [
      ...['clean', 'corrupted', 'contrast', 'pixelate'],
      ...['contrast@1', 'contrast@5', 'pixelate@1', 'pixelate@5'],
    ]);
    assertNear(
      metrics.contrast,
      (metrics['contrast@1'] + metrics['contrast@5']) / 2,
      'the mean over severities',
    );
    assertNear(metrics.corrupted, (metrics.contrast + metrics.pixelate) / 2, 'the mean over corruptions');
    assert.deepEqual(settings.severities, [1, 5]);
    const some = await evaluate({ ...asked, robustness: { ...robustness, severities: [5], pictures: 12 } });
    assert.deepEqual(some.results.results[0].settings.sample, { pictures: 12, of: 60, seed: 1 });
    assert.ok(Number.isInteger(Math.round(12e6 * some.results.results[0].metrics.clean) / 1e6));
  });

  it('wants models with names of their own', async () => {
    await assert.rejects(
      evaluate({ ...cifar(), models: [model, { ...model }] }),
      /Expected models with names of their own, got "small" twice; give each another label\./,
    );
  });
});
