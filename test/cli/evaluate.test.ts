import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluationResults } from '../../src/benchmarking';
import { createProgram } from '../../src/cli/main';
import { startEngine } from '../../src/engine';
import { readIntegerNpy } from '../../src/files/npy';
import { answers, publishCifar, smallModel } from '../benchmarking/small';
import { temporaryFolder } from '../data/fixtures';
import { written } from './written';

describe('clipbook evaluate', () => {
  const root = temporaryFolder();
  const [data, cache] = [join(root, 'data'), join(root, 'cache')];
  let common: string[];

  before(async () => {
    await startEngine();
    const { model, weights } = smallModel(root);
    common = ['--model', `${model}@small`, '--weights', weights!, '--data', data, '--cache', cache];
    await publishCifar(data);
  });

  /** What the command prints, and what it writes to stderr. */
  async function evaluate(...args: string[]): Promise<{ out: string; told: string }> {
    let out = '';
    const told = await written('stderr', async () => {
      const line = ['node', 'clipbook', 'evaluate', ...common, ...args];
      out = await written('stdout', () => createProgram().parseAsync(line));
    });
    return { out, told };
  }

  it('refuses data that are not whole, keeps what it embedded, and marks them everywhere when allowed', async () => {
    const output = join(root, 'partial');
    await assert.rejects(
      evaluate('--benchmark', 'cifar10', '-o', output),
      /CIFAR-10, test, is not whole here: 60 of 10,000 pictures\. Complete it, or allow partial data/,
    );
    assert.ok(!existsSync(output));
    const { out, told } = await evaluate('--benchmark', 'cifar10', '-o', output, '--allow-partial');
    assert.doesNotMatch(told, /small: pictures/, 'nothing is embedded again');
    assert.match(out, /13\.3 partial/);
    assert.match(out, /Partial data, not to be compared .*: cifar10, test: 60 of 10,000 pictures/);
    assert.match(
      readFileSync(join(output, 'table.md'), 'utf8'),
      /\| small \| 13\.3 partial \| 51\.7 partial \|/,
    );
    assert.match(
      readFileSync(join(output, 'results.csv'), 'utf8'),
      /^small,cifar10,test,zero-shot,top1,0\.1333\d*,60,"test: 60 of 10,000 pictures",/m,
    );
  });

  it('writes down everything that decided a number', async () => {
    const output = join(root, 'record');
    const { out } = await evaluate('--benchmark', 'cifar10', '-o', output, '--allow-partial', '--json');
    const results: EvaluationResults = JSON.parse(out);
    assert.deepEqual(results, JSON.parse(readFileSync(join(output, 'results.json'), 'utf8')));
    const [model] = results.models;
    assert.deepEqual([model.label, model.weights.file], ['small', 'small.safetensors']);
    assert.match(model.weights.checksum, /^[0-9a-f]{64}$/);
    assert.equal(model.preparation.interpolation, 'bicubic');
    assert.ok(Math.abs(model.logitScale - 1 / 0.07) < 1e-4);
    const [result] = results.results;
    assert.deepEqual(
      [
        (results.lists[result.classNames!] as string[])[9],
        (results.lists[result.templates!] as string[]).length,
      ],
      ['truck', 18],
    );
    const [file] = result.splits[0].files;
    const archive = join(data, 'cifar10', file.name);
    assert.deepEqual([file.name, file.bytes], ['cifar-10-binary.tar.gz', statSync(archive).size]);
    assert.match(results.clipbook.commit!, /^[0-9a-f]{40}$/);
    const { shape, data: pairs } = readIntegerNpy(join(output, result.predictions!));
    assert.deepEqual(shape, [60, 2]);
    assert.deepEqual(
      [...pairs].filter((_, i) => i % 2 === 1),
      answers.predictions,
    );
  });

  it('runs every protocol, from embeddings of the training split too', async () => {
    const protocols = 'zero-shot,linear-probe,knn,few-shot,calibration';
    const { out } = await evaluate(
      ...[
        '--benchmark',
        'cifar10',
        '-o',
        join(root, 'all'),
        '--allow-partial',
        '--protocol',
        protocols,
        '--json',
      ],
    );
    const { results }: EvaluationResults = JSON.parse(out);
    assert.deepEqual(
      results.map(({ protocol, splits }) => [protocol, splits.map(({ name }) => name).sort()]),
      [
        ['zero-shot', ['test']],
        ['linear-probe', ['test', 'train']],
        ['knn', ['test', 'train']],
        ['few-shot', ['test', 'train']],
        ['calibration', ['test']],
      ],
    );
    assert.deepEqual(Object.keys(results[3].metrics), ['shots1', 'shots2', 'shots4', 'shots8']);
    assert.match(results[1].partial!, /train: 200 of 50,000 pictures/);
    assert.doesNotMatch(results[4].partial!, /train/);
    assert.match(results[1].settings.training as string, /^train, 10 % of each class held out by seed 1$/);
  });

  it('puts rows under a paper’s columns, names what is missing and leaves the average open', async () => {
    const { out, told } = await evaluate('--benchmark', 'alip', '-o', join(root, 'alip'), '--allow-partial');
    assert.match(told, /Expected Food-101's "food-101\.tar\.gz" in/);
    assert.match(out, /ALIP: zero-shot classification/);
    assert.match(out, /│ ALIP +│ +83\.8 │/);
    assert.match(out, /Asked for, but not on this machine: CIFAR-100, Food-101, Pets,/);
    const markdown = readFileSync(join(root, 'alip', 'table.md'), 'utf8');
    assert.match(
      markdown,
      /\*\*Measured · .+\n\n\| Method \| CIFAR-10 \|\n\| --- \| --: \|\n\| small \| 13\.3 partial \|/,
    );
  });

  it('fails in one sentence, before a model is loaded where it can', async () => {
    const fails = (args: string[], message: RegExp) => assert.rejects(evaluate(...args), message);
    await fails(['--benchmark', 'cifar11'], /There is no benchmark "cifar11"; did you mean "cifar10"\?/);
    await fails(
      ['--benchmark', 'cifar10', '--split', 'val'],
      /CIFAR-10 has no split "val"; it has train, test, and tables report test\./,
    );
    await fails(['--benchmark', 'cifar100'], /Expected CIFAR-100's "cifar-100-binary\.tar\.gz" in /);
    await fails(
      ['--benchmark', 'cifar10', '--model', 'a,b', '--weights', 'c'],
      /Expected one model beside --weights, got 2/,
    );
  });
});
