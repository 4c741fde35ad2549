import { MINI_SECOND_ORDER } from '../models';
import { dalipObjective } from '../training';
import type { Arm, Experiment, ExperimentReport, ReportInput } from './experiment';
import { mixingReport, type ShareArm } from './mixingReport';
import { GENERAL_START, loadTuningData, PLANTMIX_GENERAL_SHARE, tunedOn } from './plantTuning';
import { tuningProfiles } from './profiles';

function shareArm(share: number): ShareArm {
  const percent = Math.round(100 * share);
  const arm: Arm = {
    id: `general-${percent}`,
    label: `${percent} % general`,
    objective: () => dalipObjective(),
    model: { secondOrder: MINI_SECOND_ORDER },
    ...tunedOn(share),
  };
  return { share, arm };
}

/** Shares of general pictures that the law is fitted to. */
const FITTED = [0, 0.1, 0.5, 1].map(shareArm);
/** The share that the law has to predict before it is looked at: PlantMix-13M's own. */
const PREDICTED = shareArm(PLANTMIX_GENERAL_SHARE);

/** Every share that was tuned with, the one the law is not shown included. */
export const SHARE_ARMS: readonly ShareArm[] = [...FITTED, PREDICTED];

/** How domain and general data are mixed: PlantMix's question at a fixed budget. */
export const dalipMixingExperiment: Experiment = {
  id: 'dalip-mixing',
  title: 'DALIP: how much general data to mix with the domain’s',
  question:
    'At a fixed budget, what does a larger share of general pictures cost on plants and bring elsewhere, and can it ' +
    'be predicted for a share that was not trained?',
  arms: [GENERAL_START, ...SHARE_ARMS.map(({ arm }) => arm)],
  onRequest: true,
  profiles: tuningProfiles(['start', 'general-0', 'general-50', 'general-100']),
  load: loadTuningData,
  report,
};

function report(input: ReportInput): ExperimentReport {
  return mixingReport(input, { start: GENERAL_START, fitted: FITTED, predicted: PREDICTED });
}
