import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BadInputCounter,
  loadFlowerPhotos,
  loadGroceryStore,
  type PhotographMeta,
  type PictureSet,
  photographArchive,
  projectRoot,
  taskExamples,
} from '../../src/data';
import { plainPicture, tarOf, temporaryFolder, writeShard } from './fixtures';

type Members = Record<string, string | Buffer>;

const FLOWERS = ['daisy', 'dandelion', 'roses', 'sunflowers', 'tulips'];

/** Six photographs of each flower, all different. */
async function flowerMembers(): Promise<Members> {
  const members: Members = { 'flower_photos/LICENSE.txt': 'CC BY 2.0' };
  for (const [label, flower] of FLOWERS.entries()) {
    for (let i = 0; i < 6; i++) {
      members[`flower_photos/${flower}/${i}_n.jpg`] = await plainPicture(10 * label + i);
    }
  }
  return members;
}

const GROCERIES = `\
Class Name (str),Class ID (int),Coarse Class Name (str),Coarse Class ID (int),Iconic Image Path (str),Product Description Path (str)\r
Anjou,0,Pear,0,/iconic/Anjou.jpg,/iconic/Anjou.txt\r
Honeydew-Melon,1,Melon,1,/iconic/Honeydew.jpg,/iconic/Honeydew.txt\r
Sour-Milk,2,Sour-Milk,2,/iconic/Milk.jpg,/iconic/Milk.txt\r
`;

/** Four photographs of each product to train, one to validate, two to test. */
async function groceryMembers(): Promise<Members> {
  const members: Members = {
    'Set/LICENSE': 'MIT',
    'Set/dataset/classes.csv': GROCERIES,
    'Set/dataset/iconic/Anjou.jpg': await plainPicture(255),
    'Set/dataset/iconic/Anjou.txt': 'Anjou is a pear.\n',
    'Set/dataset/iconic/Honeydew.txt': 'A sweet melon, pölsa.',
    'Set/dataset/iconic/Milk.txt': 'Sour milk.',
  };
  for (const [split, count] of Object.entries({ train: 4, val: 1, test: 2 })) {
    const lines: string[] = [];
    for (let label = 0; label < 3; label++) {
      for (let i = 0; i < count; i++) {
        const path = `${split}/Food/Class ${label}/${i}.jpg`;
        members[`Set/dataset/${path}`] = await plainPicture(100 * label + i + split.length * 10);
        lines.push(`${path}, ${label}, ${label}`);
      }
    }
    members[`Set/dataset/${split}.txt`] = `${lines.join('\n')}\n`;
  }
  return members;
}

const labelsOf = (set: PictureSet) => set.metas.map((meta) => (meta as PhotographMeta).label);

