import type { BadInputCounter, PictureSet, TaskDefinition } from '../data';
import type { Measurement, RetrievalTask, Scoring } from '../evaluation';
import type { Clip, ClipConfig } from '../models';
import type { Figure, Table } from '../report';
import type { Tokenizer } from '../text';
import type { Objective, PictureDataOptions, Recipe } from '../training';

/** The budgets every experiment has. */
export type ProfileName = 'quick' | 'mini';

/** How large an experiment is run: the same arms and tables, another budget. */
export interface Profile {
  model: ClipConfig;
  recipe: Omit<Recipe, 'seed'>;
  seeds: readonly number[];
  /** Which arms are run, by id; absent: all. */
  arms?: readonly string[];
}

/** The data of an experiment, decoded. */
export interface ExperimentData {
  train: PictureSet;
  test: PictureSet;
  tasks: readonly TaskDefinition[];
  searches: readonly RetrievalTask[];
  /** Tasks that linear probes are fitted for, besides zero-shot. */
  probes?: readonly TaskDefinition[];
}

/** One way to train, everything else equal. */
export interface Arm {
  /** Short and stable, for folders. */
  id: string;
  /** As tables call it. */
  label: string;
  /** Made anew for each run, for the arm's model. */
  objective: (model: ClipConfig) => Objective;
  /** Changes to the profile's model, such as second-order heads, or what becomes of it. */
  model?: Partial<ClipConfig> | ((base: ClipConfig) => ClipConfig);
  /** How test scores are taken; default first order only. */
  scorings?: readonly Scoring[];
  /** Which of a picture's texts are trained on, where it is not any of them by chance. */
  texts?: (data: ExperimentData, seed: number) => Pick<PictureDataOptions, 'textOf' | 'captionOf'>;
  /** Which training pictures, mixed by weight; absent: all. */
  sources?: (data: ExperimentData) => PictureDataOptions['sources'];
  /** The arm, with the same seed, whose trained parameters this one starts from; absent: freshly drawn ones. */
  startsFrom?: string;
  /** Changes to the profile's recipe. */
  recipe?: (profile: Profile) => Partial<Recipe>;
  /** Looks at the model while it trains. */
  observer?: Observer;
  /** What this arm's functions decide, for the run's configuration: a finished run with other settings is not reused. */
  settings?: Record<string, unknown>;
}

/** Looks at a run between its steps and writes down what it sees, a line of `observations.jsonl` for each moment. */
export interface Observer {
  /** After which steps, given how many there are. */
  moments: (steps: number) => readonly number[];
  /** What is seen, as JSON. It must not touch the training's state. */
  observe: (run: ObservedRun) => Record<string, unknown>;
}

/** A run between two steps. */
export interface ObservedRun {
  model: Clip;
  tokenizer: Tokenizer;
  objective: Objective;
  data: ExperimentData;
  seed: number;
}

/** What was seen after a step. */
export interface Observation extends Record<string, unknown> {
  step: number;
}

/** The arms that a profile runs, in the experiment's order. */
export function armsOf({ arms }: Pick<Experiment, 'arms'>, profile: Profile): Arm[] {
  return arms.filter(({ id }) => profile.arms?.includes(id) ?? true);
}

/** The arm's model in a profile. */
export function modelOf({ model }: Pick<Arm, 'model'>, profile: Pick<Profile, 'model'>): ClipConfig {
  return typeof model === 'function' ? model(profile.model) : { ...profile.model, ...model };
}

/** The arm's recipe in a profile, but for the seed. */
export function recipeOf({ recipe }: Arm, profile: Profile): Profile['recipe'] {
  return { ...profile.recipe, ...recipe?.(profile) };
}

/** A published table or figure, rebuilt. */
export interface Experiment {
  id: string;
  title: string;
  /** What is asked, in one or two sentences. */
  question: string;
  arms: readonly Arm[];
  /** It runs only when named: it takes long, or needs data that does not come with the project. */
  onRequest?: boolean;
  profiles: Record<ProfileName, Profile>;
  /** Reads the data; unusable samples are counted. */
  load: (counter: BadInputCounter) => Promise<ExperimentData>;
  /** Tables, figures and sentences from the finished runs. */
  report: (input: ReportInput) => ExperimentReport;
}

/** What a report is made from. */
export interface ReportInput {
  profileName: ProfileName;
  profile: Profile;
  data: ExperimentData;
  runs: readonly RunSummary[];
  /** What an arm's observer wrote down in a run, in the order of the steps; empty where it has none. */
  observationsOf: (run: Pick<RunSummary, 'arm' | 'seed'>) => readonly Observation[];
}

/** What one finished run leaves behind, `summary.json` in its folder. */
export interface RunSummary {
  arm: string;
  seed: number;
  /** Pairs trained on, counted once for each time they were seen. */
  pairs: number;
  parameters: number;
  trainingSeconds: number;
  /** The kind of machine it was trained on. */
  machine: string;
  scores: Partial<Record<Scoring, Measurement>>;
  /** The loss at the steps that were logged. */
  curve: { steps: number[]; values: number[] };
}

/** What an experiment makes of its runs, before it is written to files. */
export interface ExperimentReport {
  tables: Table[];
  figures: Figure[];
  /** What came out, in sentences: claims judged by the intervals. */
  verdicts: string[];
  /** What a reader has to know before quoting a number. */
  notes: string[];
}
