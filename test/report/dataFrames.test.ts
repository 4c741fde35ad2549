import assert from 'node:assert/strict';
import { renderCsv, renderLatex, renderMarkdown } from '../../src/report';
import { toDataFrame, toTable } from '../../src/report/dataFrames';

const { DataFrame } = require('danfojs-node') as typeof import('danfojs-node');

describe('data frames', () => {
  const frame = new DataFrame(
    [
      ['CLIP', 12.25, 1.5, 0.9, 'a|b'],
      ['DALIP', 14, 2, 0.7, 'c'],
    ],
    { columns: ['model', 'accuracy', 'ci', 'loss', 'note'] },
  );
  const options = {
    ...{ id: 'frame', title: 'Two models', unit: '%', source: '3 seeds' },
    better: { accuracy: 'higher', loss: 'lower' },
    intervals: { accuracy: 'ci' },
  } as const;

  it('become tables, the best of each column in bold, intervals beside their numbers', () => {
    const table = toTable(frame, options);
    assert.deepEqual(
      table.columns.map(({ title }) => title),
      ['accuracy', 'loss', 'note'],
    );
    const text = renderMarkdown(table);
    assert.ok(text.includes('| CLIP | 12.3 ± 1.5 | 0.9 | a\\|b |'), text);
    assert.ok(text.includes('| DALIP | **14.0 ± 2.0** | **0.7** | c |'), text);
    assert.match(renderLatex(table), /DALIP & \\textbf\{14\.0 \$\\pm\$ 2\.0\}/);
    assert.match(renderCsv(table), /frame,measured,Two models,3 seeds,CLIP,accuracy,,12.25,1.5,%/);
  });

  it('can be computed with, and come back', async () => {
    const back = await toDataFrame(toTable(frame, options));
    assert.deepEqual(back.columns, ['origin', 'section', 'model', 'accuracy', 'loss', 'note', 'accuracy ±']);
    assert.equal(back.column('accuracy').mean(), 13.125);
    assert.deepEqual(back.column('model').values, ['CLIP', 'DALIP']);
    assert.deepEqual(back.column('accuracy ±').values, [1.5, 2]);
    assert.deepEqual(back.column('note').values, ['a|b', 'c']);
  });

  it('hold no text for a number: it is never the best, nor a 0 in files', () => {
    const frame = new DataFrame(
      [
        ['a', 0.5],
        ['b', 'diverged'],
        ['c', 0.7],
      ],
      { columns: ['model', 'loss'] },
    );
    const table = toTable(frame, { id: 'mixed', title: 'Mixed', unit: 'nats', better: { loss: 'lower' } });
    const text = renderMarkdown(table);
    assert.ok(text.includes('| a | **0.5** |') && text.includes('| b | diverged |'), text);
    assert.match(renderCsv(table), /,b,loss,,,,nats/);
  });

  it('say which column is not there', () => {
    assert.throws(
      () => toTable(frame, { ...options, label: 'name' }),
      /Expected a column "name" among "model", "accuracy"/,
    );
  });
});
