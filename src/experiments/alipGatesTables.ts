import {
  type Column,
  footnotesOf,
  type MeasuredResults,
  type MeasuredRow,
  measuredSection,
  retrievalScores,
  type Table,
} from '../report';
import { SEARCHED_STYLE } from './alipData';
import type { NoisyArm } from './alipGatesArms';
import { meanRecall, meanZeroShot } from './alipScores';
import type { Arm, ReportInput } from './experiment';
import { DETECTORS, type DetectedKind, type Detector, detection } from './gateDetection';
import { observedAtEnd } from './observedRuns';
import { measuredResults, runsOf, taskCounts } from './report';

/** The two numbers the ablation is read by. */
export type GatesScore = 'recall' | 'zeroShot';

export const GATES_SCORES: Record<GatesScore, string> = {
  recall: 'retrieval R@10, mean of both directions, %',
  zeroShot: 'zero-shot accuracy, mean of nine tasks, %',
};

/** An arm's shares in [0, 1], one for each seed. */
export function gatesScores(input: ReportInput, { id }: Pick<Arm, 'id'>, score: GatesScore): number[] {
  return runsOf(input, id).map((run) => {
    const measured = run.scores.first!;
    return score === 'recall' ? meanRecall(measured) : meanZeroShot(measured, input.data);
  });
}

/** Whether the profile ran this arm. */
export function ran(input: ReportInput, { id }: Pick<Arm, 'id'>): boolean {
  return input.runs.some(({ arm }) => arm === id);
}

/** A row of the table over noise rates: the arm at each rate, in the order of the rates; null where there is none. */
export interface NoiseRow {
  label: string;
  arms: readonly (Arm | null)[];
}

/** Both scores at every noise rate, a row for each way to train. */
export function noiseTable(input: ReportInput, rates: readonly number[], rows: readonly NoiseRow[]): Table {
  const scores: GatesScore[] = ['recall', 'zeroShot'];
  const columns: Column[] = scores.flatMap((score) =>
    rates.map((rate) => ({
      id: `${score} ${rate}`,
      title: `${Math.round(100 * rate)} %`,
      group: score === 'recall' ? 'R@10, by noise' : 'zero-shot, by noise',
    })),
  );
  const measured = rows
    .map(({ label, arms }): MeasuredRow => {
      const cells = scores.flatMap((score) =>
        rates.flatMap((rate, i) => {
          const arm = arms[i];
          return arm && ran(input, arm)
            ? [[`${score} ${rate}`, gatesScores(input, arm, score)] as const]
            : [];
        }),
      );
      return { label, scores: Object.fromEntries(cells) };
    })
    .filter(({ scores }) => Object.keys(scores).length > 0);
  return tableOf(input, columns, measured, {
    id: 'noise',
    title: 'Retrieval and zero-shot accuracy, by the share of spoiled raw texts',
    footnotes: [
      'R@10 is the mean of both directions among 1,572 emoji of a style that was not trained on, in %; zero-shot is the ' +
        'mean over the nine tasks of ALIP’s table that have a mini counterpart.',
    ],
  });
}

const DIRECTIONS = { imageToText: 'image→text', textToImage: 'text→image' };

/** All six recalls and the zero-shot mean, a row for each arm. */
export function choicesTable(input: ReportInput, arms: readonly { label: string; arm: Arm }[]): Table {
  const columns: Column[] = [
    ...(['imageToText', 'textToImage'] as const).flatMap((direction) =>
      [1, 5, 10].map((k) => ({ id: `${direction}@${k}`, title: `R@${k}`, group: DIRECTIONS[direction] })),
    ),
    { id: 'zeroShot', title: 'mean of 9', group: 'zero-shot' },
  ];
  const rows = arms.map(({ label, arm }): MeasuredRow => {
    const perRun = runsOf(input, arm.id).map((run) =>
      retrievalScores(run.scores.first!.retrieval[SEARCHED_STYLE]),
    );
    const recalls = columns
      .filter(({ id }) => id !== 'zeroShot')
      .map(({ id }) => [id, perRun.map((scores) => scores[id])] as const);
    return {
      label,
      scores: { ...Object.fromEntries(recalls), zeroShot: gatesScores(input, arm, 'zeroShot') },
    };
  });
  return tableOf(input, columns, rows, {
    id: 'choices',
    title: 'One choice of ALIP’s gates changed at a time, 30 % of the raw texts spoiled',
    footnotes: [],
  });
}

/** The area under the ROC curve of each detector for each kind of noise, a section for each arm. */
export function detectionTable(input: ReportInput, arms: readonly NoisyArm[]): Table {
  const kinds: Record<DetectedKind, string> = {
    any: 'all noise',
    swapped: 'swapped',
    generic: 'generic',
    partial: 'one word',
  };
  const detectors = Object.keys(DETECTORS) as Detector[];
  const results = arms.map(({ arm, rate }) => {
    const perSeed = observedAtEnd(input, arm, rate);
    return {
      label: arm.label,
      measured: measuredResults(input, arm.label, {
        columns: Object.fromEntries(
          Object.entries(kinds).map(([id, heading]) => [id, { heading, count: 0 }]),
        ),
        rows: detectors.map((detector) => ({
          label: `${DETECTORS[detector].symbol}, ${DETECTORS[detector].meaning}`,
          scores: Object.fromEntries(
            (Object.keys(kinds) as DetectedKind[]).map((kind) => [
              kind,
              perSeed.map((pairs) => detection(pairs, detector, kind)),
            ]),
          ),
        })),
      }),
    };
  });
  return {
    id: 'detection',
    title: 'How well the gates find spoiled texts at the end of the run',
    labelTitle: 'Detector',
    unit: 'area under the ROC curve, in hundredths; 50 is guessing',
    columns: Object.entries(kinds).map(([id, title]) => ({ id, title })),
    sections: results.map(({ label, measured }) => measuredSection(measured, {}, label)),
    footnotes: [
      'A weight of 1 says nothing: ties count half. The similarities S have no such cap.',
      ...footnotesOf(results.map(({ measured }) => measured)).slice(0, 1),
    ],
  };
}

function tableOf(
  input: ReportInput,
  columns: Column[],
  rows: MeasuredRow[],
  { id, title, footnotes }: Pick<Table, 'id' | 'title' | 'footnotes'>,
): Table {
  const results: MeasuredResults = measuredResults(input, 'pictograms', {
    columns: Object.fromEntries(
      columns.map((column) => [column.id, { heading: column.title, count: countOf(input) }]),
    ),
    rows,
  });
  return {
    id,
    title,
    labelTitle: 'Trained on',
    unit: '%',
    columns,
    sections: [measuredSection(results, {})],
    footnotes: [...footnotes, ...footnotesOf([results])],
  };
}

/** How many test pictures stand behind a cell; with one seed an interval is taken from it. */
function countOf({ runs }: ReportInput): number {
  return Math.max(...Object.values(taskCounts(runs)));
}
