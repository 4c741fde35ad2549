import { MINI_SECOND_ORDER } from '../models';
import { dalipObjective } from '../training';
import type { Arm, Experiment, ExperimentReport, ReportInput } from './experiment';
import { mixingReport } from './mixingReport';
import {
  GENERAL_START,
  loadTuningData,
  PLANTMIX_GENERAL_SHARE,
  tunedOn,
  tuningProfiles,
} from './plantTuning';

/** Shares of general pictures that the law is fitted to. */
const FITTED_SHARES = [0, 0.1, 0.5, 1];
/** The share that the law has to predict before it is looked at: PlantMix-13M's own. */
const PREDICTED_SHARE = PLANTMIX_GENERAL_SHARE;

function shareArm(share: number): Arm {
  const percent = Math.round(100 * share);
  return {
    id: `general-${percent}`,
    label: `${percent} % general`,
    objective: dalipObjective,
    model: { secondOrder: MINI_SECOND_ORDER },
    ...tunedOn(share),
  };
}

/** How domain and general data are mixed: PlantMix's question at a fixed budget. */
export const dalipMixingExperiment: Experiment = {
  id: 'dalip-mixing',
  title: 'DALIP: how much general data to mix with the domain’s',
  question:
    'At a fixed budget, what does a larger share of general pictures cost on plants and bring elsewhere, and can it ' +
    'be predicted for a share that was not trained?',
  arms: [GENERAL_START, ...FITTED_SHARES.map(shareArm), shareArm(PREDICTED_SHARE)],
  onRequest: true,
  profiles: tuningProfiles(['start', 'general-0', 'general-50', 'general-100']),
  load: loadTuningData,
  report,
};

/** Every share that was tuned with, the one the law is not shown included. */
export const SHARE_ARMS = [...FITTED_SHARES, PREDICTED_SHARE].map((share) => ({
  share,
  arm: shareArm(share),
}));

function report(input: ReportInput): ExperimentReport {
  const shared = (share: number) => ({ share, arm: shareArm(share) });
  return mixingReport(input, {
    start: GENERAL_START,
    fitted: FITTED_SHARES.map(shared),
    predicted: shared(PREDICTED_SHARE),
  });
}
