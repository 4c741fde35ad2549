import he from 'he';
import { definitionsHtml } from './definitions';
import { figureHtml, figureTitle, plotlyFromAssets } from './figureHtml';
import type { Figure } from './figures';
import { htmlPage, jsonDetails, sentencesHtml } from './htmlPage';
import { type Picture, picturesHtml } from './pictures';
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

/** A report as `report.json` keeps it: without configuration and pictures, which lie beside it in files of their own. */
export interface StoredReport extends Omit<Report, 'config' | 'figures' | 'pictures'> {
  /** Drawn in `figures/<id>.svg`. */
  figures: { id: string; title: string }[];
}

/** What other pages, such as the index of all results, take from a report. */
export function storedReport({ config, figures, pictures, ...report }: Report): StoredReport {
  return { ...report, figures: figures.map((figure) => ({ id: figure.id, title: figureTitle(figure) })) };
}

/**
 * A report as one HTML page that works from the file system, see `htmlPage`.
 *
 * @param assets the folder with Plotly (`writePlotlyAsset`), relative to the page; figures are pictures without it.
 */
export async function renderReport(report: Report, { assets = '../assets' } = {}): Promise<string> {
  const grids = (report.pictures ?? []).map(
    async ({ title, pictures, captions }) => `${heading(title)}${await picturesHtml(pictures, captions)}`,
  );
  const body = `<h1>${he.escape(report.title)}</h1>
${report.summary.map((text, i) => `<p${i === 0 ? ' class="lead"' : ''}>${he.escape(text)}</p>`).join('\n')}
${sentencesHtml(report.verdicts ?? [], 'What the numbers say')}
${sentencesHtml(report.notes, 'Before quoting a number')}
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
${jsonDetails('Configuration', report.config)}`;
  const scripts = report.figures.length ? plotlyFromAssets(assets) : '';
  return htmlPage({ title: report.title, body, scripts });
}

function heading(title: string): string {
  return `<h2>${he.escape(title)}</h2>`;
}
