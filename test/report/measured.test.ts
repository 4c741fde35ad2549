import assert from 'node:assert/strict';
import { alipRetrievalTable, alipZeroShotTable, retrievalColumns } from '../../src/report/alipTables';
import { dalipTable } from '../../src/report/dalipTable';
import { columnsOfTasks, retrievalScores } from '../../src/report/measured';
import { loadPublished } from '../../src/report/published';
import { headingOf } from '../../src/report/table';
import { judge } from '../../src/report/verdict';
import { sampleResults } from './sample';

function near(actual: number | null | undefined, expected: number): void {
  assert.ok(actual != null && Math.abs(actual - expected) < 1e-6, `expected ${expected}, got ${actual}`);
}

describe("DALIP's table", () => {
  const table = dalipTable(loadPublished('dalip-table'), [sampleResults(3), sampleResults(1)]);
  const [published, mini, quick] = table.sections;

  it('keeps published rows as printed', () => {
    assert.equal(published.origin, 'published');
    assert.deepEqual(published.rows[1].cells.Mean, { value: 56.4 });
    assert.match(published.title, /PlantMix-13M/);
  });

  it('never shows a mini result under a published heading', () => {
    for (const section of [mini, quick]) {
      for (const column of table.columns) assert.match(headingOf(column, section), / mini$/);
    }
  });

  it('averages over seeds with a t-interval, and means seed by seed', () => {
    near(mini.rows[0].cells['ImageNet-1K'].value, 21);
    near(mini.rows[0].cells['ImageNet-1K'].interval, 4.302652729911275 / Math.sqrt(3));
    near(mini.rows[1].cells.General.value, 35);
    near(mini.rows[1].cells.Mean.value, 40);
    near(mini.rows[1].cells.Mean.interval, 4.302652729911275 / Math.sqrt(3));
  });

  it('with one seed gives the interval of the test set, none to means, and says so', () => {
    near(quick.rows[0].cells['ImageNet-1K'].value, 20);
    assert.ok(quick.rows[0].cells['ImageNet-1K'].interval! > 3);
    assert.equal(quick.rows[0].cells.Mean.interval, undefined);
    assert.ok(table.footnotes.some((note) => note.includes('one seed says nothing')));
  });

  it('says what guessing would give', () => {
    const guess = mini.rows.at(-1)!;
    assert.equal(guess.label, 'guessing');
    near(guess.cells.Mean.value, 1);
  });

  it('leaves a mean empty where a part is missing', () => {
    const results = sampleResults(3);
    delete results.rows[0].scores.Pets;
    const [, section] = dalipTable(loadPublished('dalip-table'), [results]).sections;
    assert.equal(section.rows[0].cells.General.value, null);
    assert.notEqual(section.rows[0].cells.Plant.value, null);
    assert.equal(section.rows[0].cells.Mean.value, null);
  });

  it('refuses per cents and rows with missing seeds', () => {
    const percent = sampleResults(3);
    percent.rows[0].scores.Pets = [20, 21, 22];
    assert.throws(() => dalipTable([], [percent]), /shares from 0 to 1 in "CLIP", got 20/);
    const short = sampleResults(3);
    short.rows[1].scores.Pets.pop();
    assert.throws(() => dalipTable([], [short]), /same seeds in every column of "DALIP"/);
  });
});

describe("ALIP's tables", () => {
  it('put each retrieval set into a section of its own', () => {
    const columns = retrievalColumns({ pictures: 300, texts: 500 });
    const scores = retrievalScores({
      imageToText: { 1: 0.1, 5: 0.2, 10: 0.3 },
      textToImage: { 1: 0.4, 5: 0.5, 10: 0.6 },
      pictures: 300,
      texts: 500,
    });
    const rows = [
      { label: 'ALIP', scores: Object.fromEntries(Object.entries(scores).map(([k, v]) => [k, [v]])) },
    ];
    const measured = { ...sampleResults(1), columns, rows, set: 'pictograms mini' };
    const table = alipRetrievalTable(loadPublished('alip-retrieval'), [measured]);
    assert.deepEqual(
      table.sections.map((section) => section.title),
      [
        'Flickr30k, ViT-B/32 on YFCC15M',
        'MSCOCO, ViT-B/32 on YFCC15M',
        'clipbook, quick profile: pictograms mini',
      ],
    );
    near(table.sections[2].rows[0].cells['textToImage@10'].value, 60);
    assert.equal(columns['imageToText@1'].count, 300);
    assert.equal(columns['textToImage@1'].count, 500);
  });

  it('average what has a counterpart, and say how many columns that are', () => {
    const table = alipZeroShotTable(loadPublished('alip-zero-shot'), [sampleResults(3)]);
    const measured = table.sections[1];
    assert.equal(measured.headings?.Average, 'Average of 5 mini');
    near(measured.rows[0].cells.Average.value, 25);
    assert.equal(measured.rows[0].cells['Food-101'], undefined);
    assert.ok(!table.footnotes.some((note) => note.includes('Fungi')));
  });
});

describe('columns of tasks', () => {
  it('name the column they mirror, with classes, unseen ones and chance', () => {
    const task = {
      id: 'pets-mini',
      column: 'Pets',
      group: 'general' as const,
      title: 'animals',
      templates: ['{}'],
      classes: ['cat', 'dog', 'fox', 'owl'],
      seen: [true, true, false, true],
    };
    const columns = columnsOfTasks([task, { ...task, column: null }], { 'pets-mini': 120 });
    assert.deepEqual(columns, {
      Pets: {
        heading: 'Pets mini',
        description: 'animals, 4 classes, 1 of them never seen in training',
        count: 120,
        chance: 0.25,
      },
    });
  });
});

describe('verdicts', () => {
  const arm = (label: string, scores: number[]) => ({ label, scores });
  const claim = 'it helps';

  it('follow the paired interval', () => {
    const better = judge({
      claim,
      ours: arm('A', [0.5, 0.51, 0.52]),
      baseline: arm('B', [0.4, 0.41, 0.425]),
    });
    assert.equal(better.outcome, 'supported');
    assert.match(
      better.sentence,
      /A − B = \+9\.8 points \(95 % interval \+9\.1 to \+10\.6, paired over 3 seeds, p < 0\.001\)/,
    );
    const worse = judge({ claim, ours: arm('A', [0.4, 0.41, 0.425]), baseline: arm('B', [0.5, 0.51, 0.52]) });
    assert.equal(worse.outcome, 'contradicted');
    const unclear = judge({ claim, ours: arm('A', [0.4, 0.5, 0.6]), baseline: arm('B', [0.5, 0.45, 0.55]) });
    assert.equal(unclear.outcome, 'open');
  });

  it('stay open with one seed', () => {
    const one = judge({ claim, ours: arm('A', [0.9]), baseline: arm('B', [0.1]) });
    assert.equal(one.outcome, 'open');
    assert.match(one.sentence, /one seed, which decides nothing/);
  });
});
