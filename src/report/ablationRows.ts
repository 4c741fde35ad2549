import { mean } from '../evaluation/statistics';

/** One arm in one panel: a value per seed. */
export interface AblationRow {
  label: string;
  /** Rows of one group stand together under its heading. */
  group?: string;
  values: readonly number[];
}

/** One measurement of all arms. */
export interface AblationPanel {
  title: string;
  /** Written under the axis, e.g. `accuracy, %`. */
  unit: string;
  /** What the arms are compared with: the label of a row, whose mean is marked by an upright line, or a value. */
  baseline?: string | number;
  rows: readonly AblationRow[];
}

/** A line of the figure: an arm, or a group's heading. */
export type Slot = { heading: string } | { label: string; group?: string };

/** @throws when a value is not a finite number, or the baseline is not one of the rows */
export function checkPanel({ title, baseline, rows }: AblationPanel): void {
  for (const { label, values } of rows) {
    const odd = values.find((value) => !Number.isFinite(value));
    if (odd !== undefined)
      throw new Error(`Expected finite numbers for "${label}" in "${title}", got ${odd}.`);
  }
  if (
    typeof baseline === 'string' &&
    !rows.some(({ label, values }) => label === baseline && values.length > 0)
  ) {
    throw new Error(
      `The baseline "${baseline}" of "${title}" has no values; name one of ${rows.map(({ label }) => `"${label}"`).join(', ')}.`,
    );
  }
}

/** Arms of all panels in order of first appearance, those of a group together under its heading. */
export function slotsOf(panels: readonly AblationPanel[]): Slot[] {
  const arms = new Map<string, { label: string; group?: string }>();
  for (const { label, group } of panels.flatMap(({ rows }) => rows)) {
    const key = keyOf({ label, group });
    if (!arms.has(key)) arms.set(key, { label, group });
  }
  const groups = [...new Set([...arms.values()].map(({ group }) => group))];
  return groups.flatMap((group): Slot[] => [
    ...(group ? [{ heading: group }] : []),
    ...[...arms.values()].filter((arm) => arm.group === group),
  ]);
}

/** What tells arms apart. */
export const keyOf = ({ label, group = '' }: { label: string; group?: string }) => `${group}\n${label}`;

/** The value that a panel's reference line marks. */
export function baselineOf({ baseline, rows }: AblationPanel): number | undefined {
  return typeof baseline === 'string' ? mean(rows.find(({ label }) => label === baseline)!.values) : baseline;
}
