import { matlabValues, readMatlab } from './matlab';

/** What each column of a table holds. */
type Columns = Readonly<Record<string, 'numbers' | 'texts'>>;

type Row<Wanted extends Columns> = {
  [Column in keyof Wanted]: Wanted[Column] extends 'numbers' ? number : string;
};

/**
 * A table that MATLAB keeps as structs, one for each row, with a number or a text in each wanted field; other fields are
 * passed over.
 *
 * ```ts
 * matlabTable(content, '"cars_train_annos.mat"', 'annotations', { class: 'numbers', fname: 'texts' }); // [{ class: 14, fname: '00001.jpg' }, …]
 * ```
 *
 * @param label how errors call the file
 * @throws as `readMatlab` and `matlabValues` do; Error where a field has no number
 */
export function matlabTable<const Wanted extends Columns>(
  content: Buffer,
  label: string,
  variable: string,
  columns: Wanted,
): Row<Wanted>[] {
  const rows = matlabValues(
    readMatlab(content, label, [variable])[variable],
    'structs',
    `"${variable}" in ${label}`,
  );
  return rows.map((row, i) => {
    const cells = Object.entries(columns).map(([column, type]) => {
      const place = `"${variable}(${i + 1}).${column}" in ${label}`;
      const [value] = matlabValues(row.get(column), type, place);
      if (value !== undefined || type === 'texts') return [column, value ?? ''];
      throw new Error(`Expected a number as ${place}, got none; is it the right file?`);
    });
    return Object.fromEntries(cells) as Row<Wanted>;
  });
}
