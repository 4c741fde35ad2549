import type { BadInputCounter, PictureSet, TaskDefinition } from '../data';
import type { RetrievalTask, Scoring } from '../evaluation';
import type { ClipConfig } from '../models';
import type { Objective, PictureDataOptions, Recipe } from '../training';
import type { ExperimentReport } from './report';
import type { RunSummary } from './runArm';

/** The budgets every experiment has. */
export type ProfileName = 'quick' | 'mini';

/** How large an experiment is run: the same arms and tables, another budget. */
export interface Profile {
  model: ClipConfig;
  recipe: Omit<Recipe, 'seed'>;
  seeds: readonly number[];
}

/** The data of an experiment, decoded. */
export interface ExperimentData {
  train: PictureSet;
  test: PictureSet;
  tasks: readonly TaskDefinition[];
  searches: readonly RetrievalTask[];
}

/** One way to train, everything else equal. */
export interface Arm {
  /** Short and stable, for folders. */
  id: string;
  /** As tables call it. */
  label: string;
  objective: () => Objective;
  /** Changes to the profile's model, such as second-order heads. */
  model?: Partial<ClipConfig>;
  /** How test scores are taken; default first order only. */
  scorings?: readonly Scoring[];
  /** Which of a picture's texts are trained on, where it is not any of them by chance. */
  texts?: (data: ExperimentData, seed: number) => Pick<PictureDataOptions, 'textOf' | 'captionOf'>;
}

/** A published table or figure, rebuilt. */
export interface Experiment {
  id: string;
  title: string;
  /** What is asked, in one or two sentences. */
  question: string;
  arms: readonly Arm[];
  profiles: Record<ProfileName, Profile>;
  /** Reads the data; unusable samples are counted. */
  load: (counter: BadInputCounter) => Promise<ExperimentData>;
  /** Tables, figures and sentences from the finished runs. */
  report: (input: ReportInput) => ExperimentReport;
}

/** What a report is made from; the training pictures are not needed any more. */
export interface ReportInput {
  profileName: ProfileName;
  profile: Profile;
  data: Pick<ExperimentData, 'tasks' | 'test' | 'searches'>;
  runs: readonly RunSummary[];
}
