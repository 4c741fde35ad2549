import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, startEngine } from '../../src/engine';
import { DiskError } from '../../src/files';
import { listCheckpoints, loadLatestCheckpoint, toTrainingConfig, trainPictures } from '../../src/training';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { TINY } from '../tiny';
import { onFailingDisk } from './failingDisk';

const STEPS = 6;
const PLENTY = 2 ** 40;

describe('training on a disk that fails', () => {
  const folder = temporaryFolder();
  const pictures = join(folder, 'pictures');
  const config = toTrainingConfig({
    name: 'run',
    data: { folder: pictures },
    model: TINY,
    recipe: { steps: STEPS, batchSize: 4, learningRate: 0.01 },
    checkpointEvery: 2,
    logEvery: 1,
  });
  const train = (root: string) => trainPictures(config, { root, resume: true });
  const runOf = (root: string) => join(root, 'train/runs/run');
  const checkpointsOf = (root: string) => join(runOf(root), 'checkpoints');

  /** The metrics without the clock's, and the parameters. */
  const outcomeOf = (root: string) => ({
    metrics: readFileSync(join(runOf(root), 'metrics.jsonl'), 'utf8').replace(/"pairsPerSecond":[^,}]+/g, ''),
    parameters: loadLatestCheckpoint(checkpointsOf(root))!.parameters,
  });

  before(async () => {
    await startEngine();
    chmodSync(folder, 0o755);
    mkdirSync(pictures);
    for (let i = 0; i < 9; i++) {
      writeFileSync(join(pictures, `${i}.png`), await plainPicture(20 * i, 24));
      writeFileSync(join(pictures, `${i}.txt`), `shade ${i}`);
    }
    await train(join(folder, 'whole'));
  });

  it('says so when it is full, wherever that is, loses nothing saved, and goes on once there is room', async () => {
    const { written: needed } = await onFailingDisk(PLENTY, '', () => train(join(folder, 'measured')));
    const random = createRandom('full disks');
    for (let i = 0; i < 8; i++) {
      const root = join(folder, `full ${i}`);
      const room = Math.floor(((i + random.uniform()) / 8) * needed);
      await assert.rejects(
        onFailingDisk(room, 'ENOSPC', () => train(root)),
        (error: Error) => {
          assert.ok(error instanceof DiskError, String(error));
          assert.match(error.message, /^Cannot write ".*": the disk is full; make room and try again\./);
          return true;
        },
      );
      const saved = listCheckpoints(checkpointsOf(root)).length;
      assert.ok(saved === 0 || loadLatestCheckpoint(checkpointsOf(root), assert.fail));
      const left = readdirSync(runOf(root), { recursive: true }) as string[];
      assert.deepEqual(left.filter((name) => name.endsWith('.tmp')), []); // biome-ignore format: one line
      await train(root);
      assert.deepEqual(outcomeOf(root), outcomeOf(join(folder, 'whole')));
    }
  });

  it('keeps the checkpoint before when there is no room for the next', async () => {
    const root = join(folder, 'one checkpoint');
    const { written } = await onFailingDisk(PLENTY, '', () => train(join(folder, 'for size')));
    const room = Math.floor(written / 2); // for one and a half of the three checkpoints
    await assert.rejects(
      onFailingDisk(room, 'EDQUOT', () => train(root)),
      /your quota of the disk is used up; .* What the run saved before is whole; resume it when that is mended\.$/,
    );
    assert.equal(loadLatestCheckpoint(checkpointsOf(root))!.step, 2);
    const names = readdirSync(checkpointsOf(root));
    assert.ok(
      names.every((name) => name.startsWith('step-000002.')),
      names.join(),
    );
  });

  it('refuses a folder that may not be written to', async () => {
    const [fresh, begun] = [join(folder, 'fresh'), join(folder, 'begun')];
    mkdirSync(fresh);
    await assert.rejects(
      onFailingDisk(30_000, 'EIO', () => train(begun)),
      /the disk reports an error/,
    );
    const before = readdirSync(begun, { recursive: true }).sort();
    for (const root of [fresh, begun]) {
      await unprivileged([root, runOf(root)], () =>
        assert.rejects(train(root), {
          name: 'DiskError',
          message: /^Cannot write ".*": the folder may not be written to; choose another one or change/,
        }),
      );
    }
    assert.deepEqual(readdirSync(begun, { recursive: true }).sort(), before);
    await train(begun);
    assert.deepEqual(outcomeOf(begun), outcomeOf(join(folder, 'whole')));
  });

  it('refuses a disk that is read-only, and a file where the folder should be', async () => {
    await assert.rejects(
      onFailingDisk(0, 'EROFS', () => train(join(folder, 'mounted'))),
      /^DiskError: Cannot write ".*config\.json": the disk is read-only; choose a folder on another one\./,
    );
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    await assert.rejects(train(file), {
      name: 'DiskError',
      message: /^Cannot write ".*": a part of that path is a file and no folder; choose another path\.$/,
    });
  });
});

/** As a user who may read these folders and not write to them: `nobody` where the tests are run by root. */
async function unprivileged(folders: string[], work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid!() === 0;
  const there = folders.filter(existsSync);
  for (const path of there) chmodSync(path, isRoot ? 0o755 : 0o555);
  if (isRoot) process.seteuid!('nobody');
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid!(0);
    for (const path of there) chmodSync(path, 0o755);
  }
}
