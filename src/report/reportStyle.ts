/** The colours of a page in light and dark; tables in notebooks use the same names with these defaults. */
const colours = `
:root { --ink: #1d2939; --soft: #667085; --line: #e4e7ec; --page: #ffffff; --card: #f9fafb;
  --published: #0072b2; --measured: #b54708; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #2f3743; --page: #14181f; --card: #1b212a;
    --published: #6fb7e9; --measured: #f0a35e; }
}`;

/** In a notebook: JupyterLab's and VS Code's own grey, which is light where they are dark. No colour reads well on both. */
const soft = 'var(--soft, var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #667085)))';
const line = 'var(--line, var(--jp-border-color2, var(--vscode-panel-border, #d0d5dd)))';

/** Styles of tables: for reports, and beside a table in a notebook, where the surroundings' colours are kept. */
export const tableStyle = `
.clipbook-table { overflow-x: auto; margin: 1rem 0 1.5rem; }
.clipbook-table table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.clipbook-table caption { text-align: left; font-weight: 600; padding: 0 0 0.5rem; }
.clipbook-table small { color: ${soft}; font-weight: normal; white-space: nowrap; }
.clipbook-table th, .clipbook-table td { padding: 0.3rem 0.5rem; text-align: right; border: 0; white-space: nowrap; }
.clipbook-table td small { font-size: 0.75em; }
.clipbook-table th[scope=row], .clipbook-table th:first-child { text-align: left; font-weight: 500; white-space: nowrap; }
.clipbook-table .group { text-align: center; border-bottom: 1px solid ${line}; color: ${soft}; }
.clipbook-table .section th { padding-top: 1.1rem; white-space: normal; font-weight: 600; }
/* No width of its own: a long source wraps instead of pulling the columns apart. */
.clipbook-table .section small { display: block; margin-top: 0.35rem; line-height: 1.3; white-space: normal; width: 0; min-width: 100%; }
.clipbook-table .section span { font-size: 0.7rem; letter-spacing: 0.04em; text-transform: uppercase;
  border: 1px solid currentColor; border-radius: 1rem; padding: 0.05rem 0.5rem; margin-right: 0.5rem; }
.clipbook-table .published .section span { color: var(--published, currentColor); border-color: var(--published, #0072b2); }
.clipbook-table .measured .section span { color: var(--measured, currentColor); border-color: var(--measured, #b54708); }
.clipbook-table .headings th { font-size: 0.8rem; color: ${soft}; border-bottom: 1px solid ${line}; vertical-align: bottom; }
.clipbook-table .notes { font-size: 0.8rem; color: ${soft}; padding-left: 1.1rem; max-width: 62rem; }`;

/** Styles of a whole report. */
export const reportStyle = `${colours}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.55 Inter, system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 84rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 0.5rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 0.5rem; }
p, .verdicts { max-width: 46rem; }
.lead { font-size: 1.05rem; }
.verdicts li::marker { color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: 1.25rem; }
.clipbook-figure { background: #ffffff; border: 1px solid var(--line); border-radius: 0.5rem; overflow: hidden; }
.clipbook-figure img { display: block; width: 100%; height: auto; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.75rem 1rem;
  overflow-x: auto; font-size: 0.85rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.25rem; font-size: 0.9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; font-weight: 600; }
${tableStyle}`;
