import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import vm from 'node:vm';
import { projectRoot } from '../../src/data/projectRoot';
import { resultsIndex, writeResultsIndex } from '../../src/experiments/resultsIndex';
import { storedReport } from '../../src/report';
import { temporaryFolder } from '../data/fixtures';
import { sampleTable } from '../report/sample';

describe('the index of results', () => {
  const project = temporaryFolder();
  const root = join(project, 'results');

  before(() => {
    leaveReport('things', 'mini');
    leaveReport('things', 'quick');
    mkdirSync(join(project, 'notebooks'));
    const cells = [{ cell_type: 'markdown', source: ['# All <things>\n', '../results/things/mini'] }];
    writeFileSync(join(project, 'notebooks/01-first.ipynb'), JSON.stringify({ cells }));
    mkdirSync(join(root, 'bench'));
    writeFileSync(join(root, 'bench/speed.json'), '{}');
  });

  function leaveReport(id: string, profile: string): void {
    const folder = join(root, id, profile);
    mkdirSync(join(folder, 'runs/a-seed-3'), { recursive: true });
    const report = storedReport({
      title: `Things & more, ${profile}`,
      summary: ['Do they work?', 'Two runs.'],
      verdicts: ['Open: they work.', 'Open: fast.', 'Supported at this scale: well.'],
      tables: [sampleTable],
      figures: [{ id: 'bars', data: [], layout: { title: { text: 'Bars' } } }],
      config: {},
      environment: { Machine: 'a small one' },
      command: `npm run reproduce -- ${id}`,
      notes: [],
    });
    writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ seeds: [3, 4], width: 77 }));
    writeFileSync(join(folder, 'runs/a-seed-3/summary.json'), JSON.stringify({ trainingSeconds: 150 }));
    mkdirSync(join(folder, 'runs/untimed'));
    writeFileSync(join(folder, 'runs/untimed/summary.json'), '{}');
  }

  it('holds of each report its question, outcomes, table, main figure, configuration, environment, seeds and duration', () => {
    const { page } = resultsIndex({ root });
    for (const part of [
      '<h2>Things &amp; more, mini</h2>',
      'Do they work?',
      'Supported at this scale: 1</span><span class="verdict">Open: 2',
      'id="table-small"',
      'alt="Bars" src="things/mini/figures/bars.svg"',
      '<dt>Machine</dt><dd>a small one</dd>',
      '<dt>Seeds</dt><dd>3, 4</dd>',
      '<dt>Runs</dt><dd>1</dd>',
      '<dt>Training</dt><dd>3 minutes</dd>',
      '&quot;width&quot;: 77',
      'href="things/mini/report.html"',
      'href="things/mini/table-small.csv"',
      'href="../notebooks/01-first.ipynb">Notebook: All &lt;things&gt;</a> ·',
      'href="bench/speed.json"',
    ]) {
      assert.ok(page.includes(part), part);
    }
  });

  it('leaves what only this machine has to local.js, so that the page can be committed', () => {
    const before = resultsIndex({ root });
    assert.ok(!before.page.includes('quick'));
    mkdirSync(join(root, 'notebooks'));
    writeFileSync(join(root, 'notebooks/01-first.html'), '');
    const after = resultsIndex({ root });
    assert.equal(after.page, before.page);
    let brought: { html: string; notebooks: string[] } | undefined;
    vm.runInNewContext(after.local, { clipbookLocal: (given: typeof brought) => (brought = given) });
    assert.deepEqual([...brought!.notebooks], ['01-first']);
    assert.match(brought!.html, /On this machine only.*<h2>Things &amp; more, quick<\/h2>/s);
  });

  it('is written beside the results', () => {
    const path = writeResultsIndex({ root });
    assert.equal(readFileSync(path, 'utf8'), resultsIndex({ root }).page);
    assert.ok(existsSync(join(root, 'local.js')));
  });
});

describe('the committed index of results', () => {
  const root = join(projectRoot(), 'results');
  const page = readFileSync(join(root, 'index.html'), 'utf8');

  it('is that of the committed results: "npm run clipbook results" writes it', () => {
    assert.ok(
      page === resultsIndex({ root }).page,
      'results/index.html is of other results; npm run clipbook results',
    );
  });

  it('links to files that exist, and only by relative places', () => {
    const places = [...page.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, place]) => place);
    assert.ok(places.length > 20);
    const broken = places.filter((place) => place !== 'local.js' && !existsSync(resolve(root, place)));
    assert.deepEqual(broken, []);
    assert.ok(
      places.every((place) => !place.startsWith('/') && resolve(root, place).startsWith(dirname(root))),
    );
  });
});
