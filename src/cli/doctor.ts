import type { Command } from 'commander';
import type { Machine } from '../engine/machine';
import type { Part } from './parts';

const EXAMPLES = `
Examples:
  $ clipbook doctor
  $ clipbook doctor --json`;

/** `clipbook doctor`: what runs here, and what is missing. Its exit code is 1 only if something necessary is missing. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('show the machine, the backend, the versions, and what is missing')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json }: { json?: boolean }) => {
      const { describeMachine } = require('../engine/machine') as typeof import('../engine/machine');
      const { examineParts } = require('./parts') as typeof import('./parts');
      const [machine, parts] = [describeMachine(), await examineParts()];
      const ready = parts.every(({ status }) => status !== 'missing');
      process.stdout.write(json ? toJson(machine, parts, ready) : toText(machine, parts, ready));
      if (!ready) process.exitCode = 1;
    });
}

function toJson(machine: Machine, parts: Part[], ready: boolean): string {
  return `${JSON.stringify({ ready, machine, parts }, null, 2)}\n`;
}

const MARKS: Record<Part['status'], string> = { ok: '✓', absent: '–', missing: '✗' };

/** No lines between the rows. */
const WITHOUT_RULES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** The table a person reads, then what to run for each part that is not there, then the verdict. */
export function toText(machine: Machine, parts: Part[], ready: boolean): string {
  const Table = require('cli-table3') as typeof import('cli-table3');
  const table = new Table({ style: { head: [], border: [] }, chars: WITHOUT_RULES });
  table.push(...rowsOf(machine), ...parts.map(({ name, status, found }) => [MARKS[status], name, found]));
  const remedies = parts.flatMap(({ name, remedy }) => (remedy ? [`${name}: ${remedy}`] : []));
  return [
    table.toString(),
    ...remedies,
    ready ? 'clipbook is ready.' : 'clipbook cannot run yet: see ✗ above.',
    '',
  ].join('\n');
}

function rowsOf({ system, cpu, cores, features, memory, gpus }: Machine): string[][] {
  return [
    ['', 'system', system],
    ['', 'CPU', `${cpu}, ${cores} cores`],
    ['', 'CPU features', features.join(' ') || 'none of those known'],
    ['', 'memory', `${memory.total} GiB, ${memory.free} GiB free`],
    ['', 'GPU', gpus.join(', ') || 'none'],
  ];
}
