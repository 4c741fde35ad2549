import type { Cell, Table } from '../report';
import type { SpeedRow } from './results';
import type { Range } from './rounds';
import type { SavedBench } from './writeBench';

/** What was measured side by side: a section for clipbook and each peer would part what belongs together, so rows name both. */
export function benchTable(name: string, { machine, rounds, threads, measured }: SavedBench): Table {
  const { title, unit, rows, notes = [], agreement } = measured;
  const differences = Object.entries(agreement ?? {}).map(([task, value]) => `${task}: ${value}`);
  const compared =
    differences.length > 0 ? [`Largest differences between the results. ${differences.join('; ')}.`] : [];
  return {
    id: `bench-${name}`,
    title,
    labelTitle: 'Task',
    unit: unit ? `${unit} a second` : 'seconds',
    columns: [
      { id: 'by', title: 'by' },
      { id: 'speed', title: unit ? `${unit}/s` : 'seconds', digits: 2 },
      { id: 'range', title: 'range' },
      { id: 'ratio', title: measured.ratio ?? 'clipbook is … times as fast', digits: 2 },
      { id: 'ratioRange', title: 'by round' },
      { id: 'memory', title: measured.memory ?? 'peak MiB', digits: 0 },
    ],
    sections: [
      {
        origin: 'measured',
        title: machine,
        source: `medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds in turn'}, ${threads} threads`,
        rows: rows.map((row) => ({ label: row.task, cells: cellsOf(row, unit !== undefined) })),
      },
    ],
    footnotes: [...notes, ...compared],
  };
}

function cellsOf(row: SpeedRow, isRate: boolean): Record<string, Cell> {
  const speed = isRate ? row.perSecond! : row.seconds;
  const { ratio, peakMib } = row;
  return {
    by: { value: 0, text: row.by },
    speed: { value: speed.median, text: short(speed.median) },
    range: rangeCell(speed),
    ...(ratio && {
      ratio: { value: ratio.median },
      ratioRange: rangeCell(ratio),
    }),
    ...(typeof peakMib === 'number' && { memory: { value: peakMib } }),
  };
}

/** Empty where there was one round only. */
function rangeCell({ median, low, high }: Range): Cell {
  return low === high ? { value: null } : { value: median, text: `${short(low)}–${short(high)}` };
}

/** Three significant digits, without an exponent. */
const short = (value: number) => String(Number(value.toPrecision(3)));
