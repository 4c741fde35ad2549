import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Benchmark,
  type ClassificationBenchmark,
  type OwnDataOptions,
  openBenchmark,
  ownBenchmark,
} from '../../src/benchmarks';
import { projectRoot } from '../../src/data';
import { temporaryFolder } from '../data/fixtures';
import { filesIn, labelsIn, type Members, publish, unpack } from './archives';
import { captionsIn } from './captions';

const picture = (byte: number) => Buffer.from([byte]);

/** A folder with these files. */
function folderOf(members: Members): string {
  const folder = temporaryFolder();
  unpack(folder, members);
  return folder;
}

/** A folder's benchmark of classes: names, and keys with labels of the tested split. */
async function classify(path: string, options?: OwnDataOptions) {
  const benchmark = (await ownBenchmark(path, options)) as ClassificationBenchmark;
  assert.equal(benchmark.task, 'classification');
  const { files } = filesIn(temporaryFolder(), benchmark);
  const { classes, templates } = await benchmark.prompts(files);
  assert.equal(benchmark.classes, classes.length);
  const labels = await labelsIn(temporaryFolder(), benchmark, benchmark.tested);
  return { classes, templates: templates as string[], labels, benchmark };
}

/** Captions of the tested split, and keys found absent. */
async function retrieve(path: string, options?: OwnDataOptions) {
  const benchmark = await ownBenchmark(path, options);
  assert.ok(benchmark.task === 'retrieval');
  return captionsIn(temporaryFolder(), benchmark, benchmark.tested);
}

const SEA: Members = {
  'sea_lion/a b.jpg': picture(1),
  'sea_lion/.hidden.jpg': picture(9),
  'sea_lion/notes.md': 'no picture',
  'Zebra/50%20.PNG': picture(2),
  'ant/young/x.webp': picture(3),
};
const SEA_LABELS = [
  ['Zebra/50%20.PNG', 0],
  ['ant/young/x.webp', 1],
  ['sea_lion/a b.jpg', 2],
];

