import type { GateOptions } from '../losses';
import { type AlipOptions, alipObjective, clipObjective, type Objective } from '../training';
import { captionOf, noisyTexts, unspoiledTexts } from './alipData';
import type { Arm } from './experiment';
import { gateObserver } from './gateObserver';

/** Shares of spoiled raw texts that every way to train is tried under. */
export const NOISE_RATES = [0, 0.3, 0.6] as const;
/** The share under which single choices of the gates are changed. */
export const CHOICE_RATE = 0.3;

/** A way to train at one noise rate. */
export interface NoisyArm {
  way: Way;
  rate: number;
  arm: Arm;
}

/** A way to train, whatever the noise. */
export interface Way {
  id: string;
  label: string;
  objective: () => Objective;
  settings?: Record<string, unknown>;
  /** Which texts, where they are not the spoiled ones and the captions. */
  texts?: (rate: number) => NonNullable<Arm['texts']>;
  /** At which shares of spoiled texts it is tried; absent: all. */
  rates?: readonly number[];
  /** Do we look at what its gates see, or would see? */
  observed?: boolean;
}

const gated = (id: string, label: string, gates: GateOptions = {}, changes: AlipOptions = {}): Way => ({
  id,
  label,
  objective: () => alipObjective({ historyStart: 'firstBatch', gates, ...changes }),
  settings: { gates, ...changes },
});

/**
 * What knowing the spoiled texts would bring: the caption is read in their place. Added after the first results, so that
 * no claim was written down for it.
 */
const ORACLE: Way = {
  id: 'oracle',
  label: 'Spoiled texts replaced by the caption',
  objective: () => alipObjective({ gated: false }),
  texts: unspoiledTexts,
  rates: [0.6],
};

/** What is trained on, and which gates weigh it. */
export const WAYS: readonly Way[] = [
  { id: 'raw', label: 'Raw text only', objective: clipObjective, rates: [0.3, 0.6] },
  {
    id: 'both',
    label: 'Both texts, no gates',
    objective: () => alipObjective({ gated: false }),
    observed: true,
  },
  { ...gated('sample', 'Sample gate', { use: ['sample'] }), rates: [0.3] },
  { ...gated('pair', 'Pair gates', { use: ['imageText', 'imageCaption'] }), rates: [0.3] },
  { ...gated('alip', 'All gates (ALIP)'), observed: true },
  { ...gated('shuffled', 'Weights shuffled', { placebo: 'shuffled' }), rates: [0.3, 0.6] },
  { ...gated('rescaled', 'Weights rescaled to mean 1', { placebo: 'rescaled' }), rates: [0.3, 0.6] },
  ORACLE,
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

/** Every way at its rates. */
export const WAY_ARMS: readonly NoisyArm[] = NOISE_RATES.flatMap((rate) =>
  WAYS.filter(({ rates }) => rates?.includes(rate) ?? true).map((way) => noisyArm(way, rate)),
);
export const CHOICE_ARMS: readonly NoisyArm[] = CHOICES.map((way) => noisyArm(way, CHOICE_RATE));

function noisyArm(way: Way, rate: number): NoisyArm {
  const { id, label, objective, settings, texts = noisyTexts, observed } = way;
  const percent = Math.round(100 * rate);
  return {
    way,
    rate,
    arm: {
      id: `${id}-${percent}`,
      label: `${label}, ${percent} % noise`,
      objective,
      texts: texts(rate),
      observer: observed ? gateObserver(rate) : undefined,
      settings: { noise: rate, ...settings },
    },
  };
}
