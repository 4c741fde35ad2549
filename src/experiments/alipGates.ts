import { loadAlipData } from './alipData';
import { CAPTION_ARM, CHOICE_ARMS, WAY_ARMS } from './alipGatesArms';
import { gatesReport } from './alipGatesReport';
import type { Experiment } from './experiment';
import { ablationProfiles } from './profiles';

/** What ALIP's gates do, one by one, against the noise they are made for. */
export const alipGatesExperiment: Experiment = {
  id: 'alip-gates',
  title: 'ALIP: what the gates find and what they bring',
  question:
    'Do the gates find texts that were spoiled on purpose, does weighing by them help beyond the clean caption, and is ' +
    'it the choice of samples or only a smaller step?',
  arms: [CAPTION_ARM, ...[...WAY_ARMS, ...CHOICE_ARMS].map(({ arm }) => arm)],
  onRequest: true,
  profiles: ablationProfiles(['both-30', 'alip-30', 'shuffled-30']),
  load: loadAlipData,
  report: gatesReport,
};
