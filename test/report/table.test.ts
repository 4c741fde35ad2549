import assert from 'node:assert/strict';
import Papa from 'papaparse';
import { dalipTable } from '../../src/report/dalipTable';
import { loadPublished } from '../../src/report/published';
import { columnGroups, formatCell, fullHeading } from '../../src/report/table';
import { renderCsv, renderHtml, renderMarkdown } from '../../src/report/tableFormats';
import { renderText } from '../../src/report/tableText';
import { sampleResults, sampleTable } from './sample';

describe('tables', () => {
  it('show values with their interval and gaps as dashes', () => {
    const [alpha, beta] = sampleTable.columns;
    assert.equal(formatCell({ value: 12.34, interval: 1.26 }, alpha), '12.3 ± 1.3');
    assert.equal(formatCell({ value: 12.345 }, beta), '12.35');
    assert.equal(formatCell({ value: null }, alpha), '–');
    assert.equal(formatCell(undefined, alpha), '–');
  });

  it('put the group before headings that are equal', () => {
    const columns = ['x', 'y'].map((group) => ({ id: group, title: 'R@1', group }));
    const table = { ...sampleTable, columns };
    assert.equal(fullHeading(table, columns[1], sampleTable.sections[0]), 'y R@1');
    assert.deepEqual(
      columnGroups(columns).map(({ name }) => name),
      ['x', 'y'],
    );
  });

  it('fit the terminal, whole groups first, and lose no column on the way', () => {
    const table = dalipTable(loadPublished('dalip-table'), [sampleResults(3)]);
    for (const width of [80, 120, 200]) {
      const text = renderText(table, { width });
      const longest = Math.max(...text.split('\n').map((line) => line.length));
      assert.ok(longest <= width, `${longest} characters at width ${width}`);
      for (const word of ['ImageNet-1K', 'PlantDoc', 'Mean', '56.4', 'Published ·', 'Measured ·']) {
        assert.ok(text.includes(word), `${word} at width ${width}`);
      }
    }
    const heads = renderText(table)
      .split('\n')
      .filter((line) => line.startsWith('│ Model'));
    assert.ok(!heads.some((line) => line.includes('SUN397') && line.includes('PlantNet')));
  });

  it('leave out a section’s empty columns in text and Markdown', () => {
    const published = renderText(sampleTable).split('Measured ·')[0];
    assert.ok(published.includes('Alpha') && !published.includes('Beta'));
    assert.ok(!renderMarkdown(sampleTable).split('Measured ·')[0].includes('Beta'));
  });

  it('as CSV name the section’s own column in every line', () => {
    const { data } = Papa.parse<Record<string, string>>(renderCsv(sampleTable), {
      header: true,
      skipEmptyLines: true,
    });
    assert.equal(data.length, 4);
    assert.equal(data[0].column, 'Alpha');
    assert.equal(data[2].column, 'Alpha mini');
    assert.equal(data[2].row, 'a|b, "c"');
    assert.deepEqual([data[2].value, data[2].interval, data[1].value], ['1', '0.25', '']);
  });

  it('as Markdown escape bars', () => {
    assert.ok(renderMarkdown(sampleTable).includes('| a\\|b, "c" | 1.0 ± 0.3 | 2.50 |'));
  });

  it('as HTML escape text and mark the origin of every row', () => {
    const html = renderHtml(sampleTable);
    assert.ok(html.includes('A &lt;small&gt; table') && html.includes('ViT &amp; friends'));
    assert.ok(html.includes('<tbody class="published">') && html.includes('<tbody class="measured">'));
    assert.ok(html.includes('Alpha<br>mini'));
    assert.ok(html.includes('<td>1.0 <small>± 0.3</small></td>'));
  });
});
