import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/data/projectRoot';
import { smallModel } from '../benchmarking/small';
import { plainPicture, wholeSamples, writeShard } from '../data/fixtures';
import { TINY } from '../tiny';
import { temporarySlurm, until } from './slurm';

const CLIPBOOK = [process.execPath, join(projectRoot(), 'bin', 'clipbook.js')] as const;
const slow = Boolean(process.env.CLIPBOOK_SLOW);

/** The scripts of src/distributed/slurm, as a user submits them: options before the script stand over its own. */
describe('job scripts', function () {
  this.timeout(240_000);
  const { folder, slurm } = temporarySlurm();

  const submit = (script: string, sbatch: readonly string[], args: readonly string[]) =>
    slurm().run('sbatch', [
      ...['--parsable', '--cpus-per-task=1', '--output', logOf(script), ...sbatch],
      ...[join('src', 'distributed', 'slurm', script), ...args],
    ]);
  const logOf = (script: string) => join(folder, `${script}.log`);
  const said = (script: string) => (existsSync(logOf(script)) ? readFileSync(logOf(script), 'utf8') : '');
  const clipbook = (...args: readonly string[]) => slurm().run(CLIPBOOK[0], [CLIPBOOK[1], ...args]);

  describe('train.sbatch', () => {
    let shard: string;
    before(async function () {
      const kinds = await slurm().run('sh', ['-c', 'srun --mpi=list 2>&1']);
      if (!/\bpmix\b/.test(kinds)) {
        console.log(`      Skipped: this Slurm has no PMIx, as "srun --mpi=list" says: ${kinds}`);
        this.skip();
      }
      shard = await writeShard(join(folder, 'samples.tar'), await wholeSamples(0, 24));
    });

    function configOf(name: string, steps: number): string {
      const path = join(folder, `${name}.json`);
      const recipe = { steps, batchSize: 8, learningRate: 1e-3, warmupSteps: 1, seed: 0 };
      const rest = {
        data: { shards: shard },
        objective: 'clip',
        model: TINY,
        logEvery: 1,
        checkpointEvery: 3,
      };
      writeFileSync(path, JSON.stringify({ name, recipe, ...rest }));
      return path;
    }
    /** In the folder of the launcher, so that each is a run of its own. */
    const argumentsOf = (config: string, launcher: string) => [config, '--output', join(folder, launcher)];
    const runOf = (name: string, launcher: string) => join(folder, launcher, 'train', 'runs', name);
    const metricsOf = (name: string, launcher: string) =>
      readFileSync(join(runOf(name, launcher), 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { step: number; loss: number });

    function assertSame(name: string, launcher: string, tolerance: (step: number) => number) {
      const [found, expected] = [metricsOf(name, launcher), metricsOf(name, 'alone')];
      assert.deepEqual(
        found.map(({ step }) => step),
        expected.map(({ step }) => step),
      );
      found.forEach(({ step, loss }, i) => {
        const difference = Math.abs(loss - expected[i].loss);
        assert.ok(difference < tolerance(step), `step ${step}: ${loss}, alone ${expected[i].loss}`);
      });
    }

    it('trains on two nodes with the losses of one process; so does mpirun (slow)', async () => {
      const config = configOf('short', 6);
      await clipbook('train', ...argumentsOf(config, 'alone'));
      const id = await submit('train.sbatch', ['--ntasks-per-node=2'], argumentsOf(config, 'srun'));
      assert.deepEqual(await slurm().waitForJob(id), ['COMPLETED'], said('train.sbatch'));
      assertSame('short', 'srun', () => 1e-5);
      if (!slow) return;
      const mpirun = ['-N', '2', '-n', '4', 'mpirun', '--bind-to', 'none', ...CLIPBOOK, 'train'];
      await slurm().run('salloc', [...mpirun, ...argumentsOf(config, 'mpirun')]);
      assertSame('short', 'mpirun', () => 1e-5);
    });

    it('is told to stop, saves, queues itself again and ends with every step (slow)', async function () {
      if (!slow) this.skip();
      const config = configOf('long', 150);
      await clipbook('train', ...argumentsOf(config, 'alone'));
      const id = await submit('train.sbatch', ['--ntasks-per-node=1'], argumentsOf(config, 'srun'));
      const checkpoints = join(runOf('long', 'srun'), 'checkpoints');
      const saved = () => (existsSync(checkpoints) ? readdirSync(checkpoints) : []);
      await until(
        () => saved().length > 0,
        60,
        () => `a checkpoint: ${said('train.sbatch')}`,
      );
      await slurm().run('scancel', ['--signal=TERM', id]); // as --signal does when time is up
      assert.deepEqual(await slurm().waitForJob(id), ['COMPLETED'], said('train.sbatch'));
      assert.match(said('train.sbatch'), /Stopping …[\s\S]*"long" is trained/);
      const [stoppedAfter] = /(?<=step )\d+/.exec(said('train.sbatch')) ?? [];
      assert.ok(Number(stoppedAfter) < 150, said('train.sbatch'));
      // Rounding grows; another batch would be off by tenths at once.
      assertSame('long', 'srun', (step) => (step < Number(stoppedAfter) + 20 ? 5e-3 : Infinity));
    });

    it('stays cancelled where it was cancelled (slow)', async function () {
      if (!slow) this.skip();
      const args = argumentsOf(configOf('cancelled', 1_000_000), 'srun');
      const id = await submit('train.sbatch', ['--ntasks-per-node=1'], args);
      await until(
        () => existsSync(join(runOf('cancelled', 'srun'), 'checkpoints')),
        60,
        () => `a checkpoint: ${said('train.sbatch')}`,
      );
      await slurm().run('scancel', [id]);
      assert.deepEqual(await slurm().waitForJob(id), ['CANCELLED']);
    });
  });

  it('embed.sbatch embeds in four parts: the files of a single run (slow)', async function () {
    if (!slow) this.skip();
    const pictures = join(folder, 'pictures');
    mkdirSync(pictures);
    for (let i = 0; i < 14; i++) {
      writeFileSync(join(pictures, `${String(i).padStart(2, '0')}.png`), await plainPicture(15 * i, 20));
    }
    const { model, weights } = smallModel(folder);
    const argumentsOf = (name: string) => [
      ...['--model', model, '--weights', weights!, '--images', pictures, '--batch-size', '2'],
      ...['--output', join(folder, name, 'rows.npy')],
    ];
    await clipbook('embed', ...argumentsOf('whole'));
    const id = await submit('embed.sbatch', ['--open-mode=append'], argumentsOf('parts'));
    assert.deepEqual(await slurm().waitForJob(id), Array(4).fill('COMPLETED'), said('embed.sbatch'));
    const files = (name: string) =>
      readdirSync(join(folder, name)).map((file) => [file, readFileSync(join(folder, name, file), 'hex')]);
    assert.deepEqual(files('parts'), files('whole'));
  });

  it('sweep.sbatch shares runs out among four processes, each trained once, into one table (slow)', async function () {
    if (!slow) this.skip();
    const shard = await writeShard(join(folder, 'swept.tar'), await wholeSamples(0, 24));
    const path = join(folder, 'sweep.json');
    const recipe = { steps: 5, batchSize: 8 };
    const base = { data: { shards: shard }, model: TINY, recipe, logEvery: 1 };
    writeFileSync(path, JSON.stringify({ name: 'swept', base, seeds: [0, 1, 2, 3, 4, 5] }));
    const root = join(folder, 'sweep');
    const id = await submit('sweep.sbatch', [], [path, '--output', root]);
    assert.deepEqual(await slurm().waitForJob(id), Array(4).fill('COMPLETED'), said('sweep.sbatch'));
    const table = readFileSync(join(root, 'sweeps', 'swept', 'table.md'), 'utf8');
    assert.match(table, /6 of 6 runs are finished/);
    for (let seed = 0; seed < 6; seed++) {
      const metrics = join(root, 'train', 'runs', `swept-seed=${seed}`, 'metrics.jsonl');
      const steps = readFileSync(metrics, 'utf8').trim().split('\n');
      assert.equal(steps.length, 5);
    }
  });
});
