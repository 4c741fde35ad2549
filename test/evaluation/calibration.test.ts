import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEngine } from '../../src/engine';
import { calibration } from '../../src/evaluation/calibration';
import { fitTemperature } from '../../src/evaluation/fitTemperature';
import { cosineScores, type ScoreRows } from '../../src/evaluation/scoreRows';
import { clusters, rowsOf } from '../golden/clusters';
import { assertClose } from '../golden/compare';

type Judged = Record<
  'expected' | 'expected10' | 'maximum' | 'adaptive' | 'loss' | 'brier' | 'accuracy' | 'confidence',
  number
>;
const answers: { logitScale: number; judged: Record<string, Judged> } = JSON.parse(
  readFileSync(join(__dirname, '../golden/calibration.json'), 'utf8'),
);

const sizes = { width: 24, classes: 10 };
const classRows = rowsOf('calibration classes', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { ...sizes, noise: 0.5 });

function pictures(split: string, count: number): { scores: ScoreRows; labels: ArrayLike<number> } {
  const { features, labels } = clusters(`calibration ${split}`, count, { ...sizes, noise: 1 });
  return { scores: cosineScores(features, classRows), labels };
}

/** Logits as they are. */
function scoreRows(rows: readonly (readonly number[])[]): ScoreRows {
  return {
    queries: rows.length,
    candidates: rows[0].length,
    forEach: (visit) =>
      rows.forEach((row, query) => {
        visit(query, Float32Array.from(row));
      }),
  };
}

describe('calibration', () => {
  before(async () => {
    await startEngine();
  });

  for (const [scale, expected] of Object.entries(answers.judged)) {
    it(`equals torchmetrics, torch and scikit-learn at logit scale ${Number(scale).toFixed(1)}`, () => {
      const input = { ...pictures('test', 407), logitScale: Number(scale) };
      const found = calibration(input);
      const close = (actual: number, key: keyof Judged) => assertClose([actual], [expected[key]], 1e-5, key);
      close(found.expectedError, 'expected');
      close(found.maximumError, 'maximum');
      close(found.adaptiveError, 'adaptive');
      close(found.negativeLogLikelihood, 'loss');
      close(found.brier, 'brier');
      close(found.accuracy, 'accuracy');
      close(found.confidence, 'confidence');
      close(calibration({ ...input, bins: 10 }).expectedError, 'expected10');
      assert.equal(found.count, 407);
      assert.equal(
        found.bins.reduce((sum, { count }) => sum + count, 0),
        407,
      );
    });
  }

  it("fits SciPy's temperature on held-out pictures, from wherever the model stands", () => {
    const held = pictures('held-out', 301);
    for (const logitScale of [1, 20, 100]) {
      const found = fitTemperature({ ...held, logitScale });
      assert.ok(found.converged);
      assertClose([found.logitScale / answers.logitScale], [1], 1e-4);
      assertClose([found.temperature * found.logitScale], [logitScale], 1e-9);
    }
  });

  it('puts a confidence on the border of two bins into the lower one, and full confidence into the last', () => {
    const sure = scoreRows([
      [1000, 0],
      [0, 0],
    ]);
    const { bins, expectedError } = calibration({ scores: sure, labels: [0, 1], logitScale: 1, bins: 4 });
    assert.deepEqual(
      bins.map(({ count }) => count),
      [0, 1, 0, 1],
    );
    assert.equal(expectedError, 0.25);
  });

  it('stays finite where every picture is right, and where every one is wrong', () => {
    const scores = scoreRows([
      [1, 0],
      [0, 1],
    ]);
    const right = fitTemperature({ scores, labels: [0, 1], logitScale: 1 });
    const wrong = fitTemperature({ scores, labels: [1, 0], logitScale: 1 });
    assert.ok(right.logitScale > 10 && Number.isFinite(right.logitScale), `${right.logitScale}`);
    assert.ok(wrong.logitScale < 0.1 && wrong.logitScale > 0, `${wrong.logitScale}`);
  });

  it('refuses what does not fit, in one sentence', () => {
    const one = { scores: scoreRows([[1, 0]]), labels: [0], logitScale: 1 };
    assert.throws(() => calibration({ ...one, bins: 0 }), /bins above zero, got 0/);
    assert.throws(() => calibration({ ...one, logitScale: 0 }), /Expected a logit scale above 0, got 0/);
    assert.throws(() => calibration({ ...one, labels: [2] }), /Expected labels from 0 to 1, got 2/);
    assert.throws(() => fitTemperature({ ...one, labels: [] }), /Expected one label for each picture/);
  });
});
