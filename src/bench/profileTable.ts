import type { Row, Table } from '../report';
import { groupedCosts } from './operationGroups';
import type { StepProfile } from './profile';

/** How many operations of a group are named. */
const NAMED = 4;

/** A step's processor time by what it goes to, and what that is of what the machine can do. */
export function profileTable(profile: StepProfile): Table {
  const { model, batch, precision, textTokens, stepCpuMs, stepWallMs, machine, products, peak } = profile;
  const groups = groupedCosts(profile.operations);
  const inside = groups.reduce((sum, { cost }) => sum + cost.cpuMs, 0);
  const rows = groups.map(({ group, cost }) => rowOf(group, cost.cpuMs, stepCpuMs, cost.calls));
  const others = groups.map(
    ({ group, operations }) =>
      `${group}: ${operations.slice(0, NAMED).join(', ')}${operations.length > NAMED ? ', …' : ''}`,
  );
  const inProducts = groups.find(({ group }) => group === 'matrix products')?.cost.cpuMs ?? Number.NaN;
  return {
    id: 'profile',
    title: `Where a training step of ${model} goes`,
    labelTitle: 'Operations',
    unit: 'processor time of all threads',
    columns: [
      { id: 'ms', title: 'ms', digits: 0 },
      { id: 'share', title: '% of the step' },
      { id: 'calls', title: 'calls', digits: 0 },
    ],
    sections: [
      {
        origin: 'measured',
        title: `${model}, ${precision}, batch ${batch}, texts of ${textTokens} tokens at most`,
        source: machine,
        rows: [
          ...rows,
          rowOf('outside of operations', Math.max(0, stepCpuMs - inside), stepCpuMs),
          rowOf('the step', stepCpuMs, stepCpuMs),
        ],
      },
    ],
    footnotes: [
      peakNote(products, peak, inProducts, stepCpuMs),
      `By the clock ${Math.round(stepWallMs)} ms.`,
      `${others.join('; ')}.`,
    ],
  };
}

function rowOf(label: string, ms: number, stepMs: number, calls?: number): Row {
  const cells = { ms: { value: ms }, share: { value: (100 * ms) / stepMs } };
  return { label, cells: calls === undefined ? cells : { ...cells, calls: { value: calls } } };
}

/** What the limit is. */
export function peakNote(products: number, peak: number, productsMs: number, stepMs: number): string {
  const share = (ms: number) => `${Math.round((100 * products) / (ms / 1000) / peak)} %`;
  return (
    `Large matrix products do ${(peak / 1e9).toFixed(0)} GFLOP in a second of processor time here. The step's linear layers are ` +
    `${(products / 1e9).toFixed(1)} GFLOP: ${share(productsMs)} of that peak while they run, ${share(stepMs)} over the step.`
  );
}
