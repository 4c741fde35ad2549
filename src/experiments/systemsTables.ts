import { mean, pairedTTest, studentInterval } from '../evaluation';
import {
  alipRetrievalTable,
  alipZeroShotTable,
  type Cell,
  type Column,
  columnsOfTasks,
  loadPublished,
  type Row,
  retrievalColumns,
  signed,
  type Table,
} from '../report';
import { SEARCHED_STYLE } from './alipData';
import { searchRows } from './alipScores';
import type { ReportInput } from './experiment';
import { measuredResults, runsOf, scoredArms, taskCounts, taskRows } from './report';
import { SYSTEM_ARMS, SYSTEMS_NOISE, type SystemArm, systemArm } from './systemsArms';
import type { SystemCosts } from './systemsCost';
import { observedPictures, SYSTEM_SCORES, type SystemScore, systemScores } from './systemsScores';

const SETTING = `pictograms, ${100 * SYSTEMS_NOISE} % of the raw texts spoiled`;

/** The arms that the profile ran, in the order of the tables. */
export function shownSystems(input: ReportInput): SystemArm[] {
  return SYSTEM_ARMS.filter(({ arm }) => runsOf(input, arm.id).length > 0);
}

/** ALIP's two tables with every system's row measured. */
export function systemsTables(input: ReportInput): Table[] {
  const scored = scoredArms(
    shownSystems(input).map(({ arm }) => arm),
    input.runs,
  );
  const { pictures, texts } = scored[0].measurements[0].retrieval[SEARCHED_STYLE];
  return [
    alipRetrievalTable(loadPublished('alip-retrieval'), [
      {
        set: `emoji in the held-out style ${SEARCHED_STYLE}`,
        ...measuredResults(input, SETTING, {
          columns: retrievalColumns({ pictures, texts }),
          rows: searchRows(scored),
        }),
      },
    ]),
    alipZeroShotTable(loadPublished('alip-zero-shot'), [
      measuredResults(input, SETTING, {
        columns: columnsOfTasks(input.data.tasks, taskCounts(input.runs)),
        rows: taskRows(scored, input.data),
      }),
    ]),
  ];
}

const SCORES: readonly SystemScore[] = ['recall', 'zeroShot', 'neighbours'];

/** What each system brings over plain CLIP and over its control, in points, paired over seeds. */
export function gainsTable(input: ReportInput): Table {
  const ran = new Set(shownSystems(input).map(({ arm }) => arm.id));
  const systems = shownSystems(input).filter(({ published }) => published && published !== 'CLIP');
  const columns: Column[] = (['clip', 'control'] as const).flatMap((against) =>
    SCORES.map((score) => ({
      id: `${against} ${score}`,
      title: score === 'recall' ? 'R@10' : SYSTEM_SCORES[score].title,
      group: against === 'clip' ? 'over CLIP' : 'over its control',
    })),
  );
  const row = ({ arm, control }: SystemArm): Row => ({
    label: control ? `${arm.label} (control: ${systemArm(control).arm.label})` : arm.label,
    cells: Object.fromEntries(
      [['clip', 'clip'] as const, ...(control ? [['control', control] as const] : [])].flatMap(
        ([against, baseline]) =>
          ran.has(baseline)
            ? SCORES.map((score) => [`${against} ${score}`, gain(input, arm.id, baseline, score)] as const)
            : [],
      ),
    ),
  });
  return {
    id: 'gains',
    title: 'What each system brings over plain CLIP, and what is left of it over a control',
    labelTitle: 'System',
    unit: 'difference in points, with its 95 % interval',
    columns,
    sections: [
      {
        origin: 'measured',
        title: `clipbook, ${input.profileName} profile`,
        source: `${SETTING}; ${input.profile.seeds.length === 1 ? 'one seed' : `${input.profile.seeds.length} seeds, paired`}`,
        rows: systems.map(row),
      },
    ],
    footnotes: [
      'A control sees as many sights or has as many parameters as the system, without its idea; what the system brings over ' +
        'CLIP and not over its control, the cost brings and not the idea.',
      `${SCORES.map((score) => `${score === 'recall' ? 'R@10' : SYSTEM_SCORES[score].title}: ${SYSTEM_SCORES[score].unit}`).join('; ')}.`,
    ],
  };
}

