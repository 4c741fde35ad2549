import { minimise } from './lbfgs';
import { checkScale } from './outcomes';
import type { ScoreRows } from './scoreRows';
import { softmaxInPlace } from './softmaxRegression';
import { checkLabels } from './zeroShot';

export interface FittedTemperature {
  /** T of Guo et al.: the model's own logits are divided by it. Above 1, the model was too sure. */
  temperature: number;
  /** The model's own scale over T: pass it to `calibration`. */
  logitScale: number;
  converged: boolean;
}

/**
 * Temperature scaling (Guo et al. 2017, section 4.2): the one temperature with the least negative log-likelihood on held-out
 * pictures. Never fit it on the pictures that are to be judged. Some 10 passes over the scores.
 *
 * Where every held-out picture is right by a margin, there is no best temperature: the fit ends where a lower one gains
 * nothing any more.
 *
 * @param input.scores held-out pictures as queries, classes as candidates, as for `calibration`
 * @param input.logitScale the model's own, where the search starts
 * @throws where labels do not fit, or the scale is not above zero
 */
export function fitTemperature(input: {
  scores: ScoreRows;
  labels: ArrayLike<number>;
  logitScale: number;
}): FittedTemperature {
  const { scores, labels, logitScale } = input;
  checkScale(logitScale);
  checkLabels(scores, labels);
  const row = new Float64Array(scores.candidates);
  // Over the logarithm of 1 / T, so that no step leads below zero.
  const { x, converged } = minimise(
    ([log], gradient) => {
      const scale = logitScale * Math.exp(log);
      let [loss, slope] = [0, 0];
      scores.forEach((picture, found) => {
        for (let c = 0; c < row.length; c++) row[c] = scale * found[c];
        const truth = row[labels[picture]];
        loss += softmaxInPlace(row, 0, row.length) - truth;
        slope -= truth;
        for (let c = 0; c < row.length; c++) slope += row[c] * scale * found[c];
      });
      gradient[0] = slope / scores.queries;
      return loss / scores.queries;
    },
    Float64Array.of(0),
    { tolerance: 1e-12, maxIterations: 100 },
  );
  return { temperature: Math.exp(-x[0]), logitScale: logitScale * Math.exp(x[0]), converged };
}
