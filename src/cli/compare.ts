import type { Command } from 'commander';
import type { RunsComparison, StoredArm, StoredExperiment } from '../experiments/comparing';
import type { ComparedPart } from '../report';

const HELP = `
What A and B are is seen from what is there:
  evaluations   folders that "clipbook evaluate" wrote, or their results.json. Results of the same set, protocol and model are held
                against each other; where each has one model, that model, whatever its name. For each, what decided the numbers and
                is not the same: weights, architecture, preparation of pictures, class names, templates, split, pictures, files,
                settings. Then each metric, shares in per cent, and the difference B − A with its 95 % interval where both judged
                the same pictures: paired, picture by picture.
  runs          a run's folder, or its path without -seed-N for all seeds of that arm: settings that differ, scores and what was
                logged last, with B − A and its 95 % interval: paired over seeds where both have several in common.
  experiments   results/EXPERIMENT/PROFILE: the same for each arm that both have.

Examples:
  $ clipbook compare results/evaluate/mine results/evaluate/theirs
  $ clipbook compare a/results.json b/results.json --json
  $ clipbook compare results/train/runs/one results/train/runs/two --html compared.html
  $ clipbook compare results/alip-gates/mini/runs/both-30 results/alip-gates/mini/runs/alip-30`;

/** `clipbook compare`: in what two evaluations, runs or experiments differ, and by how much. */
export function register(program: Command): void {
  program
    .command('compare')
    .description('say in what two evaluations, runs or experiments differ, and by how much')
    .argument('<a>', 'a folder or results.json')
    .argument('<b>', 'another')
    .option('--html <file>', 'write a page as well, with the curves of runs over each other')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(compare);
}

interface CompareOptions {
  html?: string;
  json?: boolean;
}

function compare(a: string, b: string, { html, json }: CompareOptions): void {
  const { comparisonText } = require('../report') as typeof import('../report');
  const { found, parts } = compareWhatIsThere(a, b);
  if (html) writePage(html, [a, b], parts);
  console.log(json ? JSON.stringify(found) : comparisonText(parts));
}

/** The comparison, for machines, and its parts for readers. */
function compareWhatIsThere(a: string, b: string): { found: unknown; parts: ComparedPart[] } {
  const { readStored } = require('../experiments/comparing') as typeof import('../experiments/comparing');
  const [first, second] = [readStored(a), readStored(b)];
  if (first && second) return compareStored(first, second);
  if (first || second) throw mixed(a, b);
  const { comparedResultParts, compareEvaluations, readEvaluation } =
    require('../benchmarking') as typeof import('../benchmarking');
  const found = compareEvaluations(readEvaluation(a), readEvaluation(b));
  return { found, parts: comparedResultParts(found) };
}

type Stored = StoredArm | StoredExperiment;

function compareStored(first: Stored, second: Stored): { found: RunsComparison[]; parts: ComparedPart[] } {
  const { comparedPart, compareExperiments, compareRuns } =
    require('../experiments/comparing') as typeof import('../experiments/comparing');
  const { basename } = require('node:path') as typeof import('node:path');
  let found: RunsComparison[];
  if (first.kind === 'experiment' && second.kind === 'experiment') {
    found = compareExperiments(first, second);
  } else if (first.kind === 'arm' && second.kind === 'arm') {
    const title = `${basename(first.path)} and ${basename(second.path)}`;
    found = [compareRuns(title, first.runs, second.runs)];
  } else {
    throw mixed(first.path, second.path);
  }
  return { found, parts: found.map(comparedPart) };
}

function mixed(a: string, b: string): Error {
  const { existsSync } = require('node:fs') as typeof import('node:fs');
  const { readStored } = require('../experiments/comparing') as typeof import('../experiments/comparing');
  const absent = [a, b].find((path) => !existsSync(path) && !readStored(path));
  if (absent)
    return new Error(
      `Expected an evaluation, a run or an experiment at "${absent}", but there is nothing; check the path.`,
    );
  return new Error(
    `Expected two evaluations, two runs or two experiments, but "${a}" and "${b}" are not of the same kind; see --help for ` +
      'what each is.',
  );
}

/** The page, and Plotly in `assets/` beside it. */
function writePage(file: string, names: [string, string], parts: readonly ComparedPart[]): void {
  const { comparisonHtml, writePlotlyAsset } = require('../report') as typeof import('../report');
  const { writeFileAtomically } = require('../files') as typeof import('../files');
  const { dirname, join } = require('node:path') as typeof import('node:path');
  writePlotlyAsset(join(dirname(file), 'assets'));
  writeFileAtomically(file, [comparisonHtml(names, parts)]);
}
