import CliTable from 'cli-table3';
import he from 'he';
import { figureHtml, plotlyFromAssets } from './figureHtml';
import type { Figure } from './figures';
import { htmlPage, sentencesHtml } from './htmlPage';
import type { Table } from './table';
import { renderHtml } from './tableFormats';
import { renderText } from './tableText';

/** Two things held against each other, A and B. */
export interface ComparedPart {
  title: string;
  /** What a reader has to know, or what differs, in sentences. */
  sentences: readonly string[];
  /** Settings that are not the same. */
  settings: readonly { name: string; first: unknown; second: unknown }[];
  tables: readonly Table[];
  figures: readonly Figure[];
}

/** A comparison for a terminal; figures are left to the page. */
export function comparisonText(parts: readonly ComparedPart[]): string {
  return parts
    .map(({ title, sentences, settings, tables }) =>
      [
        title,
        ...sentences.map((sentence) => `  ${sentence}`),
        ...(settings.length > 0 ? [settingsText(settings)] : []),
        ...tables.map((table) => `\n${renderText(table)}`),
      ].join('\n'),
    )
    .join('\n');
}

/**
 * A comparison as one page, curves over each other.
 *
 * @param names what A and B are
 * @param assets the folder with Plotly (`writePlotlyAsset`), relative to the page; figures are pictures without it
 */
export function comparisonHtml(
  names: readonly [string, string],
  parts: readonly ComparedPart[],
  { assets = 'assets' } = {},
): string {
  const sections = parts.map(
    ({ title, sentences, settings, tables, figures }) => `<h2>${he.escape(title)}</h2>
${sentencesHtml(sentences)}
${settings.length > 0 ? settingsHtml(settings) : ''}
${tables.map(renderHtml).join('\n')}
<div class="figures">${figures.map((figure) => `<div>${figureHtml(figure)}</div>`).join('\n')}</div>`,
  );
  const title = `${names[0]} and ${names[1]}`;
  const lead = `<p class="lead">A is ${he.escape(names[0])}, B is ${he.escape(names[1])}.</p>`;
  const body = `<h1>Compared</h1>\n${lead}\n${sections.join('\n')}`;
  return htmlPage({ title, body, scripts: plotlyFromAssets(assets) });
}

function settingsText(settings: ComparedPart['settings']): string {
  const table = new CliTable({
    head: ['Setting', 'A', 'B'],
    style: { head: [], border: [], compact: true },
    colWidths: [36, 40, 40],
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  for (const { name, first, second } of settings) table.push([name, shown(first), shown(second)]);
  return table.toString();
}

function settingsHtml(settings: ComparedPart['settings']): string {
  const rows = settings.map(
    ({ name, first, second }) =>
      `<tr><th scope="row">${he.escape(name)}</th><td>${he.escape(shown(first))}</td><td>${he.escape(shown(second))}</td></tr>`,
  );
  return `<div class="clipbook-table"><table><caption>Settings that differ</caption>
<tbody><tr class="headings"><th scope="col">Setting</th><th scope="col">A</th><th scope="col">B</th></tr>
${rows.join('\n')}</tbody></table></div>`;
}

/** A setting as JSON; a dash where there is none. */
function shown(value: unknown): string {
  return value === undefined ? '–' : JSON.stringify(value);
}