function gain(input: ReportInput, arm: string, baseline: string, score: SystemScore): Cell {
  const [ours, theirs] = [arm, baseline].map((id) =>
    systemScores(input, id, score).map((share) => 100 * share),
  );
  if (ours.length < 2) return { value: ours[0] - theirs[0], text: signed(ours[0] - theirs[0]) };
  const { estimate, low, high } = pairedTTest(ours, theirs).difference;
  return { value: estimate, text: `${signed(estimate)} (${signed(low)} to ${signed(high)})` };
}

/** What each arm costs, and what its pictures are worth without texts. */
export function costTable(input: ReportInput, costs: SystemCosts | null): Table {
  const [{ arm: plain }] = SYSTEM_ARMS;
  const parametersOf = (id: string) => runsOf(input, id)[0].parameters;
  const columns: Column[] = [
    { id: 'images', title: 'picture passes', group: 'a pair costs', digits: 0 },
    { id: 'texts', title: 'text passes', group: 'a pair costs', digits: 0 },
    { id: 'parameters', title: 'more parameters, %', group: 'a pair costs', digits: 1 },
    { id: 'time', title: 'time, × CLIP', group: 'a pair costs', digits: 2 },
    { id: 'memory', title: 'memory, × CLIP', group: 'a pair costs', digits: 2 },
    { id: 'neighbours', title: '1-nearest neighbour, %', group: 'pictures alone' },
    { id: 'effectiveRank', title: 'effective rank', group: 'pictures alone' },
    { id: 'spread', title: 'spread', group: 'pictures alone', digits: 2 },
  ];
  const rows = shownSystems(input).map(({ arm, passes: [images, texts] }): Row => {
    const seen = observedPictures(input, arm.id);
    const cost = costs?.arms[arm.id];
    const overSeeds = (values: readonly number[]): Cell =>
      values.length > 1
        ? { value: mean(values), interval: studentInterval(values).high - mean(values) }
        : { value: values[0] };
    return {
      label: arm.label,
      cells: {
        images: { value: images },
        texts: { value: texts },
        parameters: { value: 100 * (parametersOf(arm.id) / parametersOf(plain.id) - 1) },
        ...(cost && {
          time: {
            value: cost.time.ratio,
            text: `${cost.time.ratio.toFixed(2)} (${cost.time.low.toFixed(2)}–${cost.time.high.toFixed(2)})`,
          },
          memory: { value: cost.memory / costs.arms[plain.id].memory },
        }),
        neighbours: overSeeds(seen.map(({ neighbours }) => 100 * neighbours)),
        effectiveRank: overSeeds(seen.map(({ effectiveRank }) => effectiveRank)),
        spread: overSeeds(seen.map(({ spread }) => spread)),
      },
    };
  });
  const measured = costs
    ? `time and memory: ${costs.machine}, alone, batch ${costs.batch}, ${costs.rounds} rounds in turn`
    : 'time and memory: not measured here';
  return {
    id: 'cost',
    title: 'What a pair costs, and what the pictures are worth without texts',
    labelTitle: 'Trained as',
    unit: 'as the columns say',
    columns: costs ? columns : columns.filter(({ id }) => id !== 'time' && id !== 'memory'),
    sections: [
      { origin: 'measured', title: `clipbook, ${input.profileName} profile`, source: measured, rows },
    ],
    footnotes: [
      'Parameters count whatever is trained; of the heads only FILIP’s token maps and UniCLIP’s augmentation encoder are ' +
        'needed after training.',
      'Time: a training step, making the batch included, over plain CLIP’s in the same round; in brackets the smallest and ' +
        'largest of the rounds. Memory: the most that tensors take during a step.',
      'Effective rank: how many of the embedding’s dimensions the pictures use (RankMe). Spread: 1 where they point ' +
        'everywhere, 0 where they have collapsed. 1-nearest neighbour: the nearest training picture shows the same concept.',
    ],
  };
}
