import assert from 'node:assert/strict';
import type { Table } from '../../src/report/table';
import { renderHtml, renderMarkdown } from '../../src/report/tableFormats';
import { escapeLatex, renderLatex } from '../../src/report/tableLatex';

const table: Table = {
  id: 'speed',
  title: 'R&D_1',
  labelTitle: 'Model',
  unit: '%',
  columns: [
    { id: 'a', title: 'Top-1', group: 'Zero-shot', better: 'higher' },
    { id: 'b', title: 'Loss', group: 'Training', better: 'lower', digits: 2 },
  ],
  sections: [
    {
      origin: 'published',
      title: 'paper',
      source: 'Table 2',
      rows: [{ label: 'CLIP', cells: { a: { value: 50 } } }],
    },
    {
      origin: 'measured',
      title: 'quick',
      source: '3 seeds',
      headings: { a: 'Top-1 mini' },
      rows: [
        { label: 'x_1', cells: { a: { value: 12.34, interval: 1.26 }, b: { value: 0.5 } } },
        { label: 'y', cells: { a: { value: 11 }, b: { value: 0.25 } } },
      ],
    },
  ],
  footnotes: ['a 5% level'],
};

const expected =
  '% needs \\usepackage{booktabs}\n' +
  String.raw`\begin{table}
\centering
\caption{R\&D\_1 (\%)}
\label{tab:speed}
\begin{tabular}{lrr}
\toprule
 & \multicolumn{1}{c}{Zero-shot} & \multicolumn{1}{c}{Training} \\
\cmidrule(lr){2-2} \cmidrule(lr){3-3}
\multicolumn{3}{l}{\emph{Published $\cdot$ paper -- Table 2}} \\
Model & Top-1 &  \\
\midrule
CLIP & 50.0 & -- \\
\midrule
\multicolumn{3}{l}{\emph{Measured $\cdot$ quick -- 3 seeds}} \\
Model & Top-1 mini & Loss \\
\midrule
x\_1 & \textbf{12.3 $\pm$ 1.3} & 0.50 \\
y & 11.0 & \textbf{0.25} \\
\bottomrule
\end{tabular}
\par\footnotesize a 5\% level
\end{table}
`;

describe('tables as LaTeX', () => {
  it('set sections apart, show intervals, and have the best of each section in bold', () => {
    assert.equal(renderLatex(table), expected);
  });

  it('have the best in bold as Markdown and HTML too', () => {
    assert.ok(renderMarkdown(table).includes('| x_1 | **12.3 ± 1.3** | 0.50 |'));
    assert.ok(renderMarkdown(table).includes('| CLIP | 50.0 |'));
    assert.ok(renderHtml(table).includes('<td><strong>12.3</strong> <small>± 1.3</small></td>'));
  });

  it('keep a label from being read as an option of the line break', () => {
    assert.equal(escapeLatex('[a] *'), '{[}a] {*}');
  });

  it('make every special character plain', () => {
    assert.equal(escapeLatex('{$#%&_}'), String.raw`\{\$\#\%\&\_\}`);
    assert.equal(
      escapeLatex(String.raw`\~^<>|`),
      String.raw`\textbackslash{}\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\textbar{}`,
    );
  });
});
