import { PLAIN_VIEW, STRONG_VIEW } from '../data';
import type { ClipConfig } from '../models';
import {
  alipObjective,
  clipObjective,
  DEFILIP_WEIGHTS,
  declipObjective,
  filipObjective,
  manySightsObjective,
  SMALL_SIZES,
  slipObjective,
  uniclipObjective,
  withDeclipHeads,
  withDefilipHeads,
  withGrouping,
  withSimclr,
  withTokenMaps,
  withUniclipHeads,
  withWiderBlocks,
} from '../training';
import { alignmentObserver } from './alignmentObserver';
import { noisyTexts } from './alipData';
import type { Arm } from './experiment';
import { hierarchyObserver } from './hierarchyObserver';
import { systemsObserver } from './systemsObserver';

/** Share of the raw texts that are spoiled, as in ALIP's table. */
export const SYSTEMS_NOISE = 0.3;

/** An arm, and what a table says of it. */
export interface SystemArm {
  arm: Arm;
  /** What it stands beside in figures. */
  family: string;
  /** The arm it is judged against: the same cost, sights or parameters without its idea. */
  control?: string;
  /** Its row in ALIP's published tables; absent for controls. */
  published?: string;
  /** Passes of a pair through the image tower and the text tower. */
  passes: [images: number, texts: number];
}

const { simclr, tokens, queue: queueSize } = SMALL_SIZES;

const declip = ({ embedDim }: ClipConfig) => declipObjective({ embedDim, queueSize });
const grouped = (base: ClipConfig) => withGrouping(base);

const SYSTEMS: readonly (Omit<SystemArm, 'arm'> &
  Pick<Arm, 'id' | 'label' | 'objective' | 'model' | 'scorings' | 'observer'>)[] = [
  { id: 'clip', label: 'CLIP', family: 'CLIP', published: 'CLIP', passes: [1, 1], objective: clipObjective },
  {
    id: 'slip',
    label: 'SLIP',
    family: 'SLIP',
    published: 'SLIP',
    control: 'three-crops',
    passes: [3, 1],
    model: (base) => withSimclr(base, simclr),
    objective: () => slipObjective(),
  },
  {
    id: 'three-crops',
    label: 'CLIP on three crops',
    family: 'SLIP',
    passes: [3, 1],
    objective: () => manySightsObjective({ views: [PLAIN_VIEW, PLAIN_VIEW], withPlain: true }),
  },
  {
    id: 'filip',
    label: 'FILIP',
    family: 'FILIP',
    published: 'FILIP',
    control: 'mean-tokens',
    passes: [1, 1],
    model: (base) => withTokenMaps(base, tokens),
    objective: () => filipObjective(),
    scorings: ['tokens'],
    observer: alignmentObserver,
  },
  {
    id: 'mean-tokens',
    label: 'CLIP on mean tokens',
    family: 'FILIP',
    passes: [1, 1],
    model: (base) => ({ ...base, pooling: 'mean' }),
    objective: clipObjective,
  },
  {
    id: 'declip',
    label: 'DeCLIP',
    family: 'DeCLIP',
    published: 'DeCLIP',
    control: 'multi-view',
    passes: [2, 2],
    model: (base) => withDeclipHeads(base, SMALL_SIZES),
    objective: declip,
  },
  {
    id: 'multi-view',
    label: 'CLIP, two sights and wordings',
    family: 'DeCLIP',
    passes: [2, 2],
    objective: () => manySightsObjective({ views: [STRONG_VIEW, STRONG_VIEW], edited: true }),
  },
  {
    id: 'defilip',
    label: 'DeFILIP',
    family: 'DeCLIP',
    published: 'DeFILIP',
    control: 'declip',
    passes: [2, 2],
    model: (base) => withDefilipHeads(base, SMALL_SIZES, tokens),
    objective: ({ embedDim }) =>
      declipObjective({ name: 'DeFILIP', weights: DEFILIP_WEIGHTS, embedDim, queueSize }),
  },
  {
    id: 'uniclip',
    label: 'UniCLIP-style',
    family: 'UniCLIP',
    published: 'UniCLIP',
    control: 'two-sights',
    passes: [2, 1],
    model: (base) => withUniclipHeads(base),
    objective: () => uniclipObjective(),
  },
  {
    id: 'uniclip-shuffled',
    label: 'UniCLIP-style, told of another’s augmentation',
    family: 'UniCLIP',
    control: 'two-sights',
    passes: [2, 1],
    model: (base) => withUniclipHeads(base),
    objective: () => uniclipObjective({ augmentation: 'shuffled' }),
  },
  {
    id: 'two-sights',
    label: 'CLIP on two strong sights',
    family: 'UniCLIP',
    passes: [2, 1],
    objective: () => manySightsObjective({ views: [STRONG_VIEW, STRONG_VIEW] }),
  },
  {
    id: 'hiclip',
    label: 'HiCLIP-style',
    family: 'HiCLIP',
    published: 'HiCLIP',
    control: 'distance',
    passes: [1, 1],
    model: grouped,
    observer: hierarchyObserver,
    objective: clipObjective,
  },
  {
    id: 'distance',
    label: 'CLIP, attention fades with distance',
    family: 'HiCLIP',
    control: 'clip',
    passes: [1, 1],
    model: (base) => withGrouping(base, { links: 'distance' }),
    objective: clipObjective,
  },
  {
    id: 'wider',
    label: 'CLIP, HiCLIP’s parameters as width',
    family: 'HiCLIP',
    control: 'clip',
    passes: [1, 1],
    model: withWiderBlocks,
    objective: clipObjective,
  },
  {
    id: 'hideclip',
    label: 'HiDeCLIP-style',
    family: 'HiCLIP',
    published: 'HiDeCLIP',
    control: 'declip',
    passes: [2, 2],
    model: (base) => withDeclipHeads(grouped(base), SMALL_SIZES),
    objective: declip,
  },
  {
    id: 'alip',
    label: 'ALIP',
    family: 'ALIP',
    published: 'ALIP',
    control: 'both-texts',
    passes: [1, 2],
    objective: () => alipObjective({ historyStart: 'firstBatch' }),
  },
  {
    id: 'both-texts',
    label: 'CLIP on raw texts and captions',
    family: 'ALIP',
    passes: [1, 2],
    objective: () => alipObjective({ gated: false }),
  },
];

/** The systems of ALIP's tables, each with its control, in the order of the tables. */
export const SYSTEM_ARMS: readonly SystemArm[] = SYSTEMS.map(
  ({ id, label, objective, model, scorings, observer = systemsObserver, ...about }) => ({
    ...about,
    arm: {
      id,
      label,
      objective,
      model,
      scorings,
      texts: noisyTexts(SYSTEMS_NOISE),
      observer,
      settings: { noise: SYSTEMS_NOISE },
    },
  }),
);

/** @throws when there is none of this id */
export function systemArm(id: string): SystemArm {
  const found = SYSTEM_ARMS.find(({ arm }) => arm.id === id);
  if (!found)
    throw new Error(
      `There is no system "${id}"; there are ${SYSTEM_ARMS.map(({ arm }) => arm.id).join(', ')}.`,
    );
  return found;
}
