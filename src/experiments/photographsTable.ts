import { footnotesOf, type MeasuredColumn, measuredSection, type Table } from '../report';
import type { Arm, ReportInput, RunSummary } from './experiment';
import { measuredResults, scoredArms, taskCounts } from './report';

/** An arm under one scoring: `<task> zero-shot` and `<task> linear probe` → shares, one for each seed. */
export interface PhotographRow {
  label: string;
  scores: Record<string, number[]>;
}

/** Every arm under every scoring, with both protocols of each task. */
export function photographRows(arms: readonly Arm[], { runs, data }: ReportInput): PhotographRow[] {
  return scoredArms(arms, runs).map(({ label, measurements }) => ({
    label,
    scores: Object.fromEntries(
      data.tasks.flatMap(({ id }) => [
        [`${id} zero-shot`, measurements.map(({ tasks }) => tasks[id].top1)],
        ...(isProbed(id, runs)
          ? [[`${id} linear probe`, measurements.map(({ probes }) => probes![id].top1)]]
          : []),
      ]),
    ),
  }));
}

/** Zero-shot beside the linear probe, task by task. */
export function photographsTable(input: ReportInput, rows: readonly PhotographRow[]): Table {
  const counts = taskCounts(input.runs);
  const columns = input.data.tasks.flatMap(({ id, title, classes }) =>
    protocolsOf(id, input.runs).map((protocol) => {
      const column: MeasuredColumn = {
        heading: `${title}, ${protocol}`,
        description: `${classes.length} classes, ${protocol}`,
        count: counts[id],
        chance: 1 / classes.length,
      };
      return { id: `${id} ${protocol}`, title: protocol, group: title, column };
    }),
  );
  const results = measuredResults(input, 'drawings, then flower_photos and Grocery Store photographs', {
    columns: Object.fromEntries(columns.map(({ id, column }) => [id, column])),
    rows: [...rows],
  });
  const section = measuredSection(results, {});
  return {
    id: 'photographs',
    title: 'Zero-shot and linear probe on photographs',
    labelTitle: 'Model',
    unit: 'top-1 accuracy, %',
    columns: columns.map(({ id, title, group }) => ({ id, title, group })),
    sections: [{ ...section, headings: {} }],
    footnotes: footnotesOf([results]),
  };
}

function protocolsOf(task: string, runs: readonly RunSummary[]): string[] {
  return isProbed(task, runs) ? ['zero-shot', 'linear probe'] : ['zero-shot'];
}

function isProbed(task: string, runs: readonly RunSummary[]): boolean {
  const [first] = Object.values(runs[0].scores);
  return first.probes?.[task] !== undefined;
}
