import type { Measurement, Scoring } from '../../evaluation';
import type { RunSummary } from '../experiment';
import { SCORING_NAMES } from '../report';

/** A share in [0, 1] of `count` pictures or texts that were judged. */
export interface Score {
  value: number;
  count: number;
}

/**
 * The scores of a run's summary by name, such as `pets-mini, top-1` and `fluent, image to text R@10`; under another way to score
 * than by the first order, its name comes first. None where the run was not judged.
 */
export function scoresIn(summary: Record<string, unknown>): Map<string, Score> {
  const { scores = {} } = summary as Partial<Pick<RunSummary, 'scores'>>;
  return new Map(
    Object.entries(scores).flatMap(([scoring, measurement]) =>
      entriesOf(measurement!).map(([name, score]): [string, Score] => [
        scoring === 'first' ? name : `${SCORING_NAMES[scoring as Scoring]}: ${name}`,
        score,
      ]),
    ),
  );
}

function entriesOf({ tasks, retrieval, probes = {} }: Measurement): [string, Score][] {
  return [
    ...Object.entries(tasks).map(([id, { top1, count }]): [string, Score] => [
      `${id}, top-1`,
      { value: top1, count },
    ]),
    ...Object.entries(retrieval).flatMap(([id, { imageToText, textToImage, pictures, texts }]) => [
      ...recalls(`${id}, image to text`, imageToText, pictures),
      ...recalls(`${id}, text to image`, textToImage, texts),
    ]),
    ...Object.entries(probes).map(([id, { top1, count }]): [string, Score] => [
      `${id}, linear probe`,
      { value: top1, count },
    ]),
  ];
}

function recalls(name: string, recall: Record<number, number>, count: number): [string, Score][] {
  return Object.entries(recall).map(([k, value]) => [`${name} R@${k}`, { value, count }]);
}
