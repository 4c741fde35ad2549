import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/data/projectRoot';
import { publishCifar, smallModel } from '../benchmarking/small';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { hasMpi, mpirun } from '../distributed/mpirun';

const CLIPBOOK = join(projectRoot(), 'bin', 'clipbook.js');

/** Commands that several processes share, with real processes. */
describe('a command in parts', function () {
  this.timeout(120_000);
  const root = temporaryFolder();
  const pictures = join(root, 'pictures');
  let model: string[];

  before(async () => {
    mkdirSync(pictures);
    for (let i = 0; i < 40; i++) {
      writeFileSync(join(pictures, `${String(i).padStart(2, '0')}.png`), await plainPicture(6 * i, 20));
    }
    const small = smallModel(root);
    model = ['--model', small.model, '--weights', small.weights!];
    await embed('whole');
  });

  const embedding = (name: string, ...more: string[]) => [
    ...['embed', ...model, '--images', pictures, '-o', join(root, name, 'rows.npy'), '--batch-size', '2'],
    ...more,
  ];

  async function embed(name: string, ...more: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [CLIPBOOK, ...embedding(name, ...more)]);
    return stdout;
  }

  const filesOf = (name: string) =>
    Object.fromEntries(
      readdirSync(join(root, name)).map((file) => [file, readFileSync(join(root, name, file), 'hex')]),
    );

  it('embeds in processes that know of each other by --part alone', async () => {
    const said = await Promise.all(['1/3', '2/3', '3/3'].map((part) => embed('three', '--part', part)));
    assert.deepEqual(filesOf('three'), filesOf('whole'));
    const whole = said.filter((text) => /^".+rows\.npy" holds 40 rows of 16 numbers/.test(text));
    assert.ok(whole.length >= 1, said.join(''));
    await assert.rejects(embed('three', '--part', '4/3'), /Expected a part such as 2\/3, .*got "4\/3"/);
  });

  it('says what is missing, and goes on with a part that was killed', async () => {
    const lines = join(root, 'killed', 'rows.parts', '1-of-2', 'rows.jsonl');
    const killed = spawn(process.execPath, [CLIPBOOK, ...embedding('killed', '--part', '1/2')]);
    while (!existsSync(lines) || readFileSync(lines).length === 0) {
      assert.equal(killed.exitCode, null);
      await setTimeout(1);
    }
    await killAll(killed);
    assert.match(
      await embed('killed', '--part', '2/2'),
      /^Part 2\/2 of ".+" holds 20 rows .+\nMissing: 1\/2 \(stopped on the way: start it again\)\. Whoever ends last/s,
    );
    const summary = JSON.parse(await embed('killed', '--part', '1/2', '--json'));
    assert.deepEqual([summary.rows, summary.part, summary.missing], [40, '1/2', []]);
    assert.deepEqual(filesOf('killed'), filesOf('whole'));
  });

  it('embeds under mpirun without being told', async function () {
    if (!hasMpi()) this.skip();
    const said = await mpirun(2, [CLIPBOOK, ...embedding('mpi')]);
    assert.match(said, /holds 40 rows of 16 numbers/);
    assert.deepEqual(filesOf('mpi'), filesOf('whole'));
  });

  it('evaluates, and whoever ends last writes the results', async () => {
    const data = join(root, 'data');
    await publishCifar(data);
    const evaluate = async (cache: string, ...more: string[]) => {
      const args = ['evaluate', ...model, '--benchmark', 'cifar10', '--data', data, '--allow-partial'];
      const places = ['--cache', join(root, cache), '-o', join(root, cache, 'results')];
      const { stdout } = await promisify(execFile)(process.execPath, [CLIPBOOK, ...args, ...places, ...more]);
      return stdout;
    };
    const [, ...said] = await Promise.all([
      evaluate('alone'),
      ...['1/2', '2/2'].map((part) => evaluate('shared', '--batch-size', '8', '--part', part)),
    ]);
    const [last, first] = said[0].startsWith('Part') ? [said[1], said[0]] : said;
    assert.match(first, /^Part [12]\/2 is embedded\. Missing: [12]\/2; start again what has died\. Whoever/);
    assert.match(last, /13\.3 partial/);
    const resultsOf = (cache: string) => {
      const folder = join(root, cache, 'results');
      const { results, models } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
      return { results, models, files: readdirSync(folder).sort() };
    };
    assert.deepEqual(resultsOf('shared').files, resultsOf('alone').files);
    assert.deepEqual(resultsOf('shared').models, resultsOf('alone').models);
    const metricsOf = (cache: string) => resultsOf(cache).results[0].metrics;
    assert.deepEqual(Object.keys(metricsOf('shared')), Object.keys(metricsOf('alone')));
    assert.ok(existsSync(dirname(join(root, 'shared', 'results', 'predictions'))));
  });
});

/** The command line and what it started. */
async function killAll(child: ChildProcess): Promise<void> {
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(child.pid)]).catch(() => ({
    stdout: '',
  }));
  for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
