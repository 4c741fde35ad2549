import he from 'he';
import { definitionsHtml, type Fact } from './definitions';
import { htmlPage, jsonDetails, sentencesHtml } from './htmlPage';
import type { StoredReport } from './htmlReport';
import { renderHtml } from './tableFormats';

/** One report of the index; places are relative to the page. */
export interface IndexEntry {
  /** E.g. `dalip-table-mini`. */
  anchor: string;
  profile: string;
  /** The report's folder. */
  folder: string;
  report: StoredReport;
  config: unknown;
  /** Seeds, runs, duration. */
  facts: readonly Fact[];
  /** Where the report's figures lie, the main one first. */
  figures: readonly string[];
  /** Its tables as CSV. */
  sheets: readonly string[];
  notebooks: readonly IndexNotebook[];
}

export interface IndexNotebook {
  /** Without its ending: `05-alip-gates`. */
  name: string;
  title: string;
  /** Where the notebook itself lies. */
  place: string;
}

export interface Index {
  entries: readonly IndexEntry[];
  notebooks: readonly IndexNotebook[];
  /** Results that have no report. */
  others: readonly string[];
}

/** What only this machine has, see `localScript`. */
export interface LocalIndex {
  entries: readonly IndexEntry[];
  /** Notebooks that lie as `notebooks/<name>.html` beside the page. */
  notebooks: readonly string[];
}

const STYLE = `
section { border-top: 1px solid var(--line); margin-top: 2.5rem; }
section h3 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
nav li { margin: 0.35rem 0; max-width: 46rem; }
.verdict { display: inline-block; font-size: 0.8rem; border: 1px solid var(--line); border-radius: 1rem;
  padding: 0.05rem 0.6rem; margin-right: 0.4rem; color: var(--soft); }
.figures .clipbook-figure { max-width: 760px; }`;

/** Shows what `local.js` brings: sections of results, and pages in place of raw notebooks. */
const SHOW_LOCAL = `<script>window.clipbookLocal = ({ html, notebooks }) => {
document.getElementById('local').innerHTML = html;
for (const link of document.querySelectorAll('a[data-notebook]'))
if (notebooks.includes(link.dataset.notebook)) link.href = 'notebooks/' + link.dataset.notebook + '.html';
};</script>
<script src="local.js"></script>`;

/**
 * The page over all results. It holds what is committed and is the same on every machine; what only one machine has (quick
 * results, executed notebooks as pages) is brought by `local.js` where it is there, so that no link leads to nothing.
 */
export function renderIndex({ entries, notebooks, others }: Index): string {
  const body = `<h1>clipbook: results</h1>
<p class="lead">Every experiment of this folder: what is asked, what came out, and how to run it again.</p>
<nav>${contents(entries)}</nav>
<div id="local"></div>
${entries.map(section).join('\n')}
<section><h2>Notebooks</h2><ul>${notebooks.map((one) => `<li>${notebookLink(one)}</li>`).join('\n')}</ul></section>
${others.length > 0 ? `<section><h2>Other results</h2><ul>${others.map((place) => `<li>${link(place, place)}</li>`).join('\n')}</ul></section>` : ''}`;
  return htmlPage({ title: 'clipbook: results', body, style: STYLE, scripts: SHOW_LOCAL });
}

/** `local.js`: what the page shows besides, on this machine only. */
export function localScript({ entries, notebooks }: LocalIndex): string {
  const html =
    entries.length === 0
      ? ''
      : `<nav><h2>On this machine only</h2>${contents(entries)}</nav>${entries.map(section).join('\n')}`;
  return `clipbookLocal(${JSON.stringify({ html, notebooks })});\n`;
}

function contents(entries: readonly IndexEntry[]): string {
  const items = entries.map(({ anchor, profile, report }) => {
    const question = he.escape(report.summary[0]);
    return `<li>${link(`#${anchor}`, report.title)} <small>${he.escape(profile)}</small><br>${question}</li>`;
  });
  return `<ul>${items.join('\n')}</ul>`;
}

function section(entry: IndexEntry): string {
  const { anchor, profile, folder, report, config, facts, figures, sheets, notebooks } = entry;
  const [question, ...rest] = report.summary;
  const [main, ...more] = report.tables;
  const [figure] = figures;
  const links = [
    link(`${folder}/report.html`, more.length > 0 ? 'Report, with all tables and figures' : 'Report'),
    ...notebooks.map(notebookLink),
    ...sheets.map((sheet) => link(sheet, sheet.split('/').at(-1)!)),
  ];
  return `<section id="${he.escape(anchor)}">
<h2>${he.escape(report.title)}</h2>
<p class="lead">${he.escape(question)}</p>
${verdicts(report.verdicts ?? [])}
${main ? renderHtml(main) : ''}
${figure ? `<div class="figures"><div class="clipbook-figure"><img alt="${he.escape(report.figures[0].title)}" src="${he.escape(figure)}"></div></div>` : ''}
${rest.map((text) => `<p>${he.escape(text)}</p>`).join('\n')}
<p>${links.join(' · ')}</p>
${definitionsHtml([['Profile', profile], ...facts, ...Object.entries(report.environment), ['Again', report.command]])}
${jsonDetails('Configuration', config)}
</section>`;
}

const OUTCOMES = ['Supported at this scale', 'Contradicted at this scale', 'Open'];

/** How many claims came out how, and the sentences to unfold. */
function verdicts(sentences: readonly string[]): string {
  const counts = OUTCOMES.map((outcome) => ({
    outcome,
    count: sentences.filter((sentence) => sentence.startsWith(`${outcome}:`)).length,
  })).filter(({ count }) => count > 0);
  if (counts.length === 0) return sentencesHtml(sentences);
  const marks = counts.map(({ outcome, count }) => `<span class="verdict">${outcome}: ${count}</span>`);
  return `<details><summary>What the numbers say ${marks.join('')}</summary>${sentencesHtml(sentences)}</details>`;
}

function notebookLink({ name, title, place }: IndexNotebook): string {
  return `<a data-notebook="${he.escape(name)}" href="${he.escape(place)}">Notebook: ${he.escape(title)}</a>`;
}

function link(place: string, title: string): string {
  return `<a href="${he.escape(place)}">${he.escape(title)}</a>`;
}
