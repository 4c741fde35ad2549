import { join } from 'node:path';
import type { BadInputCounter } from '../data';
import {
  armsOf,
  type Experiment,
  type ExperimentData,
  type ExperimentReport,
  type Profile,
  type ProfileName,
  type RunSummary,
} from './experiment';
import { environmentOf, writeReport } from './writeReport';

export interface ResultsInput {
  experiment: Experiment;
  profileName: ProfileName;
  profile: Profile;
  runs: readonly RunSummary[];
  data: ExperimentData;
  report: ExperimentReport;
  counter: BadInputCounter;
  root: string;
}

/**
 * Writes an experiment's report to `<root>/<experiment>/<profile>/`, see `writeReport`.
 * The runs' own folders (config.json, metrics.jsonl, summary.json) are there already.
 *
 * @returns the folder
 */
export async function writeResults(input: ResultsInput): Promise<string> {
  const { experiment, profileName, report, runs, counter, root } = input;
  const folder = join(root, experiment.id, profileName);
  await writeReport(folder, root, {
    ...report,
    title: experiment.title,
    summary: [experiment.question, summaryOf(input)],
    config: configOf(input),
    environment: await environmentOf(counter, runs),
    command: `npm run reproduce -- ${experiment.id} --profile ${profileName}`,
  });
  return folder;
}

function configOf({ experiment, profileName, profile }: ResultsInput): Record<string, unknown> {
  return {
    experiment: experiment.id,
    profile: profileName,
    seeds: profile.seeds,
    recipe: profile.recipe,
    model: profile.model,
    arms: armsOf(experiment, profile).map(({ id, label, model, scorings, startsFrom, settings }) => ({
      id,
      label,
      model,
      scorings,
      startsFrom,
      settings,
    })),
  };
}

function summaryOf({ runs, profile, data }: ResultsInput): string {
  const seconds = runs.reduce((sum, run) => sum + run.trainingSeconds, 0);
  const pairs = runs.reduce((sum, run) => sum + run.pairs, 0);
  return (
    `${runs.length} runs (${profile.seeds.length} ${profile.seeds.length === 1 ? 'seed' : 'seeds'}), each over ` +
    `${runs[0].pairs.toLocaleString('en-GB')} pairs drawn from ${data.train.length.toLocaleString('en-GB')} pictures; ` +
    `${Math.round(seconds / 60)} minutes of training, ${Math.round(pairs / seconds)} pairs per second on average.`
  );
}
