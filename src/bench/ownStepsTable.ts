import { machineKind } from '../engine/machine';
import type { Table } from '../report';
import type { OwnStepCost } from './ownSteps';

/** Steps of clipbook beside each other, see `timeOwnSteps`: what they cost, and whether they compute the same. */
export function ownStepsTable(title: string, costs: readonly OwnStepCost[]): Table {
  return {
    id: 'own-steps',
    title,
    labelTitle: 'Step',
    unit: 'medians',
    columns: [
      { id: 'ms', title: 'processor ms', digits: 0 },
      { id: 'ratio', title: 'first is … times that', digits: 2 },
      { id: 'range', title: 'by round' },
      { id: 'memory', title: 'peak MiB', digits: 0 },
      { id: 'loss', title: 'first loss', digits: 5 },
    ],
    sections: [
      {
        origin: 'measured',
        title: machineKind(),
        source: 'in turn, a process each, with whatever else ran',
        rows: costs.map(({ name, cpuSeconds, ratio, peakMib, loss }) => ({
          label: name,
          cells: {
            ms: { value: 1000 * cpuSeconds.median },
            ratio: { value: ratio.median },
            range: { value: ratio.median, text: `${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}` },
            memory: { value: peakMib },
            loss: { value: loss },
          },
        })),
      },
    ],
    footnotes: [],
  };
}
