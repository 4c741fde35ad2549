import { isDeepStrictEqual } from 'node:util';
import { differingEntries, differingItems } from './listDifferences';
import type { EvaluationResults, Result, SplitRecord } from './results';

/** One thing that decides numbers and is not the same in both. */
export interface Difference {
  what:
    | 'weights'
    | 'architecture'
    | 'preparation'
    | 'precision'
    | 'class names'
    | 'templates'
    | 'split'
    | 'pictures'
    | 'files'
    | 'settings'
    | 'clipbook';
  /** A sentence. */
  how: string;
}

type Side = readonly [EvaluationResults, Result];

/** Everything that decided two results and is not the same, the likeliest causes first. */
export function differencesOf(a: Side, b: Side): Difference[] {
  return [
    ...modelDifferences(a, b),
    ...textDifferences(a, b),
    ...dataDifferences(a[1], b[1]),
    ...told('settings', differingEntries(a[1].settings, b[1].settings)),
    ...told('clipbook', madeBy(a, b)),
  ];
}

function told(what: Difference['what'], how: string | undefined): Difference[] {
  if (how === undefined) return [];
  const verb = what.endsWith('s') ? 'differ' : 'differs';
  return [{ what, how: `${what[0].toUpperCase()}${what.slice(1)} ${verb}: ${how}.` }];
}

function modelDifferences([all, { model }]: Side, [others, { model: other }]: Side): Difference[] {
  const [a, b] = [
    all.models.find(({ label }) => label === model)!,
    others.models.find(({ label }) => label === other)!,
  ];
  const isSame = a.weights.checksum === b.weights.checksum;
  const name = ({ weights }: typeof a) => `${weights.file} (${weights.checksum.slice(0, 8)})`;
  return [
    ...told('weights', isSame ? undefined : `${name(a)} and ${name(b)}`),
    ...told('architecture', a.config === b.config ? undefined : `${a.source} and ${b.source}`),
    ...told('preparation', differingEntries(a.preparation, b.preparation)),
    ...told('precision', a.precision === b.precision ? undefined : `${a.precision} and ${b.precision}`),
  ];
}

function textDifferences([all, a]: Side, [others, b]: Side): Difference[] {
  const list = ({ lists }: EvaluationResults, hash: string | undefined) => (hash ? lists[hash] : undefined);
  return [
    ...told('class names', differingItems(list(all, a.classNames), list(others, b.classNames))),
    ...told('templates', differingItems(list(all, a.templates), list(others, b.templates))),
  ];
}

function dataDifferences(a: Result, b: Result): Difference[] {
  if (a.split !== b.split) return told('split', `${a.split} and ${b.split}`);
  return a.splits.flatMap((split) => {
    const other = b.splits.find(({ name }) => name === split.name);
    if (!other) return told('pictures', `${split.name} was looked at in the first only`);
    return [...told('pictures', picturesOf(split, other)), ...told('files', filesOf(split, other))];
  });
}

function picturesOf(a: SplitRecord, b: SplitRecord): string | undefined {
  const isSame = a.keys === b.keys && isDeepStrictEqual(a.damaged, b.damaged);
  if (isSame) return undefined;
  const say = ({ pictures, damaged, absent }: SplitRecord) =>
    [
      `${pictures}`,
      damaged.length > 0 && `${damaged.length} damaged`,
      absent.length > 0 && `${absent.length} absent`,
    ]
      .filter(Boolean)
      .join(', ');
  const order = a.pictures === b.pictures ? '; other pictures, or another order' : '';
  return `${a.name} has ${say(a)} in the first and ${say(b)} in the second${order}`;
}

/** Folders are known by names and sizes only, so that an archive and what it unpacks to cannot be compared. */
function filesOf(a: SplitRecord, b: SplitRecord): string | undefined {
  const others = new Map(b.files.map((file) => [file.name, file]));
  const odd = a.files.filter((file) => {
    const other = others.get(file.name);
    const isSameKind = other && (file.files === undefined) === (other.files === undefined);
    return isSameKind && other.sha256 !== file.sha256;
  });
  if (odd.length === 0) return undefined;
  return odd.map(({ name, bytes }) => `${name} of ${bytes} and ${others.get(name)!.bytes} bytes`).join(', ');
}

function madeBy([{ clipbook: a }]: Side, [{ clipbook: b }]: Side): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined;
  const say = ({ version, commit }: typeof a) => version + (commit ? ` at ${commit.slice(0, 7)}` : '');
  return `${say(a)} and ${say(b)}`;
}
