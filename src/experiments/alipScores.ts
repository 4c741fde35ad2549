import { type Measurement, mean } from '../evaluation';
import { type MeasuredRow, retrievalScores } from '../report';
import { SEARCHED_STYLE } from './alipData';
import type { ExperimentData } from './experiment';
import type { ScoredArm } from './report';

/** R@10 among the held-out pictures, the mean of both directions; a share in [0, 1]. */
export function meanRecall({ retrieval }: Measurement): number {
  const { imageToText, textToImage } = retrieval[SEARCHED_STYLE];
  return (imageToText[10] + textToImage[10]) / 2;
}

/** Zero-shot accuracy, the mean over the tasks that mirror a published column; a share in [0, 1]. */
export function meanZeroShot({ tasks }: Measurement, data: Pick<ExperimentData, 'tasks'>): number {
  const mirrored = data.tasks.filter(({ column }) => column !== null);
  return mean(mirrored.map((task) => tasks[task.id].top1));
}

/** The rows of ALIP's retrieval table: all recalls among the held-out pictures, seed by seed. */
export function searchRows(scored: readonly ScoredArm[]): MeasuredRow[] {
  return scored.map(({ label, measurements }) => {
    const perSeed = measurements.map(({ retrieval }) => retrievalScores(retrieval[SEARCHED_STYLE]));
    const columns = Object.keys(perSeed[0]);
    return {
      label,
      scores: Object.fromEntries(columns.map((id) => [id, perSeed.map((scores) => scores[id])])),
    };
  });
}
