import { alipTableExperiment } from './alipTable';
import { dalipMixingExperiment } from './dalipMixing';
import { dalipStatisticsExperiment } from './dalipStatistics';
import { dalipTableExperiment } from './dalipTable';
import type { Experiment } from './experiment';

export * from './experiment';
export * from './report';
export * from './runArm';
export * from './runExperiment';

/** All experiments, in the order they are run. */
export const EXPERIMENTS: readonly Experiment[] = [
  dalipTableExperiment,
  alipTableExperiment,
  dalipStatisticsExperiment,
  dalipMixingExperiment,
];

/** @throws when no experiment has this id, naming those there are */
export function findExperiment(id: string): Experiment {
  const found = EXPERIMENTS.find((experiment) => experiment.id === id);
  if (found) return found;
  throw new Error(`There is no experiment "${id}"; there are ${EXPERIMENTS.map((e) => e.id).join(' and ')}.`);
}
