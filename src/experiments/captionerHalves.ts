import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PictureSet, selectSamples } from '../data';
import { scoreCaptions } from '../evaluation';
import { writeFileAtomically } from '../files';
import { disposeCaptioner } from '../models';
import { disposeParameters } from '../nn';
import { CAPTIONER_ARMS, type CaptionerProfile, PUBLISHED_ARM } from './captionerArms';
import { described, descriptionOf, halvesByLabel } from './captionerData';
import { type CaptionerEvents, prepareGround, runCaptioner } from './captionerRun';
import { captionSet } from './captionerScores';

export interface HalvesOptions extends CaptionerEvents {
  folder: string;
  profile: CaptionerProfile;
  train: PictureSet;
  /** Which halves to learn from, 0 or 1; absent: both. */
  halves?: readonly number[];
}

/** Seed of the split. */
const SPLIT_SEED = 0;

/**
 * Trains a tower and a captioner on each half of the training pictures, all pictures of a label in the same half, and lets it
 * caption the other half. So every training picture gets a caption from a captioner that has seen neither it nor another
 * drawing of the same thing: `captions.jsonl`, lines `{ "key", "caption" }`. Each passes over its pictures as often as a captioner
 * of all does, in half the steps.
 */
export async function captionHalves(options: HalvesOptions): Promise<void> {
  const { folder, train, halves: wanted = [0, 1], ...events } = options;
  const profile = inHalfTheSteps(options.profile);
  const halves = halvesByLabel(train, SPLIT_SEED);
  const arm = CAPTIONER_ARMS.find(({ id }) => id === PUBLISHED_ARM)!;
  for (const half of wanted) {
    const own = selectSamples(train, halves[half]);
    const other = selectSamples(train, halves[1 - half]);
    const name = `half-${half}`;
    const pictures = { set: 'pictograms', subset: `half ${half} by label`, seed: SPLIT_SEED };
    let free = () => {};
    await runCaptioner({
      ...events,
      folder,
      name,
      arm,
      seed: 0,
      profile,
      pictures,
      ground: async () => {
        const ground = await prepareGround({
          ...events,
          folder,
          name: `tower-${name}`,
          profile,
          train: own,
          pictures,
        });
        free = () => disposeParameters(ground.tower.parameters);
        return ground;
      },
      judge: async (bundle) => {
        try {
          const { captions } = await captionSet(bundle, other, { beam: profile.beam }, events);
          const lines = [...captions].map(([key, caption]) => `${JSON.stringify({ key, caption })}\n`);
          writeFileAtomically(captionsOf(folder, half), lines);
          return { captioned: captions.size, ...scoresOf(captions, other) };
        } finally {
          disposeCaptioner(bundle);
        }
      },
    }).finally(() => free());
  }
  const parts = [0, 1].map((half) => captionsOf(folder, half)).filter(existsSync);
  const lines = new Map(
    parts
      .flatMap((path) => readFileSync(path, 'utf8').split('\n').filter(Boolean))
      .map((line) => [JSON.parse(line).key as string, line]),
  );
  writeFileAtomically(
    join(folder, 'captions.jsonl'),
    train.keys.flatMap((key) => (lines.has(key) ? `${lines.get(key)}\n` : [])),
  );
}

function inHalfTheSteps(profile: CaptionerProfile): CaptionerProfile {
  const half = <Settings extends CaptionerProfile['recipe']>(settings: Settings): Settings => ({
    ...settings,
    steps: Math.ceil(settings.steps / 2),
    warmupSteps: Math.ceil(settings.warmupSteps / 2),
  });
  return { ...profile, tower: half(profile.tower), recipe: half(profile.recipe) };
}

function captionsOf(folder: string, half: number): string {
  return join(folder, 'runs', `half-${half}`, 'checkpoints', 'captions.jsonl');
}

/** Against the descriptions of those that have one; rarity from the same descriptions. */
function scoresOf(captions: ReadonlyMap<string, string>, set: PictureSet): { cider: number; bleu4: number } {
  const known = described(set);
  const { cider, bleu } = scoreCaptions(
    new Map(known.keys.map((key) => [key, captions.get(key)!])),
    new Map(known.keys.map((key, index) => [key, [descriptionOf(known, index)]])),
  );
  return { cider, bleu4: bleu[3] };
}
