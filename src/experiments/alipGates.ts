import type { GateOptions } from '../losses';
import { QUICK_MODEL } from '../models';
import { type AlipOptions, alipObjective, clipObjective, type Objective } from '../training';
import { captionOf, loadAlipData, noisyTexts } from './alipData';
import { gatesReport } from './alipGatesReport';
import type { Arm, Experiment, Profile } from './experiment';
import { gateObserver } from './gateObserver';

/** Shares of spoiled raw texts that every way to train is tried under. */
export const NOISE_RATES = [0, 0.3, 0.6] as const;
/** The share under which single choices of the gates are changed. */
export const CHOICE_RATE = 0.3;

/** A way to train at one noise rate. */
export interface NoisyArm {
  /** The way, the same at every rate. */
  way: string;
  rate: number;
  arm: Arm;
}

interface Way {
  id: string;
  label: string;
  objective: () => Objective;
  settings?: Record<string, unknown>;
  observed?: boolean;
}

const gated = (id: string, label: string, gates: GateOptions = {}, changes: AlipOptions = {}): Way => ({
  id,
  label,
  objective: () => alipObjective({ historyStart: 'firstBatch', gates, ...changes }),
  settings: { gates, ...changes },
});

/** What is trained on, and which gates weigh it. */
const WAYS: readonly Way[] = [
  { id: 'raw', label: 'Raw text only', objective: clipObjective },
  {
    id: 'both',
    label: 'Both texts, no gates',
    objective: () => alipObjective({ gated: false }),
    observed: true,
  },
  gated('sample', 'Sample gate', { use: ['sample'] }),
  gated('pair', 'Pair gates', { use: ['imageText', 'imageCaption'] }),
  { ...gated('alip', 'All gates (ALIP)'), observed: true },
  gated('shuffled', 'Weights shuffled', { placebo: 'shuffled' }),
  gated('rescaled', 'Weights rescaled to mean 1', { placebo: 'rescaled' }),
];

/** One choice of ALIP's gates changed at a time. */
const CHOICES: readonly Way[] = [
  { ...gated('history-one', 'history starts at 1', {}, { historyStart: 'one' }), observed: true },
  gated('momentum-90', 'momentum 0.9', { momentum: 0.9 }),
  gated('gamma-1', 'γ = 1', { gammaSample: 1, gammaPair: 1 }),
  gated('gamma-4', 'γ = 4', { gammaSample: 4, gammaPair: 4 }),
  gated('threshold', 'hard threshold', { shape: 'threshold' }),
  gated('every-sample', 'pair gates for every sample', { pairSwitch: 'everySample' }),
];

/** Captions only, which no noise touches. */
export const CAPTION_ARM: Arm = {
  id: 'caption',
  label: 'Caption only',
  objective: clipObjective,
  texts: (data) => ({ textOf: (index) => captionOf(data, index) }),
};

/** Every way at every rate. */
export const WAY_ARMS: readonly NoisyArm[] = NOISE_RATES.flatMap((rate) =>
  WAYS.map((way) => noisyArm(way, rate)),
);
export const CHOICE_ARMS: readonly NoisyArm[] = CHOICES.map((way) => noisyArm(way, CHOICE_RATE));

function noisyArm({ id, label, objective, settings, observed }: Way, rate: number): NoisyArm {
  const percent = Math.round(100 * rate);
  return {
    way: id,
    rate,
    arm: {
      id: `${id}-${percent}`,
      label: `${label}, ${percent} % noise`,
      objective,
      texts: noisyTexts(rate),
      observer: observed ? gateObserver(rate) : undefined,
      settings: { noise: rate, ...settings },
    },
  };
}

const RECIPE = { batchSize: 128, learningRate: 1e-3, weightDecay: 0.2, clipNorm: 1 };

const profile = (steps: number, warmupSteps: number): Omit<Profile, 'seeds'> => ({
  model: QUICK_MODEL,
  recipe: { ...RECIPE, steps, warmupSteps },
});

/** What ALIP's gates do, one by one, against the noise they are made for. */
export const alipGatesExperiment: Experiment = {
  id: 'alip-gates',
  title: 'ALIP: what the gates find and what they bring',
  question:
    'Do the gates find texts that were spoiled on purpose, does weighing by them help beyond the clean caption, and is ' +
    'it the choice of samples or only a smaller step?',
  arms: [CAPTION_ARM, ...[...WAY_ARMS, ...CHOICE_ARMS].map(({ arm }) => arm)],
  onRequest: true,
  profiles: {
    quick: { ...profile(40, 10), seeds: [0], arms: ['both-30', 'alip-30', 'shuffled-30'] },
    mini: { ...profile(300, 40), seeds: [0, 1, 2] },
  },
  load: loadAlipData,
  report: gatesReport,
};
