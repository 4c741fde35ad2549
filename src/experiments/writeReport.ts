import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BadInputCounter } from '../data';
import { startEngine } from '../engine';
import { writeFileAtomically } from '../files';
import {
  type Report,
  renderCsv,
  renderLatex,
  renderReport,
  staticSvg,
  storedReport,
  writePlotlyAsset,
} from '../report';
import { machinesOf } from './report';

/**
 * Writes a report's files: config.json, a CSV and a LaTeX file for each table, an SVG for each figure, report.html, and report.json for pages
 * over several reports.
 *
 * @param folder `<root>/<experiment>/<profile>`
 * @param root the folder of all results, which share one Plotly
 */
export async function writeReport(folder: string, root: string, report: Report): Promise<void> {
  mkdirSync(report.figures.length > 0 ? join(folder, 'figures') : folder, { recursive: true });
  const write = (name: string, text: string) => writeFileAtomically(join(folder, name), [text]);
  write('config.json', `${JSON.stringify(report.config, null, 2)}\n`);
  for (const table of report.tables) {
    write(`table-${table.id}.csv`, renderCsv(table));
    write(`table-${table.id}.tex`, renderLatex(table));
  }
  for (const figure of report.figures) write(join('figures', `${figure.id}.svg`), staticSvg(figure));
  writePlotlyAsset(join(root, 'assets'));
  write('report.json', `${JSON.stringify(storedReport(report), null, 1)}\n`);
  write('report.html', await renderReport(report, { assets: '../../assets' }));
}

/** What a report says of where its runs were trained and by what. */
export async function environmentOf(
  counter: BadInputCounter,
  runs: Parameters<typeof machinesOf>[0],
): Promise<Record<string, string>> {
  const { backend, tensorflow } = await startEngine();
  return {
    Date: new Date().toISOString().slice(0, 10),
    Machine: machinesOf(runs),
    Backend: tensorflow ? `${backend}, TensorFlow ${tensorflow}` : backend,
    Node: process.version,
    Input: counter.describe(),
  };
}
