import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { writeFileAtomically } from '../files';
import { writeNpy } from '../files/npy';
import { renderLatex, renderMarkdown } from '../report';
import { evaluationTables } from './evaluationTables';
import type { Evaluation } from './record';
import type { EvaluationResults } from './results';

/**
 * Writes an evaluation into a folder: `results.json` with everything, `results.csv` with a line for each number, `table.md` and
 * `table.tex`, and `predictions/`.
 */
export function writeEvaluation(folder: string, { results, predictions }: Evaluation): void {
  mkdirSync(join(folder, 'predictions'), { recursive: true });
  for (const [name, data] of predictions) {
    writeNpy(join(folder, 'predictions', name), { shape: [data.length / 2, 2], data });
  }
  const write = (name: string, text: string) => writeFileAtomically(join(folder, name), [text]);
  write('results.csv', csvOf(results));
  const tables = evaluationTables(results);
  write('table.md', tables.map(renderMarkdown).join('\n'));
  write('table.tex', tables.map(renderLatex).join('\n'));
  write('results.json', `${JSON.stringify(results, null, 1)}\n`);
}

/** A line for each number. */
function csvOf({ results, models, clipbook, date }: EvaluationResults): string {
  const weightsOf = new Map(models.map(({ label, weights }) => [label, weights.checksum]));
  const lines = results.flatMap(({ metrics, splits, ...result }) =>
    Object.entries(metrics).map(([metric, value]) => ({
      model: result.model,
      benchmark: result.benchmark,
      split: result.split,
      protocol: result.protocol,
      metric,
      value,
      count: result.count,
      partial: result.partial ?? '',
      weights: weightsOf.get(result.model),
      class_names: result.classNames ?? '',
      templates: result.templates ?? '',
      pictures: splits.find(({ name }) => name === result.split)?.keys,
      clipbook: clipbook.version,
      commit: clipbook.commit ?? '',
      date,
    })),
  );
  return `${Papa.unparse(lines, { newline: '\n' })}\n`;
}
