import { alipGatesExperiment } from './alipGates';
import { alipTableExperiment } from './alipTable';
import { dalipMixingExperiment } from './dalipMixing';
import { dalipStatisticsExperiment } from './dalipStatistics';
import { dalipTableExperiment } from './dalipTable';
import type { Experiment } from './experiment';
import { photographsExperiment } from './photographs';
import { precisionExperiment } from './precision';
import { systemsExperiment } from './systems';

export type { AlignmentObservation } from './alignmentObserver';
export { spoiledTexts } from './alipData';
export { alipGatesExperiment } from './alipGates';
export { CHOICE_ARMS, WAY_ARMS } from './alipGatesArms';
export * from './alipPaper';
export { dalipMixingExperiment, SHARE_ARMS } from './dalipMixing';
export * from './dalipPaper';
export { dalipStatisticsExperiment } from './dalipStatistics';
export * from './experiment';
export * from './finishedReport';
export * from './gateDetection';
export * from './gatesPredictions';
export type { HierarchyObservation } from './hierarchyObserver';
export { mixingPoints } from './mixingReport';
export { observedAtEnd, observedMoments } from './observedRuns';
export { PLANTMIX_GENERAL_SHARE } from './plantTuning';
export * from './presetOrigins';
export * from './report';
export * from './runArm';
export * from './runExperiment';
export * from './statisticsPredictions';
export { systemsExperiment } from './systems';
export * from './systemsArms';
export type { SystemObservation } from './systemsObserver';
export * from './systemsPredictions';
export * from './trainingPresets';

/** All experiments, in the order they are run. */
export const EXPERIMENTS: readonly Experiment[] = [
  dalipTableExperiment,
  alipTableExperiment,
  dalipStatisticsExperiment,
  dalipMixingExperiment,
  alipGatesExperiment,
  systemsExperiment,
  precisionExperiment,
  photographsExperiment,
];

/** @throws when no experiment has this id, naming those there are */
export function findExperiment(id: string): Experiment {
  const found = EXPERIMENTS.find((experiment) => experiment.id === id);
  if (found) return found;
  throw new Error(`There is no experiment "${id}"; there are ${listed(EXPERIMENTS.map((e) => e.id))}.`);
}

/** `a, b and c` */
function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
