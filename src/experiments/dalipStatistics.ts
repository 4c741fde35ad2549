import { MINI_SECOND_ORDER, type SecondOrderConfig } from '../models';
import { clipObjective, dalipObjective } from '../training';
import type { Arm, Experiment, ExperimentReport, ReportInput } from './experiment';
import { GENERAL_START, loadTuningData, PLANTMIX_GENERAL_SHARE, tunedOn } from './plantTuning';
import { tuningProfiles } from './profiles';
import { type ArmGroup, statisticsReport } from './statisticsReport';

const SCORINGS = ['first', 'second', 'both'] as const;
const TUNED = tunedOn(PLANTMIX_GENERAL_SHARE);

/** An arm without second-order heads. */
function firstOrderArm(id: string, label: string, model: Arm['model'] = {}): Arm {
  return { id, label, objective: clipObjective, model, ...TUNED };
}

/** An arm trained and judged on the heads alone. */
function headOnlyArm(id: string, label: string, statistic: SecondOrderConfig['statistic']): Arm {
  return {
    ...dalipArm(id, label, { heads: { statistic }, loss: { alpha: 0 } }),
    scorings: ['second'],
  };
}

interface DalipChanges {
  heads?: Partial<SecondOrderConfig>;
  loss?: Parameters<typeof dalipObjective>[0];
}

/** An arm with both orders: DALIP as the table has it, but for the changes. */
function dalipArm(id: string, label: string, { heads, loss }: DalipChanges = {}): Arm {
  return {
    id,
    label,
    objective: () => dalipObjective(loss),
    model: { secondOrder: { ...MINI_SECOND_ORDER, ...heads } },
    scorings: SCORINGS,
    ...TUNED,
    settings: { ...TUNED.settings, ...loss },
  };
}

/** What is matched: first order, second order, both, and the control that has the parameters but not the statistic. */
export const ORDER_GROUPS: readonly ArmGroup[] = [
  {
    title: 'First order',
    arms: [
      firstOrderArm('class-token', 'Class token'),
      firstOrderArm('mean-pooling', 'Mean of the tokens', { pooling: 'mean' }),
    ],
  },
  {
    title: 'A head alone',
    arms: [
      headOnlyArm('bilinear', 'Bilinear', 'bilinear'),
      headOnlyArm('covariance', 'Covariance', 'covariance'),
      headOnlyArm('root-covariance', 'Covariance, matrix square root', 'rootCovariance'),
      headOnlyArm('distance', 'Distance covariance', 'distance'),
      headOnlyArm('mean-head', 'Control: mean, as many parameters', 'mean'),
    ],
  },
  {
    title: 'Class token and a head',
    arms: [
      dalipArm('dalip', 'DALIP, two losses'),
      dalipArm('dalip-similarities', 'DALIP, one loss', { loss: { sum: 'similarities' } }),
      dalipArm('control', 'Control, two losses', { heads: { statistic: 'mean' } }),
    ],
  },
];

const ORDER_ARMS = ORDER_GROUPS.flatMap(({ arms }) => arms);

/** One choice changed at a time, from the arm `dalip`. */
export const CHOICE_ARMS: readonly Arm[] = [
  dalipArm('heads-1', '1 head of 16 channels', { heads: { heads: 1, reduced: 16 } }),
  dalipArm('reduced-12', '4 heads of 12', { heads: { reduced: 12 } }),
  dalipArm('alpha-25', 'α = 0.25', { loss: { alpha: 0.25 } }),
  dalipArm('unweighted', 'no token weighting', { heads: { tokenWeighting: false } }),
  dalipArm('padding-kept', 'padding kept', { heads: { padding: 'kept' } }),
  dalipArm('separate-scales', 'a logit scale for each order', { heads: { logitScale: 'separate' } }),
  dalipArm('dropout-50', 'dropout 0.5', { heads: { dropout: 0.5 } }),
];

/** Which statistics to match: the ablation of orders, and of every choice inside DALIP's heads. */
export const dalipStatisticsExperiment: Experiment = {
  id: 'dalip-statistics',
  title: 'DALIP: which statistics of the tokens to match',
  question:
    'Does matching second-order statistics recognise plants better than the class token does, and is it the statistic ' +
    'or the parameters that come with it?',
  arms: [GENERAL_START, ...ORDER_ARMS, ...CHOICE_ARMS],
  onRequest: true,
  profiles: tuningProfiles(['start', 'class-token', 'distance', 'dalip', 'control']),
  load: loadTuningData,
  report,
};

function report(input: ReportInput): ExperimentReport {
  const dalip = ORDER_ARMS.filter(({ id }) => id === 'dalip');
  return statisticsReport(input, [
    {
      id: 'orders',
      title: 'Which order of statistics is matched',
      groups: [{ title: 'Before', arms: [GENERAL_START] }, ...ORDER_GROUPS],
      baseline: 'Class token',
    },
    {
      id: 'choices',
      title: 'One choice of DALIP’s heads changed at a time',
      groups: [
        { title: 'Unchanged', arms: dalip },
        { title: 'Changed', arms: CHOICE_ARMS },
      ],
      baseline: 'DALIP, two losses',
      byScoring: true,
    },
  ]);
}
