import type { Precision } from '../engine';
import {
  alipRetrievalTable,
  judge,
  type MeasuredRow,
  retrievalColumns,
  tableFigure,
  type Verdict,
} from '../report';
import { alipObjective } from '../training';
import { loadAlipData, noisyTexts, SEARCHED_STYLE } from './alipData';
import { meanRecall, meanZeroShot, searchRows } from './alipScores';
import type { Arm, Experiment, ExperimentReport, ReportInput } from './experiment';
import { embeddedProfiles } from './profiles';
import { lossFigure, measuredResults, type ScoredArm, scoredArms, sentencesOf } from './report';

/** Share of the raw texts that are spoiled, as in ALIP's table. */
const NOISE_RATE = 0.3;

const NAMES: Record<Precision, string> = { f32: '32 bits', bf16: '16 bits (bfloat16)' };

/** What training with matrix products in 16 bits does to what a model can do: the plain form of ALIP's table, twice. */
export const precisionExperiment: Experiment = {
  id: 'precision',
  title: 'Training in 16 bits',
  question:
    'Does a model that was trained with matrix products in bfloat16 know less than one trained in float32?',
  arms: (['f32', 'bf16'] as const).map(armIn),
  onRequest: true,
  profiles: embeddedProfiles({ quick: 40, mini: 400 }),
  load: loadAlipData,
  report,
};

function armIn(precision: Precision): Arm {
  return {
    id: precision,
    label: `Both texts, ${NAMES[precision]}`,
    objective: () => alipObjective({ gated: false }),
    texts: noisyTexts(NOISE_RATE),
    recipe: () => ({ precision }),
  };
}

function report(input: ReportInput): ExperimentReport {
  const { arms } = precisionExperiment;
  const scored = scoredArms(arms, input.runs);
  const { pictures, texts } = scored[0].measurements[0].retrieval[SEARCHED_STYLE];
  const table = alipRetrievalTable(
    [],
    [
      {
        set: `emoji in the held-out style ${SEARCHED_STYLE}`,
        ...measuredResults(input, `pictograms, ${100 * NOISE_RATE} % of the raw texts spoiled`, {
          columns: retrievalColumns({ pictures, texts }),
          rows: searchRows(scored),
        }),
      },
    ],
  );
  return {
    tables: [table],
    figures: [tableFigure(table, table.sections.at(-1)!), lossFigure(input, arms)],
    verdicts: sentencesOf(input, verdicts(scored, input)),
    notes: [
      'Both arms start from the same parameters and see the same batches; they are judged in 32 bits.',
      'Weights, moments, the residual stream, normalisation, softmax and the loss stay in 32 bits (PyTorch’s autocast).',
      'How much faster it is: "clipbook bench"; runs here had other work beside them.',
    ],
  };
}

function verdicts([single, half]: readonly ScoredArm[], { data }: ReportInput): Verdict[] {
  const compare = (what: string, score: (of: ScoredArm['measurements'][number]) => number) => {
    const side = ({ label, measurements }: ScoredArm): Pick<MeasuredRow, 'label'> & { scores: number[] } => ({
      label,
      scores: measurements.map(score),
    });
    return judge({ claim: `16 bits raise ${what}`, ours: side(half), baseline: side(single) });
  };
  return [
    compare('R@10, the mean of both directions', meanRecall),
    compare('zero-shot accuracy, the mean of all columns', (measurement) => meanZeroShot(measurement, data)),
  ];
}