describe('the flower photographs', () => {
  const folder = temporaryFolder();
  const archive = join(folder, 'flower_photos-8.tar');
  const options = { archive, size: 2, cache: false, allowPartial: true };

  before(async () => {
    await writeShard(archive, await flowerMembers());
  });

  it('are split class by class, two thirds to one, the same for the same seed', async () => {
    const { train, test, validation } = await loadFlowerPhotos(options);
    assert.deepEqual([train.length, test.length, validation], [20, 10, undefined]);
    for (const name of ['daisy', 'dandelion', 'rose', 'sunflower', 'tulip']) {
      assert.equal(labelsOf(train).filter((label) => label === name).length, 4);
      assert.equal(labelsOf(test).filter((label) => label === name).length, 2);
    }
    assert.equal(new Set([...train.keys, ...test.keys]).size, 30);
    assert.deepEqual((await loadFlowerPhotos(options)).test.keys, test.keys);
    assert.notDeepEqual((await loadFlowerPhotos({ ...options, seed: 1 })).test.keys, test.keys);
    assert.equal((await loadFlowerPhotos({ ...options, trainShare: 0.5 })).test.length, 15);
  });

  it('carry their class name in eight captions, their label, and their own pixels', async () => {
    const { train, test, tasks } = await loadFlowerPhotos(options);
    const [task] = tasks;
    assert.deepEqual(
      [task.id, task.classes[2], task.seen],
      ['flower-photos', 'rose', new Array(5).fill(true)],
    );
    assert.equal(task.templates.length, 8);
    for (const set of [train, test]) {
      const { indices, labels } = taskExamples(set, task);
      assert.equal(indices.length, set.length);
      indices.forEach((index) => {
        const [folder, file] = set.keys[index].split('/');
        const label = FLOWERS.indexOf(folder);
        assert.equal(labels[index], label);
        assert.equal(set.pixels[index * 2 * 2 * 3], 10 * label + Number.parseInt(file, 10));
        assert.equal(new Set(set.texts[index]).size, 8);
        for (const text of set.texts[index]) assert.match(text, new RegExp(`\\b${task.classes[label]}\\b`));
      });
    }
  });

  it('are refused where some are absent, unless partial data is allowed', async () => {
    await assert.rejects(
      loadFlowerPhotos({ ...options, allowPartial: false }),
      /^Error: The archive "flower_photos-8\.tar" has 30 of the 3670 published flower photographs; get the whole set, or allow partial data\.$/,
    );
    assert.deepEqual((await loadFlowerPhotos(options)).remarks, [
      'The archive "flower_photos-8.tar" has 30 of the 3670 published flower photographs.',
    ]);
  });

  it('are kept once where two are the same file', async () => {
    const members = await flowerMembers();
    members['flower_photos/daisy/copy.jpg'] = members['flower_photos/daisy/3_n.jpg'];
    const copied = await writeShard(join(folder, 'copied.tar'), members);
    const { train, test, remarks } = await loadFlowerPhotos({ ...options, archive: copied });
    assert.equal(train.length + test.length, 30);
    assert.match(
      remarks[1],
      /"daisy\/copy\.jpg" is left out, because it is the same file as "daisy\/3_n\.jpg"\./,
    );
  });

  it('are left out, counted and remarked on where they cannot be decoded', async () => {
    const members = await flowerMembers();
    for (const i of [1, 2, 3]) {
      const path = `flower_photos/tulips/${i}_n.jpg`;
      members[path] = (members[path] as Buffer).subarray(0, 60 + i);
    }
    const damaged = await writeShard(join(folder, 'damaged.tar'), members);
    const counter = new BadInputCounter();
    const { train, test, remarks } = await loadFlowerPhotos({ ...options, archive: damaged, counter });
    assert.equal(train.length + test.length, 27);
    assert.equal(counter.summary().kinds[0].count, 3);
    assert.match(remarks.slice(1).join(' '), /of 20 train pictures cannot be decoded \(tulips\/[123]_n\.jpg/);
  });

  it('are refused without a class, and from a damaged archive', async () => {
    const members = await flowerMembers();
    const lacking = Object.fromEntries(Object.entries(members).filter(([path]) => !path.includes('roses')));
    const noRoses = await writeShard(join(folder, 'no-roses.tar'), lacking);
    await assert.rejects(
      loadFlowerPhotos({ ...options, archive: noRoses }),
      /Expected pictures in a folder "roses"/,
    );

    const whole = await tarOf(members);
    const cut = join(folder, 'cut.tar');
    writeFileSync(cut, whole.subarray(0, whole.length - 2500));
    await assert.rejects(
      loadFlowerPhotos({ ...options, archive: cut, allowPartial: false }),
      /The archive "cut\.tar" ends early or is damaged after 29 files/,
    );
    const { train, test, remarks } = await loadFlowerPhotos({ ...options, archive: cut });
    assert.equal(train.length + test.length, 28);
    assert.match(remarks[0], /ends early or is damaged after 29 files \(.+\)\.$/);
    await assert.rejects(
      loadFlowerPhotos({ ...options, archive: 'no.tar' }),
      /Expected an archive at "no\.tar"/,
    );
  });

  it('come from the cache the second time, until anything about them changes', async () => {
    const cacheFolder = join(folder, 'cache');
    let decoded = 0;
    const cached = { ...options, cache: true, cacheFolder, onProgress: () => decoded++ };
    const first = await loadFlowerPhotos(cached);
    assert.equal(decoded, 30);
    assert.deepEqual(await loadFlowerPhotos(cached), first);
    assert.equal(decoded, 30);
    await loadFlowerPhotos({ ...cached, seed: 1 });
    assert.equal(decoded, 60);
    assert.equal(readdirSync(cacheFolder).length, 8);
  });

  it('are looked for in the named folder, then in the project', async () => {
    assert.equal(photographArchive('flower_photos', folder), archive);
    const before = process.env.CLIPBOOK_PHOTOGRAPHS;
    try {
      process.env.CLIPBOOK_PHOTOGRAPHS = folder;
      assert.equal(photographArchive('flower_photos'), archive);
      process.env.CLIPBOOK_PHOTOGRAPHS = join(folder, 'nowhere');
      assert.throws(
        () => photographArchive('grocery_store'),
        /Expected an archive "grocery_store\*\.tar" in ".*nowhere", but there is none; put it there/,
      );
    } finally {
      if (before === undefined) delete process.env.CLIPBOOK_PHOTOGRAPHS;
      else process.env.CLIPBOOK_PHOTOGRAPHS = before;
    }
  });
});

describe('the grocery photographs', () => {
  const folder = temporaryFolder();
  const options = { size: 1, cache: false };

  async function archiveOf(name: string, change: (members: Members) => void = () => {}): Promise<string> {
    const members = await groceryMembers();
    change(members);
    return writeShard(join(folder, `${name}.tar`), members);
  }

  it('are split as their files say', async () => {
    const { train, validation, test, remarks, absent } = await loadGroceryStore({
      ...options,
      archive: await archiveOf('whole'),
    });
    assert.deepEqual([train.length, validation?.length, test.length], [12, 3, 6]);
    assert.deepEqual([remarks, absent], [[], []]);
    assert.equal(train.keys[5], 'train/Food/Class 1/1.jpg');
    assert.equal(train.pixels[5 * 3], 100 + 1 + 50);
    assert.deepEqual(test.metas[2], {
      set: 'grocery_store',
      split: 'test',
      style: 'photograph',
      label: 'honeydew melon',
      text: 'a photo of honeydew melon.',
      description: 'A sweet melon, pölsa.',
      category: 'melon',
      tasks: { 'grocery-fine': 1, 'grocery-coarse': 1 },
    });
  });

  it('have clear class names, captions with them, and their description last', async () => {
    const { train, tasks } = await loadGroceryStore({ ...options, archive: await archiveOf('whole') });
    assert.deepEqual(
      tasks.map(({ id, classes, seen }) => [id, classes, seen]),
      [
        ['grocery-fine', ['anjou pear', 'honeydew melon', 'sour milk'], [true, true, true]],
        ['grocery-coarse', ['pear', 'melon', 'sour milk'], [true, true, true]],
      ],
    );
    assert.equal(train.texts[0].length, 9);
    assert.deepEqual([train.texts[0][0], train.texts[0][8]], ['a photo of anjou pear.', 'Anjou is a pear.']);
    assert.deepEqual(taskExamples(train, tasks[0]).labels, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  });

  it('are refused where the split files name absent ones, unless partial data is allowed', async () => {
    const lost = ['train/Food/Class 1/0.jpg', 'train/Food/Class 1/2.jpg', 'test/Food/Class 0/1.jpg'];
    const archive = await archiveOf('sample', (members) => {
      for (const path of lost) delete members[`Set/dataset/${path}`];
    });
    await assert.rejects(
      loadGroceryStore({ ...options, archive }),
      /^Error: 2 of the 12 pictures that train\.txt names are absent \(train\/Food\/Class 1\/0\.jpg, train\/Food\/Class 1\/2\.jpg\); get the whole set, or allow partial data\.$/,
    );
    const { train, test, remarks, absent } = await loadGroceryStore({
      ...options,
      archive,
      allowPartial: true,
    });
    assert.deepEqual([train.length, test.length], [10, 5]);
    assert.deepEqual(absent, lost);
    assert.equal(remarks.length, 2);
    assert.match(
      remarks[1],
      /^1 of the 6 pictures that test\.txt names are absent \(test\/Food\/Class 0\/1\.jpg\)\.$/,
    );
  });

  it('say which classes were not seen in training, and which have no description', async () => {
    const archive = await archiveOf('unseen', (members) => {
      for (let i = 0; i < 4; i++) delete members[`Set/dataset/train/Food/Class 2/${i}.jpg`];
      delete members['Set/dataset/iconic/Milk.txt'];
    });
    await assert.rejects(
      loadGroceryStore({ ...options, archive }),
      /1 of 3 classes have no description \(sour milk\)/,
    );
    const { tasks, test, remarks } = await loadGroceryStore({ ...options, archive, allowPartial: true });
    assert.deepEqual(tasks[0].seen, [true, true, false]);
    assert.equal(test.texts[5].length, 8);
    assert.match(remarks[0], /no description/);
  });

  it('are left out and remarked on where they cannot be decoded', async () => {
    const archive = await archiveOf('damaged', (members) => {
      members['Set/dataset/test/Food/Class 1/1.jpg'] = 'no picture';
    });
    const { test, remarks } = await loadGroceryStore({ ...options, archive });
    assert.equal(test.length, 5);
    assert.deepEqual(remarks, ['1 of 6 test pictures cannot be decoded (test/Food/Class 1/1.jpg).']);
  });

  const broken: [string, (members: Members) => void, RegExp][] = [
    ['no class list', (m) => delete m['Set/dataset/classes.csv'], /Expected a file classes\.csv in ".*tar"/],
    ['no split file', (m) => delete m['Set/dataset/val.txt'], /Expected a file val\.txt in ".*tar"/],
    [
      'a class that is not listed',
      (m) => {
        m['Set/dataset/test.txt'] += 'test/a.jpg, 3, 2\n';
      },
      /Expected a path, a fine and its coarse class in line 7 of test\.txt, got "test\/a\.jpg, 3, 2"/,
    ],
    [
      'a coarse class that is not that of the fine one',
      (m) => {
        m['Set/dataset/test.txt'] = 'test/a.jpg, 1, 2\n';
      },
      /in line 1 of test\.txt, got "test\/a\.jpg, 1, 2"/,
    ],
    [
      'ids with a gap',
      (m) => {
        m['Set/dataset/classes.csv'] = GROCERIES.replace('Sour-Milk,2', 'Sour-Milk,3');
      },
      /Expected the ids of 3 classes in classes\.csv to be 0, 1, 2 and so on/,
    ],
    [
      'a column that is lacking',
      (m) => {
        m['Set/dataset/classes.csv'] = GROCERIES.replace('Coarse Class ID (int)', 'Coarse');
      },
      /Expected a column "Coarse Class ID \(int\)" in classes\.csv, but got Class Name/,
    ],
  ];
  for (const [what, change, message] of broken) {
    it(`are refused with ${what}`, async () => {
      const archive = await archiveOf('broken', change);
      await assert.rejects(loadGroceryStore({ ...options, archive, allowPartial: true }), message);
    });
  }
});

describe('the samples of photographs beside the project', () => {
  const shared = join(projectRoot(), '../shared/data');
  const options = { size: 16, cache: false, allowPartial: true };

  function archiveOrSkip(context: Mocha.Context, name: string): string {
    const archive = join(shared, name);
    if (!existsSync(archive)) {
      console.log(`      skipped: there is no ${name} in ../shared/data`);
      context.skip();
    }
    return archive;
  }

  it('hold 2,925 different flowers', async function () {
    this.timeout(300_000);
    const archive = archiveOrSkip(this, 'flower_photos-128.tar');
    const { train, test, tasks, remarks } = await loadFlowerPhotos({ ...options, archive });
    assert.deepEqual([train.length, test.length], [1950, 975]);
    assert.equal(remarks.length, 2);
    assert.equal(new Set(taskExamples(test, tasks[0]).labels).size, 5);
  });

  it('hold 4,355 groceries of the 5,421 that the split files name', async function () {
    this.timeout(300_000);
    const archive = archiveOrSkip(this, 'grocery_store-128.tar');
    const { train, validation, test, tasks, absent } = await loadGroceryStore({ ...options, archive });
    assert.deepEqual([train.length, validation?.length, test.length, absent.length], [2110, 241, 2004, 1066]);
    const [fine, coarse] = tasks;
    assert.deepEqual([fine.classes.length, coarse.classes.length], [81, 43]);
    assert.ok([...fine.seen, ...coarse.seen].every(Boolean));
    for (const task of tasks) {
      assert.equal(new Set(taskExamples(test, task).labels).size, task.classes.length);
    }
    assert.equal(new Set(fine.classes).size, 81);
  });
});
