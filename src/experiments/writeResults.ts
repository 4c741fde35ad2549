import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BadInputCounter } from '../data';
import { startEngine } from '../engine';
import { writeFileAtomically } from '../files';
import { renderCsv, renderReport, staticSvg, storedReport, writePlotlyAsset } from '../report';
import {
  armsOf,
  type Experiment,
  type ExperimentData,
  type ExperimentReport,
  type Profile,
  type ProfileName,
  type RunSummary,
} from './experiment';
import { machinesOf } from './report';

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
 * Writes `<root>/<experiment>/<profile>/`: config.json, a CSV for each table, an SVG for each figure, report.html, and
 * report.json for pages over several reports.
 * The runs' own folders (config.json, metrics.jsonl, summary.json) are there already.
 *
 * @returns the folder
 */
export async function writeResults(input: ResultsInput): Promise<string> {
  const { experiment, profileName, report, root } = input;
  const folder = join(root, experiment.id, profileName);
  mkdirSync(join(folder, 'figures'), { recursive: true });
  const write = (name: string, text: string) => writeFileAtomically(join(folder, name), [text]);

  const config = configOf(input);
  write('config.json', `${JSON.stringify(config, null, 2)}\n`);
  for (const table of report.tables) write(`table-${table.id}.csv`, renderCsv(table));
  for (const figure of report.figures) write(join('figures', `${figure.id}.svg`), staticSvg(figure));
  writePlotlyAsset(join(root, 'assets'));
  const content = {
    ...report,
    title: experiment.title,
    summary: [experiment.question, summaryOf(input)],
    config,
    environment: await environmentOf(input),
    command: `npm run reproduce -- ${experiment.id} --profile ${profileName}`,
  };
  write('report.json', `${JSON.stringify(storedReport(content), null, 1)}\n`);
  write('report.html', await renderReport(content, { assets: '../../assets' }));
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

async function environmentOf({ counter, runs }: ResultsInput): Promise<Record<string, string>> {
  const { backend, tensorflow } = await startEngine();
  return {
    Date: new Date().toISOString().slice(0, 10),
    Machine: machinesOf(runs),
    Backend: tensorflow ? `${backend}, TensorFlow ${tensorflow}` : backend,
    Node: process.version,
    Input: counter.describe(),
  };
}
