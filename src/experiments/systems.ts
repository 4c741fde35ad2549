import { loadAlipData } from './alipData';
import type { Experiment } from './experiment';
import { ablationProfiles } from './profiles';
import { SYSTEM_ARMS } from './systemsArms';
import { systemsReport } from './systemsReport';

/** The rows of ALIP's tables, trained on the same pairs, each beside a control that has its cost and not its idea. */
export const systemsExperiment: Experiment = {
  id: 'alip-systems',
  title: 'ALIP’s comparison systems, measured',
  question:
    'SLIP, FILIP, DeCLIP, DeFILIP, UniCLIP, HiCLIP, HiDeCLIP and ALIP on the same pairs: what does each cost, what does it ' +
    'bring, and is it the idea that brings it?',
  arms: SYSTEM_ARMS.map(({ arm }) => arm),
  onRequest: true,
  profiles: ablationProfiles(['clip', 'slip', 'filip', 'defilip', 'uniclip', 'hideclip'], 240),
  load: loadAlipData,
  report: systemsReport,
};
