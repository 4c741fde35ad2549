import { ALIP_GATES } from '../losses';
import { VIT_B_32 } from '../models';
import type { Origin, TrainingPreset } from './presetOrigins';

const RANKS = 8;
const RANK_BATCH = 512;
const PAIRS = 15_061_515;
const EPOCHS = 32;

/** Each rank's share of an epoch is rounded up to whole batches. */
const STEPS_PER_EPOCH = Math.floor(PAIRS / RANKS / RANK_BATCH) + 1;

type PresetData = TrainingPreset['settings']['data'];

const data: PresetData = {
  stream: true,
  cropScale: [0.7, 1],
  cropAspect: [0.8, 1.25],
  cropAttempts: 100,
  flip: 0.5,
  shuffleBuffer: 16_384,
};

const shared = {
  model: VIT_B_32,
  recipe: {
    steps: EPOCHS * STEPS_PER_EPOCH,
    batchSize: RANKS * RANK_BATCH,
    learningRate: 1e-3,
    schedule: 'oneCycle',
    cycleMomentum: true,
    weightDecay: 0.2,
    decayed: 'all',
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    clipNorm: 1,
    recompute: true,
    chunk: RANK_BATCH,
    seed: 0,
  },
  checkpointEvery: 1000,
  logEvery: 50,
} satisfies Partial<TrainingPreset['settings']>;

const BASIS =
  'The official code is deepglint/ALIP of 2023-08-22: train.py, dali.py and scripts/train_yfcc15m_B32_ALIP.sh.';

const SHARED_ORIGINS: readonly Origin[] = [
  { place: 'model.embedDim', from: 'official code', reason: 'its ViT-B-32, which is open_clip’s' },
  {
    place: 'model.vision',
    from: 'official code',
    reason: 'its ViT-B-32, with the exact GELU; the paper says ViT-B/32',
  },
  {
    place: 'model.text',
    from: 'official code',
    reason: '77 tokens; one tower for raw texts and captions',
  },
  {
    place: 'start',
    from: 'official code',
    reason:
      'none: from random parameters, each tensor drawn from the same distribution as there (compared at full size)',
  },
  {
    place: 'logit_scale',
    from: 'official code',
    reason: 'from ln(1/0.07), kept within 0 and ln 100 after each step',
  },
  {
    place: 'data.shards',
    from: 'paper',
    reason: 'YFCC15M with a caption by OFA-base for each picture, which this repository does not have',
  },
  { place: 'data.stream', from: 'ours', reason: '15M pictures do not fit in memory' },
  { place: 'data.cropScale', from: 'official code', reason: '`random_area` of the decoder in dali.py' },
  {
    place: 'data.cropAspect',
    from: 'official code',
    reason: '`random_aspect_ratio` there; DALI, too, draws it evenly in its logarithm',
  },
  {
    place: 'data.cropAttempts',
    from: 'official code',
    reason:
      '`num_attempts` there. Where none fits, both take the largest crop: DALI at random along the longer side, we from ' +
      'the middle. We scale crops by bicubic interpolation, the code by linear',
  },
  { place: 'data.flip', from: 'official code', reason: '`coin_flip` in dali.py' },
  {
    place: 'data.shuffleBuffer',
    from: 'official code',
    reason: '`initial_fill` of each rank’s reader; here for each source',
  },
  {
    place: 'recipe.steps',
    from: 'official code',
    reason: `32 epochs of ${PAIRS} // 8 // 512 + 1 = ${STEPS_PER_EPOCH} steps; the paper says 32 epochs of YFCC15M`,
  },
  {
    place: 'recipe.batchSize',
    from: 'paper',
    reason: 'on 16 GPUs; in the script as 512 on each of 8',
  },
  { place: 'recipe.learningRate', from: 'paper', reason: 'the peak; also in the script' },
  {
    place: 'recipe.schedule',
    from: 'official code',
    reason:
      'OneCycleLR with cosines: from a 25th of the peak up in a tenth of the steps, then down to a 250,000th',
  },
  {
    place: 'recipe.cycleMomentum',
    from: 'official code',
    reason: 'OneCycleLR’s default, which is not switched off: beta1 goes from 0.95 down to 0.85 and back',
  },
  {
    place: 'recipe.weightDecay',
    from: 'paper',
    reason: 'AdamW; also in the script',
  },
  {
    place: 'recipe.decayed',
    from: 'official code',
    reason: 'gains, biases and the logit scale decay, too',
  },
  {
    place: 'recipe.beta1',
    from: 'paper',
    reason: 'also in the code, where the schedule puts others in its place, as here',
  },
  { place: 'recipe.beta2', from: 'paper', reason: 'also in the code' },
  { place: 'recipe.epsilon', from: 'official code', reason: 'PyTorch’s default' },
  {
    place: 'recipe.clipNorm',
    from: 'official code',
    reason:
      'of the global norm. There the features of other ranks have no gradient, so that the towers’ gradient is an ' +
      'eighth of ours on 8 ranks (AdamW hides it, clipping does not): where ours is clipped at 1, theirs was at 8',
  },
  {
    place: 'recipe.recompute',
    from: 'official code',
    reason: 'activation checkpointing; no influence on the result, less memory for a third more time',
  },
  {
    place: 'recipe.chunk',
    from: 'official code',
    reason:
      'what one of the 8 GPUs embeds; no influence on the result: loss, gates and history are of the whole batch',
  },
  { place: 'recipe.seed', from: 'ours', reason: 'any' },
  {
    place: 'precision',
    from: 'ours',
    reason: 'float32; the code mixes in float16 with a dynamic loss scale',
  },
  { place: 'checkpointEvery', from: 'ours', reason: 'no influence on the result' },
  { place: 'logEvery', from: 'ours', reason: 'no influence on the result' },
];