describe('a folder for each class', () => {
  it('has the folders as names in the order of their code points, and ImageNet’s templates', async () => {
    const found = await classify(folderOf(SEA));
    assert.deepEqual(found.classes, ['Zebra', 'ant', 'sea lion']);
    assert.deepEqual(found.labels, SEA_LABELS);
    assert.equal(found.templates.length, 80);
    assert.equal(found.benchmark.tested, 'all');
  });

  it('is read from a zip with a folder around it, in the order of the zip', async () => {
    const folder = temporaryFolder();
    const members = Object.entries(SEA).map(([name, content]) => [`my set/${name}`, content]);
    await publish(folder, 'animals.zip', Object.fromEntries(members));
    const { labels, benchmark } = await classify(join(folder, 'animals.zip'));
    assert.equal(benchmark.id, 'animals');
    assert.deepEqual(labels, [
      ['my set/sea_lion/a b.jpg', 2],
      ['my set/Zebra/50%20.PNG', 0],
      ['my set/ant/young/x.webp', 1],
    ]);
  });

  it('is read from a tar, such as the flower photographs', async function () {
    const archive = join(projectRoot(), '../shared/data/flower_photos-128.tar');
    if (!existsSync(archive)) {
      console.log('      skipped: there is no flower_photos-128.tar in ../shared/data');
      this.skip();
    }
    const { classes, labels } = await classify(archive);
    assert.deepEqual(classes, ['daisy', 'dandelion', 'roses', 'sunflowers', 'tulips']);
    assert.equal(labels.length, 2926);
    assert.deepEqual(labels[0], ['flower_photos/daisy/100080576_f52e8ee070_n.jpg', 0]);
    for (const [key, label] of labels) assert.ok(key.startsWith(`flower_photos/${classes[label]}/`));
  });

  it('takes names from a file, whichever their order, and from one in the order of folders', async () => {
    const folder = folderOf({ ...SEA, 'classnames.txt': '\uFEFFsea lion\r\nunicorn\nZebra\n\nant\n' });
    const named = await classify(folder);
    assert.deepEqual(named.classes, ['sea lion', 'unicorn', 'Zebra', 'ant']);
    assert.deepEqual(
      named.labels.map(([, label]) => label),
      [2, 3, 0],
    );
    const wnids = folderOf({
      'n02/x.jpg': picture(1),
      'n01/y.jpg': picture(2),
      'names.json': '{"mine": ["tench", "shark"]}',
    });
    const ordered = await classify(wnids, { classNames: join(wnids, 'names.json') });
    assert.deepEqual(ordered.labels, [
      ['n01/y.jpg', 0],
      ['n02/x.jpg', 1],
    ]);
    const shifted = folderOf({ ...SEA, 'classnames.txt': 'ant\nZebra\nsea cow\n' });
    await assert.rejects(classify(shifted), /among the 3 names in ".*", got "sea_lion"/);
  });

  it('counts folders by number where they are numbers, not in the order of text', async () => {
    const numbers = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i}/x.jpg`, picture(i)]));
    const names = Array.from({ length: 11 }, (_, i) => `class ${i}`).join('\n');
    const { labels } = await classify(folderOf({ ...numbers, 'classnames.txt': names }));
    assert.deepEqual(labels[2], ['10/x.jpg', 10]);
    await assert.rejects(
      classify(folderOf(numbers)),
      /its labels are numbers such as 0; give a file of class names/,
    );
    const few = folderOf({ ...numbers, 'classnames.txt': 'zero\none' });
    await assert.rejects(
      classify(few),
      /Expected a label from 0 to 1 for the names in ".*", got 10 at "10\/x\.jpg"/,
    );
  });

  it('knows splits, whose classes are counted together', async () => {
    const folder = folderOf({
      'train/ant/1.jpg': picture(1),
      'train/bee/2.jpg': picture(2),
      'test/bee/3.jpg': picture(3),
    });
    const { benchmark, classes, labels } = await classify(folder);
    assert.deepEqual([benchmark.tested, Object.keys(benchmark.splits).sort()], ['test', ['test', 'train']]);
    assert.deepEqual(classes, ['ant', 'bee']);
    assert.deepEqual(labels, [['bee/3.jpg', 1]]);
    const trained = await labelsIn(folder, benchmark, 'train');
    assert.deepEqual(
      trained.map(([, label]) => label),
      [0, 1],
    );
    await publish(folder, 'set.zip', { 'set/train/ant/1.jpg': picture(1), 'set/test/ant/1.jpg': picture(1) });
    await assert.rejects(classify(join(folder, 'set.zip')), /test, train look like splits; unpack it/);
  });

  it('says what is missing', async () => {
    await assert.rejects(
      ownBenchmark(join(temporaryFolder(), 'nowhere')),
      /no such file exists; check the path/,
    );
    await assert.rejects(
      ownBenchmark(folderOf({ 'a/readme.md': 'x' })),
      /Expected pictures in ".*", but found none/,
    );
    await assert.rejects(
      ownBenchmark(folderOf({ 'x.jpg': picture(1) })),
      /Expected labels \(a folder per class.*\) or captions .* in ".*", but found neither/,
    );
    await assert.rejects(
      ownBenchmark(folderOf({ 'cat/x.jpg': picture(1), 'cat/x.txt': 'A cat.' })),
      /found both; say in "task" which to test/,
    );
    await assert.rejects(
      classify(folderOf({ ...SEA, 'y.jpg': picture(1) })),
      /for the picture "y\.jpg", but it has none/,
    );
  });
});

describe('captions beside pictures', () => {
  it('are a line each', async () => {
    const folder = folderOf({
      'b.jpg': picture(2),
      'b.txt': 'One, two.\r\n\r\n Three. \n',
      'a.jpg': picture(1),
      'a.txt': 'A.',
    });
    assert.deepEqual((await retrieve(folder)).captions, [
      ['a.jpg', ['A.']],
      ['b.jpg', ['One, two.', 'Three.']],
    ]);
    writeFileSync(join(folder, 'b.txt'), '\n');
    await assert.rejects(retrieve(folder), /Expected a caption for "b\.jpg" in/);
    const { labels } = await classify(folderOf({ 'cat/x.jpg': picture(1), 'cat/x.txt': 'A.' }), {
      task: 'classification',
    });
    assert.deepEqual(labels, [['cat/x.jpg', 0]]);
  });
});

describe('lists of pictures', () => {
  const pictures = { 'x/é 1.jpg': picture(1), '2.jpg': picture(2), '3.jpg': picture(3) };

  it('give captions, several rows for a picture, and tell what is absent', async () => {
    const list = 'filepath;caption\nx/é 1.jpg;"A; b"\ngone.jpg;Gone\n2.jpg;Two\nx/é 1.jpg;Another\n';
    const folder = folderOf({ ...pictures, 'mine.csv': list });
    const expected = {
      captions: [
        ['x/é 1.jpg', ['A; b', 'Another']],
        ['2.jpg', ['Two']],
      ],
      bytes: [1, 2],
      absent: ['gone.jpg'],
    };
    assert.deepEqual(await retrieve(join(folder, 'mine.csv')), expected);
    writeFileSync(join(folder, 'captions.jsonl'), '{"file": "2.jpg", "captions": ["Two", "Two"]}\n');
    assert.deepEqual((await retrieve(folder)).captions, [['2.jpg', ['Two', 'Two']]]);
    writeFileSync(join(folder, 'captions.jsonl'), '{"file": "2.jpg", "caption": "Two"}\n{"file": "3.jpg"\n');
    await assert.rejects(retrieve(folder), /Line 2 of ".*" is not a JSON object with a "file"/);
  });

  it('give labels in words or in numbers from 0', async () => {
    const folder = folderOf({
      ...pictures,
      'labels.csv': 'file,label\n3.jpg,dog\n2.jpg,cat\nx/é 1.jpg,dog\n',
    });
    const words = await classify(folder);
    assert.deepEqual(words.classes, ['cat', 'dog']);
    assert.deepEqual(words.labels, [
      ['3.jpg', 1],
      ['2.jpg', 0],
      ['x/é 1.jpg', 1],
    ]);
    const names = folderOf({ 'names.txt': 'zero\none\ncat\ndog\n', 'short.txt': 'cats\ndog' });
    assert.deepEqual((await classify(folder, { classNames: join(names, 'names.txt') })).labels[0], [
      '3.jpg',
      3,
    ]);
    // As many names as labels, but not these: only folders may be told by their order.
    await assert.rejects(
      classify(folder, { classNames: join(names, 'short.txt') }),
      /got "cat" .*did you mean "cats"\?/,
    );
    writeFileSync(join(folder, 'labels.csv'), 'file,label\n3.jpg,0\n2.jpg,3\n');
    assert.deepEqual((await classify(folder, { classNames: join(names, 'names.txt') })).labels, [
      ['3.jpg', 0],
      ['2.jpg', 3],
    ]);
    writeFileSync(join(folder, 'labels.csv'), 'file,label\n3.jpg,dog\n3.jpg,cat\n');
    await assert.rejects(classify(folder), /Expected one label for "3\.jpg" in ".*", got "dog" and "cat"/);
    writeFileSync(join(folder, 'labels.csv'), 'file,kind\n3.jpg,dog\n');
    await assert.rejects(classify(folder), /Expected a column .*label.* but got file, kind/);
  });
});

describe('WebDataset shards', () => {
  /** As CLIP_benchmark writes them: numbered without zeros in front, so that 10 comes before 2 as text. */
  async function classShards(): Promise<string> {
    const folder = folderOf({
      'classnames.txt': 'blank image\nnoisy image\n',
      'zeroshot_classification_templates.txt': 'a {c}.\nthe {c}\n',
      'test/nshards.txt': '11\n',
    });
    for (let i = 0; i < 11; i++) {
      await publish(folder, `test/${i}.tar`, {
        [`s000000${i}.cls`]: String(i % 2),
        [`s000000${i}.webp`]: picture(i),
      });
    }
    return folder;
  }

  it('in CLIP_benchmark’s layout have their own names and templates', async () => {
    const { classes, templates, labels, benchmark } = await classify(await classShards());
    assert.deepEqual(
      [classes, templates],
      [
        ['blank image', 'noisy image'],
        ['a {}.', 'the {}'],
      ],
    );
    assert.equal(benchmark.tested, 'test');
    assert.deepEqual(labels.slice(0, 3), [
      ['0.tar/s0000000', 0],
      ['1.tar/s0000001', 1],
      ['2.tar/s0000002', 0],
    ]);
    assert.equal(labels.length, 11);
  });

  it('are opened by a brace pattern or a glob, under the name that their files share', async () => {
    const folder = await classShards();
    const classNames = join(folder, 'classnames.txt');
    for (const [pattern, id, keys] of [
      ['{9..10}.tar', 'test', ['9.tar/s0000009', '10.tar/s00000010']],
      ['1*.tar', '1', ['1.tar/s0000001', '10.tar/s00000010']],
      ['?.tar', 'test', Array.from({ length: 10 }, (_, i) => `${i}.tar/s000000${i}`)],
    ] as const) {
      const path = join(folder, 'test', pattern);
      const { benchmark } = await openBenchmark(path, {}, { classNames });
      assert.ok(benchmark.task === 'classification');
      assert.equal(benchmark.id, id);
      assert.deepEqual(
        (await labelsIn(folder, benchmark, 'all')).map(([key]) => key),
        keys,
      );
    }
    await assert.rejects(openBenchmark(join(folder, 'train-*.tar')), /Expected shards .*train-\*\.tar"/);
    await assert.rejects(openBenchmark(join(folder, 'train.tar')), /There is no benchmark ".*train\.tar"/);
  });

  it('refuse what a test set must not be: a missing shard, a torn one, a label out of range or in words', async () => {
    const folder = await classShards();
    const benchmark = (await ownBenchmark(folder)) as ClassificationBenchmark;
    await publish(folder, 'test/3.tar', { 'x.cls': '2', 'x.jpg': picture(1), 'y.cls': '1' });
    await assert.rejects(labelsIn(folder, benchmark, 'test'), /from 0 to 1 .*got 2 at "3\.tar\/x"/);
    await publish(folder, 'test/3.tar', { 'x.cls': 'cat', 'x.jpg': picture(1) });
    await assert.rejects(labelsIn(folder, benchmark, 'test'), /Expected a number in "x\.cls"/);
    await publish(folder, 'test/3.tar', { 'x.jpg': picture(1), 'x.json': '{"cls": 1' });
    await assert.rejects(
      labelsIn(folder, benchmark, 'test'),
      /JSON member of sample "x" is not a JSON object/,
    );
    writeFileSync(join(folder, 'test/3.tar'), Buffer.alloc(700, 'torn'));
    await assert.rejects(labelsIn(folder, benchmark, 'test'), /3\.tar" ends early or is damaged/);
    writeFileSync(join(folder, 'test/nshards.txt'), '12');
    await publish(folder, 'test/3.tar', { 'x.cls': '1', 'x.jpg': picture(1) });
    const longer = (await ownBenchmark(folder)) as ClassificationBenchmark;
    await assert.rejects(labelsIn(folder, longer, 'test'), /The shard ".*11\.tar" does not exist/);
  });

  it('of captions have one a line or some in JSON; a sample without a picture is absent', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'a.tar', {
      '000.jpg': picture(1),
      '000.txt': 'A dog.\nA dog, running.\n',
      '001.txt': 'Nothing to see.',
      '002.jpg': picture(2),
      '002.json': '{"captions": ["Two"]}',
    });
    assert.deepEqual(await retrieve(folder), {
      captions: [
        ['a.tar/000', ['A dog.', 'A dog, running.']],
        ['a.tar/002', ['Two']],
      ],
      bytes: [1, 2],
      absent: ['a.tar/001'],
    });
    mkdirSync(join(folder, 'test'));
    await publish(folder, 'test/0.tar', { '0.jpg': picture(1), '0.cls': '0', '0.txt': 'A dog.' });
    writeFileSync(join(folder, 'dataset_type.txt'), 'retrieval\n');
    assert.deepEqual((await retrieve(folder)).captions, [['0.tar/0', ['A dog.']]]);
    writeFileSync(join(folder, 'dataset_type.txt'), 'multilabel\n');
    await assert.rejects(ownBenchmark(folder), /"multilabel", which is not read/);
  });
});

describe('prompts of one’s own', () => {
  const templatesOf = async (benchmark: Benchmark) =>
    (await (benchmark as ClassificationBenchmark).prompts(filesIn('', benchmark).files)).templates;

  it('are lines, or CLIP_benchmark’s JSON, with prompts for each class, too', async () => {
    const folder = folderOf(SEA);
    const templates = async (name: string, content: string, id?: string) => {
      writeFileSync(join(folder, name), content);
      return templatesOf(await ownBenchmark(folder, { id, templates: join(folder, name) }));
    };
    assert.deepEqual(await templates('t.txt', 'a {c}, a {c}\n\nthe {}\n'), ['a {}, a {}', 'the {}']);
    const sets = { sea: ['s {c}'], imagenet1k: ['i {c}'], other: ['o {c}'] };
    assert.deepEqual(await templates('t.json', JSON.stringify(sets), 'sea'), ['s {}']);
    assert.deepEqual(await templates('t.json', JSON.stringify(sets), 'land'), ['i {}']);
    const own = { 'sea lion': ['a sleek one', 'a wet one'], ant: ['six legs'], Zebra: ['stripes'] };
    assert.deepEqual(await templates('t.json', JSON.stringify({ cupl: own })), own);
    await assert.rejects(
      templates('t.json', '{"a": ["{c}"], "b": ["{c}"]}', 'c'),
      /Expected a set "c" in ".*a, b; say in "id"/,
    );
    await assert.rejects(
      templates('t.json', JSON.stringify({ cupl: { ...own, 'sea lion': undefined, 'sea lions': ['x'] } })),
      /"sea lion" has none; did you mean "sea lions"\?/,
    );
    await assert.rejects(templates('t.txt', 'a photo\n'), /A prompt template needs \{\}/);
    await assert.rejects(templates('t.txt', '\n'), /Expected a template a line in ".*", but it is empty/);
  });
});
