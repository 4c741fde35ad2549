import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BadInputCounter } from '../data';
import { writeFileAtomically } from '../files';
import { disposeParameters } from '../nn';
import type { Report, Table } from '../report';
import { CAPTIONER_ARMS, CAPTIONER_PROFILES, type CaptionerArm, PUBLISHED_ARM } from './captionerArms';
import { type CaptionBaseline, captionBaselines } from './captionerBaselines';
import { loadCaptionerPictures } from './captionerData';
import { captionHalves } from './captionerHalves';
import {
  type CaptionerEvents,
  type CaptionerGround,
  prepareGround,
  publishCaptioner,
  runCaptioner,
} from './captionerRun';
import { judgeCaptioner } from './captionerScores';
import { type CaptionerSummary, captionerTable } from './captionerTable';
import type { ProfileName } from './experiment';
import { environmentOf, writeReport } from './writeReport';

export interface CaptionerExperimentOptions extends CaptionerEvents {
  profileName: ProfileName;
  /** The folder of all results; these go to `<root>/captioner/<profile>/`. */
  root: string;
  counter: BadInputCounter;
  /** By id; absent: all. */
  arms?: readonly string[];
  /** Absent: the profile's. */
  seeds?: readonly number[];
  /** Also train a captioner on each half of the training pictures and let it caption the other half. */
  halves?: boolean;
  /** Where to put the captioner that `clipbook caption` uses. */
  publish?: string;
}

/** What came out, and where it lies. */
export interface CaptionerOutcome {
  folder: string;
  table: Table;
  runs: CaptionerSummary[];
}

/**
 * Trains a CLIP, then captioners on its frozen image tower, scores their captions of an unseen drawing style, and writes
 * `table-captioner.csv`, `scores.json`, `baselines.json` and `captions.json` (the worst captions, and some as they come) over all runs that are
 * finished. What an earlier call finished is kept, what it began goes on.
 *
 * @throws when the folder holds runs of another configuration, and as loading and training do
 */
export async function runCaptionerExperiment(options: CaptionerExperimentOptions): Promise<CaptionerOutcome> {
  const { profileName, root, counter, halves, publish, ...events } = options;
  const profile = CAPTIONER_PROFILES[profileName];
  const plan = planned(options);
  const folder = join(root, 'captioner', profileName);
  mkdirSync(folder, { recursive: true });
  events.onStage?.('read pictures', 1);
  const pictures = await loadCaptionerPictures(counter, profile.testPictures);
  const which = { set: 'pictograms', subset: 'all' };

  let ground: CaptionerGround | undefined;
  const prepare = async () => {
    ground ??= await prepareGround({
      ...events,
      folder,
      name: 'tower',
      profile,
      train: pictures.train,
      pictures: which,
    });
    return ground;
  };
  const runs: CaptionerSummary[] = [];
  let baselines: CaptionBaseline[] = [];
  try {
    for (const { arm, seed } of plan) {
      const name = `${arm.id}-seed-${seed}`;
      const judge = (bundle: Parameters<typeof judgeCaptioner>[0]) =>
        judgeCaptioner(bundle, pictures, profile.beam, events);
      const run = { ...events, folder, name, arm, seed, profile, pictures: which, ground: prepare, judge };
      runs.push({ ...(await runCaptioner(run)), arm: arm.id, seed });
    }
    baselines = await captionBaselines(folder, pictures, async () => (await prepare()).tower);
  } finally {
    if (ground) disposeParameters(ground.tower.parameters);
  }
  if (halves) await captionHalves({ ...events, folder, profile, train: pictures.train });
  if (publish) publishCaptioner(folder, `${PUBLISHED_ARM}-seed-0`, publish);
  const table = captionerTable(runs, profileName, profile, baselines);
  writeResults(folder, runs);
  await writeReport(
    folder,
    root,
    captionerReport(profileName, table, runs, await environmentOf(counter, runs)),
  );
  return { folder, table, runs };
}

function planned({
  arms,
  seeds,
  profileName,
}: CaptionerExperimentOptions): { arm: CaptionerArm; seed: number }[] {
  const unknown = arms?.find((id) => !CAPTIONER_ARMS.some((arm) => arm.id === id));
  if (unknown !== undefined) {
    const known = CAPTIONER_ARMS.map(({ id }) => id).join(', ');
    throw new Error(`Expected captioners among ${known}, but got "${unknown}"; choose from these.`);
  }
  const chosen = CAPTIONER_ARMS.filter(({ id }) => arms?.includes(id) ?? true);
  return (seeds ?? CAPTIONER_PROFILES[profileName].seeds).flatMap((seed) =>
    chosen.map((arm) => ({ arm, seed })),
  );
}

/** What the report says beside the table. */
export function captionerReport(
  profileName: ProfileName,
  table: Table,
  runs: readonly Pick<CaptionerSummary, 'seed'>[],
  environment: Report['environment'],
): Report {
  const { recipe } = CAPTIONER_PROFILES[profileName];
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  return {
    title: 'A small captioner for ALIP’s second text',
    summary: [
      'Can a captioner this small describe drawings of a style that it never saw, and do retrieved concepts and the gate help it?',
      `Decoders of ${recipe.steps} steps on the frozen tower of a small CLIP; what is behind it is in data/captioner/README.md.`,
    ],
    tables: [table],
    figures: [],
    config: { experiment: 'captioner', profile: profileName, seeds, recipe },
    environment,
    command: `npm run clipbook -- captioner --profile ${profileName}`,
    notes: [],
  };
}

function writeResults(folder: string, runs: readonly CaptionerSummary[]): void {
  const write = (name: string, text: string) => writeFileAtomically(join(folder, name), [text]);
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  write('scores.json', json(runs.map(({ worst, examples, file, ...scores }) => scores)));
  const captions = runs
    .filter(({ seed }) => seed === runs[0].seed)
    .map(({ arm, seed, worst, examples }) => ({ arm, seed, worst, examples }));
  write('captions.json', json(captions));
}
