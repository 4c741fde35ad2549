import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { evaluate } from '../../src/benchmarking';
import { projectRoot } from '../../src/data';
import { openTree } from '../../src/files/fileTree';
import { temporaryFolder } from '../data/fixtures';

/** Pictures of each class that are taken. */
const EACH: Record<string, number> = { train: 30, test: 50 };

/** Unpacks the first pictures of each class and split. */
async function unpackSome(archive: string, folder: string): Promise<void> {
  const counts = new Map<string, number>();
  for await (const { name, content } of openTree(archive).files()) {
    const [, split, label, picture] = name.split('/');
    const count = counts.get(`${split}/${label}`) ?? 0;
    if (count >= EACH[split]) continue;
    counts.set(`${split}/${label}`, count + 1);
    const path = join(folder, split, label, picture);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await content());
  }
}

describe('evaluate on photographs beside the project', () => {
  const root = temporaryFolder();
  const archive = join(projectRoot(), '../shared/data/cifar10-images.tar');

  it('judges CIFAR-10’s pictures in folders of their splits and classes', async function () {
    if (!existsSync(archive)) {
      console.log('      skipped: there is no cifar10-images.tar in ../shared/data');
      this.skip();
    }
    const folder = join(root, 'cifar');
    await unpackSome(archive, folder);
    const asked = { models: [{ model: 'pictograms' }], benchmarks: [folder], cache: join(root, 'cache') };
    const { results } = await evaluate({ ...asked, protocols: ['zero-shot', 'knn'] });
    const [zeroShot, knn] = results.results;
    assert.deepEqual([zeroShot.count, zeroShot.partial, zeroShot.split], [500, undefined, 'test']);
    assert.equal((results.lists[zeroShot.classNames!] as string[])[3], 'cat');
    // The small model was shown drawings only. Chance is 0.1, with a standard error of 0.013.
    assert.ok(zeroShot.metrics.top1 > 0.14, `top-1 is ${zeroShot.metrics.top1}`);
    assert.ok(knn.metrics.top1 > 0.2, `top-1 of neighbours is ${knn.metrics.top1}`);
  });
});
