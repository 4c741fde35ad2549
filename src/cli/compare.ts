import type { Command } from 'commander';
import type { ComparedResults, Comparison } from '../benchmarking';

const HELP = `
A and B are folders that "clipbook evaluate" wrote, or their results.json. Results of the same set, protocol and model are held
against each other; where each has one model, that model, whatever its name.

For each, what decided the numbers and is not the same: weights, architecture, preparation of pictures, class names, templates,
split, pictures, files, settings. Then each metric, shares in per cent, and the difference B − A with its 95 % interval where both judged
the same pictures: paired, picture by picture.

Examples:
  $ clipbook compare results/evaluate/mine results/evaluate/theirs
  $ clipbook compare a/results.json b/results.json --json`;

/** `clipbook compare`: why two evaluations disagree. */
export function register(program: Command): void {
  program
    .command('compare')
    .description('say in what two evaluations differ, and by how much')
    .argument('<a>', 'a folder or results.json')
    .argument('<b>', 'another')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(compare);
}

function compare(a: string, b: string, { json }: { json?: boolean }): void {
  const { compareEvaluations, readEvaluation } =
    require('../benchmarking') as typeof import('../benchmarking');
  const comparison = compareEvaluations(readEvaluation(a), readEvaluation(b));
  console.log(json ? JSON.stringify(comparison) : describe(comparison));
}

function describe({ compared, onlyFirst, onlySecond }: Comparison): string {
  const only = (which: string, names: string[]) =>
    names.length > 0 ? [`Only in the ${which}: ${names.join('; ')}.`] : [];
  return [...compared.map(describeResults), ...only('first', onlyFirst), ...only('second', onlySecond)].join(
    '\n\n',
  );
}

function describeResults({ benchmark, protocol, models, differences, metrics }: ComparedResults): string {
  const { formatMetric, metricTitle } = require('../benchmarking') as typeof import('../benchmarking');
  const Table = require('cli-table3') as typeof import('cli-table3');
  const table = new Table({
    head: ['', 'A', 'B', 'B − A'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const metric of metrics) {
    const { name, first, second, difference, interval } = metric;
    const show = (value: number) => formatMetric(name, value);
    const signed = (value: number) => (value < 0 ? show(value).replace('-', '−') : `+${show(value)}`);
    const range = interval ? ` (${signed(interval.low)} to ${signed(interval.high)})` : '';
    table.push([metricTitle(name), show(first), show(second), signed(difference) + range]);
  }
  const names = models[0] === models[1] ? models[0] : models.join(' and ');
  return [
    `${benchmark}, ${protocol}: ${names}`,
    ...(differences.length > 0
      ? differences.map(({ how }) => `  ${how}`)
      : ['  Everything that decides the numbers is the same.']),
    table.toString(),
  ].join('\n');
}
