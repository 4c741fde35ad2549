import {
  type CaptionerConfig,
  type ClipConfig,
  type ConceptChoice,
  MINI_CAPTIONER,
  QUICK_MODEL,
} from '../models';
import type { Recipe } from '../training';
import type { ProfileName } from './experiment';

/** One captioner, everything else equal. */
export interface CaptionerArm {
  /** Short and stable, for folders. */
  id: string;
  /** As tables call it. */
  label: string;
  /** Changes to `MINI_CAPTIONER`. */
  config: Partial<CaptionerConfig>;
  concepts: ConceptChoice['from'];
}

/** Concepts of each picture. LightCap: 20, of a vocabulary many times as large. */
export const CONCEPT_COUNT = 10;

/**
 * What the parts of LightCap bring. The random concepts stand in the place of (b)'s: where they do as well, concept tokens
 * are only more places to compute in.
 */
export const CAPTIONER_ARMS: readonly CaptionerArm[] = [
  {
    id: 'grid',
    label: '(a) grid only',
    config: { conceptTokens: false, gate: undefined },
    concepts: 'retrieved',
  },
  { id: 'concepts', label: '(b) grid and concepts', config: { gate: undefined }, concepts: 'retrieved' },
  { id: 'gated', label: '(c) grid, concepts and gate', config: {}, concepts: 'retrieved' },
  { id: 'random', label: '(e) grid and random concepts', config: { gate: undefined }, concepts: 'random' },
];

/** The arm whose captioner `clipbook caption` uses, chosen before any result: the published design, whole. */
export const PUBLISHED_ARM = 'gated';

/** A budget. */
export interface CaptionerProfile {
  model: ClipConfig;
  /** For the CLIP under the captioners. */
  tower: Omit<Recipe, 'seed'>;
  captioner: typeof MINI_CAPTIONER;
  recipe: Omit<Recipe, 'seed'>;
  /** Views of each training picture, the whole one and random crops. */
  views: number;
  seeds: readonly number[];
  /** Test pictures of each style that are captioned; absent: all. */
  testPictures?: number;
  /** Hypotheses of the beam. */
  beam: number;
}

const TOWER = { batchSize: 128, learningRate: 1e-3, weightDecay: 0.2, clipNorm: 1 };
const DECODER = { batchSize: 32, learningRate: 2e-3, weightDecay: 0.1, clipNorm: 1 };

/** `quick` shows that everything runs; `mini` makes the captioner that comes with the project, and the table. */
export const CAPTIONER_PROFILES: Record<ProfileName, CaptionerProfile> = {
  quick: {
    model: QUICK_MODEL,
    tower: { ...TOWER, steps: 60, warmupSteps: 10 },
    captioner: MINI_CAPTIONER,
    recipe: { ...DECODER, steps: 60, warmupSteps: 10 },
    views: 1,
    seeds: [0],
    testPictures: 64,
    beam: 5,
  },
  mini: {
    model: QUICK_MODEL,
    tower: { ...TOWER, steps: 800, warmupSteps: 80 },
    captioner: MINI_CAPTIONER,
    recipe: { ...DECODER, steps: 1200, warmupSteps: 100 },
    views: 1,
    seeds: [0, 1, 2],
    beam: 5,
  },
};
