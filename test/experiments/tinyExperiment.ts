import type { PictureSet, TaskDefinition } from '../../src/data';
import type { Measurement } from '../../src/evaluation';
import {
  type Arm,
  armsOf,
  type Experiment,
  type ExperimentReport,
  lossFigure,
  measuredResults,
  type Profile,
  type ReportInput,
  type RunSummary,
  scoredArms,
  taskCounts,
  taskRows,
} from '../../src/experiments';
import { columnsOfTasks, measuredSection, type Progress, type Table } from '../../src/report';
import { alipObjective, clipObjective } from '../../src/training';
import { TINY, TINY_RECIPE, tinyPictures } from '../tiny';

const TASK: TaskDefinition = {
  id: 'things-mini',
  column: 'Things',
  group: 'general',
  title: 'things',
  templates: ['a {}'],
  classes: ['cat', 'dog', 'leaf'],
  seen: [true, true, false],
};

const PROFILE: Profile = {
  model: TINY,
  recipe: { ...TINY_RECIPE, steps: 2 },
  seeds: [0, 1],
  arms: ['clip', 'alip'],
};

/** An experiment that takes a second: two arms on pictures of noise, one task, one search. */
export const TINY_EXPERIMENT: Experiment = {
  id: 'tiny',
  title: 'A tiny experiment',
  question: 'Does everything run?',
  arms: [
    { id: 'clip', label: 'CLIP', objective: clipObjective },
    {
      id: 'alip',
      label: 'ALIP',
      objective: () => alipObjective(),
      texts: ({ train }) => ({
        textOf: (index) => train.texts[index][0],
        captionOf: (index) => train.texts[index][1],
      }),
    },
    { id: 'tuned', label: 'CLIP, tuned', objective: clipObjective, startsFrom: 'clip' },
  ],
  profiles: { quick: { ...PROFILE, seeds: [0] }, mini: PROFILE },
  load: async (counter) => {
    const test = withLabels(tinyPictures(6));
    for (let i = 0; i < test.length; i++) counter.saw();
    return { train: tinyPictures(), test, tasks: [TASK], searches: [{ id: 'all', indices: [0, 1, 2] }] };
  },
  report,
};

/** For worker processes, which find the experiment through this module. */
export const findExperiment = (): Experiment => TINY_EXPERIMENT;

/** A made-up measurement: `share` of the pictures and of the searches within ten, less within five and one. */
export function madeUpScores(tasks: readonly TaskDefinition[], share: number): Measurement {
  const recalls = { 1: share / 5, 5: share / 2, 10: share };
  const score = { top1: share, top5: share, meanPerClass: share, top1Seen: share, top1Unseen: 0, count: 100 };
  return {
    tasks: Object.fromEntries(tasks.map(({ id }) => [id, score])),
    retrieval: { fluent: { imageToText: recalls, textToImage: recalls, pictures: 50, texts: 40 } },
  };
}

/** A made-up run with the same scores under every way to score of its arm. */
export function madeUpRun(arm: Arm, seed: number, scores: Measurement): RunSummary {
  return {
    arm: arm.id,
    seed,
    pairs: 1000,
    parameters: 10,
    trainingSeconds: 60,
    machine: '2 cores, a test',
    scores: Object.fromEntries((arm.scorings ?? ['first']).map((scoring) => [scoring, scores])),
    curve: { steps: [1, 2], values: [3, 2] },
  };
}

/** The tiny experiment's quick profile with another recipe. */
export function withRecipe(changes: Partial<Profile['recipe']>): Experiment {
  const { quick, mini } = TINY_EXPERIMENT.profiles;
  const recipe = { ...quick.recipe, ...changes };
  return { ...TINY_EXPERIMENT, profiles: { quick: { ...quick, recipe }, mini } };
}

function withLabels(set: PictureSet): PictureSet {
  return { ...set, metas: set.metas.map((_, i) => ({ tasks: { [TASK.id]: i % 3 } })) };
}

function report(input: ReportInput): ExperimentReport {
  const scored = scoredArms(armsOf(TINY_EXPERIMENT, input.profile), input.runs);
  const columns = columnsOfTasks(input.data.tasks, taskCounts(input.runs));
  const results = measuredResults(input, 'noise', { columns, rows: taskRows(scored, input.data) });
  const table: Table = {
    id: 'things',
    title: 'Things',
    labelTitle: 'Method',
    unit: 'top-1 accuracy, %',
    columns: [{ id: 'Things', title: 'Things' }],
    sections: [measuredSection(results, {})],
    footnotes: [],
  };
  return {
    tables: [table],
    figures: [lossFigure(input, TINY_EXPERIMENT.arms)],
    verdicts: ['It runs.'],
    notes: ['Noise has no classes.'],
  };
}

/** A progress that remembers what it was told, and fails once a stage has come to a step. */
export function recordingProgress(failAt?: number): Progress & { stages: string[]; updates: number[] } {
  const stages: string[] = [];
  const updates: number[] = [];
  return {
    stages,
    updates,
    stage: (name) => {
      stages.push(name);
    },
    skip: (name) => {
      stages.push(`${name} (skipped)`);
    },
    update: (done) => {
      updates.push(done);
      if (done === failAt) throw new Error('the power is gone');
    },
    note: () => {},
    stop: () => {},
    done: () => {},
  };
}
