import {
  columnsOfTasks,
  footnotesOf,
  GENERAL_COLUMNS,
  type MeasuredResults,
  meanScores,
  measuredSection,
  PLANT_COLUMNS,
  type Table,
} from '../report';
import type { ReportInput } from './experiment';
import { measuredResults, type ScoredArm, taskCounts, taskRows } from './report';

/** The three numbers an ablation on domain data is read by. */
export type DomainColumn = 'Plant' | 'General' | 'Control';

const MEANS = { Plant: PLANT_COLUMNS, General: GENERAL_COLUMNS };

/** The plant columns with their mean, the mean of the general columns, and the task that differs in second order only. */
export function domainTable(
  input: ReportInput,
  rows: readonly ScoredArm[],
  { id, title }: Pick<Table, 'id' | 'title'>,
): Table {
  const results = resultsOf(input, rows);
  const section = measuredSection(results, MEANS);
  const headings = { ...section.headings, General: 'General mini', Plant: 'Plant mini' };
  const plants = [...PLANT_COLUMNS, 'Plant'].map((column) => ({ id: column, title: column, group: 'Plant' }));
  return {
    id,
    title,
    labelTitle: 'What is matched',
    unit: 'top-1 accuracy, %',
    columns: [
      ...plants,
      { id: 'General', title: 'General', group: 'General' },
      { id: 'Control', title: 'Control', group: 'Second order only' },
    ],
    sections: [{ ...section, headings }],
    footnotes: footnotesOf([results]),
  };
}

/** A row's shares in [0, 1], one for each seed. */
export function domainScores(
  input: Pick<ReportInput, 'data'>,
  row: ScoredArm,
  column: DomainColumn,
): number[] {
  if (column === 'Control') return controlScores(input, row);
  const [{ scores }] = taskRows([row], input.data);
  return meanScores(scores, MEANS[column])!;
}

function controlScores({ data }: Pick<ReportInput, 'data'>, { measurements }: ScoredArm): number[] {
  const { id } = controlTask(data);
  return measurements.map(({ tasks }) => tasks[id].top1);
}

function controlTask({ tasks }: ReportInput['data']) {
  const control = tasks.find(({ group }) => group === 'control');
  if (!control)
    throw new Error('Expected the control task among the experiment’s tasks; load the herbarium.');
  return control;
}

function resultsOf(input: ReportInput, rows: readonly ScoredArm[]): MeasuredResults {
  const counts = taskCounts(input.runs);
  const { id, title, classes } = controlTask(input.data);
  const control = {
    heading: 'Control',
    description: `${title}, ${classes.length} classes`,
    count: counts[id],
    chance: 1 / classes.length,
  };
  return measuredResults(input, 'pictograms and herbarium', {
    columns: { ...columnsOfTasks(input.data.tasks, counts), Control: control },
    rows: taskRows(rows, input.data).map(({ label, scores }, i) => ({
      label,
      scores: { ...scores, Control: controlScores(input, rows[i]) },
    })),
  });
}
