import { mean } from '../evaluation';
import { type Cell, type Column, type Section, seedsCell, type Table } from '../report';
import { CAPTIONER_ARMS, type CaptionerProfile } from './captionerArms';
import type { CaptionBaseline } from './captionerBaselines';
import type { TestGroup } from './captionerData';
import type { CaptionerTraining } from './captionerRun';
import type { CaptionerScores, JudgedCaptioner } from './captionerScores';

/** One captioner of the table. */
export type CaptionerSummary = CaptionerTraining & JudgedCaptioner & { arm: string; seed: number };

type Decoding = 'greedy' | 'beam';

const GROUPS: Record<TestGroup['id'], string> = {
  seen: 'Seen concepts',
  unseen: 'Unseen concepts',
  openclipart: 'OpenClipart',
};

/** BLEU-4, CIDEr and more for every arm, decoded greedily and with a beam: the mean over the seeds, with its interval. */
export function captionerTable(
  runs: readonly CaptionerSummary[],
  profileName: string,
  { beam, recipe }: CaptionerProfile,
  baselines: readonly CaptionBaseline[] = [],
): Table {
  const decodings: [Decoding, string][] = [
    ['greedy', 'greedy'],
    ['beam', `beam ${beam}`],
  ];
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  return {
    id: 'captioner',
    title: 'Captions of pictograms in an unseen style',
    labelTitle: 'Captioner',
    unit: 'BLEU-4 and shares in %, CIDEr-D in [0, 10]',
    columns: columns(),
    sections: decodings
      .map(
        ([decoding, title]): Section => ({
          origin: 'measured',
          title: `${title}, at most 20 words`,
          source:
            `profile ${profileName}, pictograms, ${recipe.steps} steps of ${recipe.batchSize}, seeds ${seeds.join(', ')} on one ` +
            `tower, ${[...new Set(runs.map(({ machine }) => machine))].join('; ')}`,
          rows: CAPTIONER_ARMS.flatMap(({ id, label }) => {
            const own = runs.filter(({ arm }) => arm === id);
            return own.length === 0 ? [] : { label, cells: cellsOf(own, decoding) };
          }),
        }),
      )
      .concat(baselines.length === 0 ? [] : withoutDecoder(baselines, profileName)),
    footnotes: [
      'One reference for each picture, its description; rarity for CIDEr from the training descriptions. Captions of COCO ' +
        'are judged by five references: no number here compares with a published one.',
      'Seen concepts: drawn by another hand than any training picture, but described there in the same words. Copied: the ' +
        'share of captions that are a training description, word for word.',
      'The seeds are the decoders’; all stand on one tower, trained once.',
      'Time from decoded pixels to caption, tower included, beside other work on the same machine.',
    ],
  };
}

function columns(): Column[] {
  const ofGroups = Object.entries(GROUPS).flatMap(([id, group]) => [
    { id: `${id}.cider`, title: 'CIDEr', group, digits: 2 },
    { id: `${id}.bleu4`, title: 'BLEU-4', group },
  ]);
  return [
    ...ofGroups,
    { id: 'distinct', title: 'Distinct' },
    { id: 'copied', title: 'Copied' },
    { id: 'milliseconds', title: 'ms a picture' },
    { id: 'parameters', title: 'Decoder, 1000 weights', digits: 0 },
  ];
}

function withoutDecoder(baselines: readonly CaptionBaseline[], profileName: string): Section {
  return {
    origin: 'measured',
    title: 'without a decoder',
    source: `profile ${profileName}, pictograms, the same tower`,
    rows: baselines.map(({ label, scores }) => ({ label, cells: scoreCells([scores]) })),
  };
}

function cellsOf(runs: readonly CaptionerSummary[], decoding: Decoding): Record<string, Cell> {
  return {
    ...scoreCells(runs.map((run) => run[decoding])),
    parameters: { value: runs[0].parameters / 1000 },
  };
}

function scoreCells(scores: readonly CaptionerScores[]): Record<string, Cell> {
  const cell = (numberOf: (scores: CaptionerScores) => number): Cell => seedsCell(scores.map(numberOf));
  const ofGroups = Object.keys(GROUPS).flatMap((id) => {
    const group = id as TestGroup['id'];
    return [
      [`${id}.cider`, cell(({ groups }) => groups[group].cider)] as const,
      [`${id}.bleu4`, cell(({ groups }) => 100 * groups[group].bleu4)] as const,
    ];
  });
  return {
    ...Object.fromEntries(ofGroups),
    distinct: cell(({ groups }) => 100 * groups.seen.distinct),
    copied: cell(({ groups }) => 100 * groups.seen.copied),
    milliseconds: { value: mean(scores.map(({ millisecondsPerPicture }) => millisecondsPerPicture)) },
  };
}
