import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Comparison, evaluate, writeEvaluation } from '../../src/benchmarking';
import { createProgram } from '../../src/cli/main';
import { publishCifar, smallModel } from '../benchmarking/small';
import { temporaryFolder } from '../data/fixtures';
import { written } from './written';

describe('clipbook compare', () => {
  const root = temporaryFolder();
  const [data, cache] = [join(root, 'data'), join(root, 'cache')];
  const [a, b] = [join(root, 'a'), join(root, 'b')];

  const compare = (...args: string[]) =>
    written('stdout', () => createProgram().parseAsync(['node', 'clipbook', 'compare', ...args]));
  const json = async (...args: string[]): Promise<Comparison> => JSON.parse(await compare(...args, '--json'));

  before(async () => {
    await publishCifar(data);
    const asked = { benchmarks: ['cifar10'], data, cache, allowPartial: true };
    writeEvaluation(a, await evaluate({ ...asked, models: [smallModel(join(root, 'plain'))] }));
    const classNames = join(root, 'names.json');
    const names = ['plane', 'car', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
    writeFileSync(classNames, JSON.stringify({ cifar10: names }));
    const templates = join(root, 'templates.txt');
    writeFileSync(templates, 'a photo of a {c}.\na sketch of a {c}.\n');
    const other = { ...smallModel(join(root, 'sigmoid'), 'sigmoid'), label: 'other' };
    writeEvaluation(b, await evaluate({ ...asked, models: [other], classNames, templates }));
  });

  it('says that nothing differs where nothing does', async () => {
    const { compared } = await json(a, join(a, 'results.json'));
    assert.equal(compared.length, 1);
    assert.deepEqual(compared[0].differences, []);
    for (const { difference, interval } of compared[0].metrics) {
      assert.equal(difference, 0);
      if (interval) assert.deepEqual([interval.low, interval.high], [0, 0]);
    }
    assert.match(await compare(a, a), /Everything that decides the numbers is the same\./);
  });

  it('names weights, preparation, class names and templates, with what differs in them', async () => {
    const { compared } = await json(a, b);
    const how = Object.fromEntries(compared[0].differences.map((one) => [one.what, one.how]));
    assert.deepEqual(Object.keys(how), [
      ...['weights', 'architecture', 'preparation', 'class names', 'templates'],
    ]);
    assert.match(
      how.weights,
      /^Weights differ: small\.safetensors \([0-9a-f]{8}\) and small\.safetensors \(/,
    );
    assert.match(how.preparation, /^Preparation differs: mean \[0\.48.+\] \/ \[0\.5,0\.5,0\.5\], std /);
    assert.equal(
      how['class names'],
      'Class names differ: 2 of 10: "airplane" / "plane", "automobile" / "car".',
    );
    assert.match(
      how.templates,
      /^Templates differ: 18 and 2, only in the first "a blurry photo of a {}\.", .*, …, only in the second "a sketch of a {}\."\.$/,
    );
  });

  it('gives each metric’s difference, with a paired interval where the pictures are the same', async () => {
    const [{ metrics }] = (await json(a, b)).compared;
    const [top1, top5, meanPerClass] = metrics;
    assert.deepEqual([top1.name, top5.name, meanPerClass.name], ['top1', 'top5', 'meanPerClass']);
    assert.ok(Math.abs(top1.difference - (top1.second - top1.first)) < 1e-12);
    assert.ok(top1.interval!.low < top1.difference && top1.difference < top1.interval!.high);
    assert.ok(Math.abs(meanPerClass.interval!.estimate - meanPerClass.difference) < 1e-9);
    assert.equal(top5.interval, undefined);
    assert.match(await compare(a, b), /cifar10, zero-shot: small and other\n {2}Weights differ: /);
    assert.match(
      await compare(a, b),
      /│ top-1 +│ +13\.3 │ +[\d.]+ │ +[+−][\d.]+ \([+−][\d.]+ to [+−][\d.]+\) │/,
    );
  });

  it('names other pictures, and then knows no interval', async () => {
    const c = join(root, 'c');
    await publishCifar(join(root, 'fewer'), 50);
    const models = [smallModel(join(root, 'plain'))];
    const asked = { models, benchmarks: ['cifar10'], cache, allowPartial: true };
    writeEvaluation(c, await evaluate({ ...asked, data: join(root, 'fewer') }));
    const { differences, metrics } = (await json(a, c)).compared[0];
    assert.deepEqual(
      differences.map(({ what }) => what),
      ['pictures', 'files'],
    );
    assert.equal(differences[0].how, 'Pictures differ: test has 60 in the first and 50 in the second.');
    assert.ok(metrics.every(({ interval }) => interval === undefined));
  });

  it('fails in one sentence', async () => {
    const odd = join(root, 'odd');
    cpSync(a, odd, { recursive: true });
    const results = JSON.parse(readFileSync(join(odd, 'results.json'), 'utf8'));
    results.results[0].benchmark = 'cifar100';
    writeFileSync(join(odd, 'results.json'), JSON.stringify(results));
    await assert.rejects(
      compare(a, odd),
      /Expected results of the same benchmark, protocol and model in both, got cifar10, zero-shot and cifar100, zero-shot\./,
    );
    writeFileSync(join(odd, 'results.json'), '{}');
    await assert.rejects(compare(a, odd), /results\.json", expected what "clipbook evaluate" writes/);
    await assert.rejects(
      compare(a, join(root, 'none')),
      /Expected a JSON file at ".*none", but there is no such file/,
    );
  });
});