/** ALIP as published, on YFCC15M: the row "ALIP" of the paper's tables. */
export const ALIP_PAPER: TrainingPreset = {
  id: 'alip-paper',
  title: 'ALIP at the paper’s size: ViT-B/32 from nothing, 32 epochs of YFCC15M with captions',
  basis: BASIS,
  settings: {
    objective: {
      name: 'alip',
      gated: true,
      historyStart: 'one',
      variant: 'official',
      gates: {
        gammaSample: ALIP_GATES.gammaSample,
        gammaPair: ALIP_GATES.gammaPair,
        momentum: ALIP_GATES.momentum,
      },
    },
    data,
    ...shared,
  },
  origins: [
    { place: 'objective.name', from: 'paper', reason: 'the method' },
    { place: 'objective.gated', from: 'paper', reason: 'all three gates' },
    {
      place: 'objective.historyStart',
      from: 'official code',
      reason: '1 for all three, which takes about 460 steps to wear off; the paper does not say',
    },
    {
      place: 'objective.variant',
      from: 'official code',
      reason: 'means over the batch and both directions, where the paper writes sums',
    },
    { place: 'objective.gates.gammaSample', from: 'paper', reason: 'also in the code, as a square' },
    { place: 'objective.gates.gammaPair', from: 'paper', reason: 'also in the code, as a square' },
    { place: 'objective.gates.momentum', from: 'official code', reason: 'a constant there' },
    ...SHARED_ORIGINS,
  ],
};

/** Plain CLIP on the raw texts with the same data and budget. */
export const ALIP_CLIP_PAPER: TrainingPreset = {
  id: 'alip-clip-paper',
  title: 'ALIP’s baseline at the paper’s size: plain CLIP on the raw texts, ViT-B/32, 32 epochs of YFCC15M',
  basis: BASIS,
  settings: { objective: { name: 'clip' }, data: { ...data, textChoice: 'first' }, ...shared },
  origins: [
    {
      place: 'objective.name',
      from: 'paper',
      reason: 'the baseline; the official code has no script for it, so all else is as for ALIP',
    },
    { place: 'data.textChoice', from: 'paper', reason: 'raw texts only: no captions' },
    ...SHARED_ORIGINS,
  ],
};
