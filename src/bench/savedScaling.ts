import type { ScalingPanel } from '../report';
import { SCALINGS } from './scalings';
import type { SavedBench } from './writeBench';

/**
 * The panels of `scaling.json` for `scalingFigure`, time or memory, with the slopes that arithmetic leads to expect.
 *
 * @throws where a scaling that is measured today is not among the rows
 */
export function savedScalingPanels({ measured }: SavedBench, what: 'time' | 'memory'): ScalingPanel[] {
  return SCALINGS.map(({ title, slope }) => {
    const rows = measured.rows.filter(({ task }) => task.startsWith(`${title}: `));
    if (rows.length === 0) throw new Error(`Expected rows of "${title}", found none; measure scaling anew.`);
    return {
      title,
      unit: what === 'time' ? 'milliseconds' : 'MiB of tensors',
      slope: slope[what],
      points: rows.map(({ task, seconds, peakMib }) => ({
        size: Number(task.slice(title.length + 2)),
        cost: what === 'time' ? 1000 * seconds.median : peakMib!,
      })),
    };
  });
}
