import { normalCdf } from '../evaluation/distributions';
import { mean } from '../evaluation/statistics';
import { exceeds, inStandardErrors, type PublishedDifference } from './publishedDifferences';
import { signed } from './verdict';

/** What could lie behind a loss: nobody has tested it, and the sentence says so. */
const CONJECTURES: Record<string, string> = {
  'Med. Leaf':
    'each picture shows one leaf on a plain white ground, so that its outline decides, while second-order statistics ' +
    'weigh texture and count the empty ground’s tokens in; or the class names, Latin with a common name in brackets, ' +
    'are a kind of text that the tuned text tower meets less often; or other checkpoints would not show it',
};

/**
 * In plain words: which published differences exceed their standard error and which do not, what the means say, what
 * the pairing of the answers could change, and a paragraph on every column where DALIP loses.
 */
export function publishedSentences(differences: readonly PublishedDifference[]): string[] {
  const columns = differences.filter(({ images }) => images !== undefined);
  const losses = columns.filter(({ difference }) => difference < 0);
  return [
    thresholdSentence(columns),
    meanSentence(differences),
    pairingSentence(columns),
    ...losses.map((loss) =>
      lossParagraph(
        loss,
        differences.filter(({ group }) => group === loss.group),
      ),
    ),
  ];
}

function thresholdSentence(columns: readonly PublishedDifference[]): string {
  const [within, one, two] = ([0, 1, 2] as const).map((passed) =>
    columns
      .filter((difference) => exceeds(difference) === passed)
      .map((difference) => `${difference.column} ${withError(difference)}`),
  );
  return (
    'Published differences DALIP − OpenCLIP in points, ± one standard error. ' +
    `Larger than two standard errors: ${listed(two)}. Larger than one, not than two: ${listed(one)}. ` +
    `Not larger than one: ${listed(within)}.`
  );
}

function meanSentence(differences: readonly PublishedDifference[]): string {
  const means = differences.filter(({ images }) => images === undefined);
  const parts = means.map((difference) => {
    const { column, group } = difference;
    const name = group === 'All' ? 'of both groups' : `of the ${column.toLowerCase()} columns`;
    const size = [
      'within one standard error',
      'between one and two standard errors',
      'beyond two standard errors',
    ];
    return `${name} ${withError(difference)}, ${size[exceeds(difference)]}${roundingOf(difference, differences)}`;
  });
  return `Published means: ${parts.join('; ')}.`;
}

/** Where a printed mean's difference is not the mean of the printed differences. */
function roundingOf(
  { group, difference }: PublishedDifference,
  differences: readonly PublishedDifference[],
): string {
  const own = differences.filter((other) => other.images !== undefined && other.group === group);
  if (own.length === 0) return '';
  const average = signed(mean(own.map((column) => column.difference)));
  return average === signed(difference) ? '' : ` (the printed columns average ${average})`;
}

function pairingSentence(columns: readonly PublishedDifference[]): string {
  const names = (chosen: readonly PublishedDifference[]) => listed(chosen.map(({ column }) => column));
  const always = columns.filter(({ difference, highest }) => Math.abs(difference) > 2 * highest);
  const depends = columns.filter(
    ({ difference, highest, lowest }) =>
      Math.abs(difference) <= 2 * highest && Math.abs(difference) > 2 * lowest,
  );
  return (
    'Both models answered the same images, and how their answers pair is not printed. Whatever the pairing, the ' +
    `difference is larger than two standard errors on ${names(always)}; on ${names(depends)} that depends on it. ` +
    'Models mostly fail on the same images, so that the true errors are as a rule below those given. They count ' +
    'images only: how far another training run would be off is not printed anywhere.'
  );
}

function lossParagraph(loss: PublishedDifference, group: readonly PublishedDifference[]): string {
  const { column, baseline, ours, difference, lowest, highest, images } = loss;
  const size = Math.abs(inStandardErrors(loss));
  const chance = 2 * normalCdf(-size);
  const columns = group.filter((own) => own.images !== undefined).length;
  const anywhere = 1 - (1 - chance) ** columns;
  const times = (error: number) => (Math.abs(difference) / error).toFixed(1);
  const conjecture = CONJECTURES[column];
  return (
    `${column}: DALIP is published below OpenCLIP, ${ours.toFixed(1)} against ${baseline.toFixed(1)} %, a loss of ` +
    `${Math.abs(difference).toFixed(1)} points on ${images!.toLocaleString('en-GB')} images. That is ${size.toFixed(1)} standard errors ` +
    `(${times(highest)} to ${times(lowest)}, by the pairing). Between equal models the images alone would bring a ` +
    `difference as large in ${percent(chance)} of such tests, and in ${percent(anywhere)} of tables with ` +
    `${columns} such columns one of them: ` +
    (size > 2 ? 'the loss is probably real, but not certain.' : 'chance could be all of the loss.') +
    meanWith(group) +
    (conjecture ? ` What could explain it is conjecture that we have seen nobody test: ${conjecture}.` : '')
  );
}

/** What the group's mean comes to, the loss included. */
function meanWith(group: readonly PublishedDifference[]): string {
  const whole = group.find(({ images }) => images === undefined);
  return whole
    ? ` With it the mean of the ${whole.column.toLowerCase()} columns changes by ${withError(whole)} points.`
    : '';
}

function withError({ difference, independent }: PublishedDifference): string {
  return `${signed(difference)} ± ${independent.toFixed(1)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.001 ? 3 : 1)} %`;
}

function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? 'none';
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
