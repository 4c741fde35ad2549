import he from 'he';
import { definitionsHtml } from './definitions';
import { figureHtml, plotlyFromAssets } from './figureHtml';
import type { Figure } from './figures';
import { type Picture, picturesHtml } from './pictures';
import { reportStyle } from './reportStyle';
import type { Table } from './table';
import { renderHtml } from './tableFormats';

export interface Report {
  title: string;
  /** What was done and what came out, a paragraph for each entry. */
  summary: readonly string[];
  /** Sentences of `judge`: what the numbers carry and what they do not. */
  verdicts?: readonly string[];
  tables: readonly Table[];
  figures: readonly Figure[];
  pictures?: readonly { title: string; pictures: readonly Picture[]; captions?: readonly string[] }[];
  /** The run's configuration, shown as JSON. */
  config: unknown;
  /** Name → value: backend, library versions, machine kind, date, skipped samples, … */
  environment: Readonly<Record<string, string | number>>;
  /** The command that runs this again. */
  command: string;
  /** What a reader has to know before quoting a number. */
  notes: readonly string[];
}

/**
 * A report as one HTML page that reads well on a phone, on paper, in light and in dark, and works from the file system.
 *
 * @param assets the folder with Plotly (`writePlotlyAsset`), relative to the page; figures are pictures without it.
 */
export async function renderReport(report: Report, { assets = '../assets' } = {}): Promise<string> {
  const grids = (report.pictures ?? []).map(
    async ({ title, pictures, captions }) => `${heading(title)}${await picturesHtml(pictures, captions)}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${he.escape(report.title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${he.escape(report.title)}</h1>
${report.summary.map((text, i) => `<p${i === 0 ? ' class="lead"' : ''}>${he.escape(text)}</p>`).join('\n')}
${list('What the numbers say', report.verdicts ?? [], 'verdicts')}
${list('Before quoting a number', report.notes, 'verdicts')}
${report.tables.length ? heading('Tables') : ''}
${report.tables.map(renderHtml).join('\n')}
${report.figures.length ? heading('Figures') : ''}
<div class="figures">
${report.figures.map((figure) => `<div>${figureHtml(figure)}</div>`).join('\n')}
</div>
${(await Promise.all(grids)).join('\n')}
${heading('Run it again')}
<pre>${he.escape(report.command)}</pre>
${definitionsHtml(Object.entries(report.environment))}
<details><summary>Configuration</summary><pre>${he.escape(JSON.stringify(report.config, null, 2))}</pre></details>
</main>
${report.figures.length ? plotlyFromAssets(assets) : ''}
</body>
</html>
`;
}

function heading(title: string): string {
  return `<h2>${he.escape(title)}</h2>`;
}

function list(title: string, items: readonly string[], className: string): string {
  if (items.length === 0) return '';
  const entries = items.map((item) => `<li>${he.escape(item)}</li>`).join('\n');
  return `${heading(title)}<ul class="${className}">${entries}</ul>`;
}
