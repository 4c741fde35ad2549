import { parseCsvTable } from '../files/csvTable';

/** A fine class of the grocery set. */
export interface GroceryClass {
  /** In words and lower case, with the coarse class where the fine one does not name it: "anjou pear". */
  name: string;
  /** Index of the coarse class. */
  coarse: number;
  /** A few sentences about the product; absent where its file is. */
  description?: string;
}

export interface GroceryClasses {
  fine: GroceryClass[];
  /** Names of the coarse classes, in words and lower case. */
  coarse: string[];
}

const COLUMNS = {
  fine: 'Class Name (str)',
  fineId: 'Class ID (int)',
  coarse: 'Coarse Class Name (str)',
  coarseId: 'Coarse Class ID (int)',
  description: 'Product Description Path (str)',
};

/**
 * The fine and coarse classes, as `classes.csv` lists them.
 *
 * @param descriptionAt the text at a path of the list; undefined where there is none
 * @throws Error where a column is missing, or the ids are not 0, 1, 2 …
 */
export function parseGroceryClasses(
  csv: string,
  descriptionAt: (path: string) => string | undefined,
): GroceryClasses {
  const data = parseCsvTable(csv, Object.values(COLUMNS), 'classes.csv');
  const fine: GroceryClass[] = [];
  const coarse: string[] = [];
  for (const row of data) {
    const [name, group] = [inWords(row[COLUMNS.fine]), inWords(row[COLUMNS.coarse])];
    const coarseId = Number(row[COLUMNS.coarseId]);
    coarse[coarseId] = group;
    fine[Number(row[COLUMNS.fineId])] = {
      name: name.includes(group) ? name : `${name} ${group}`,
      coarse: coarseId,
      description: descriptionAt(row[COLUMNS.description])?.trim(),
    };
  }
  const whole = (list: readonly unknown[]) => list.length > 0 && Object.keys(list).length === list.length;
  if (fine.length !== data.length || !whole(fine) || !whole(coarse)) {
    throw new Error(
      `Expected the ids of ${data.length} classes in classes.csv to be 0, 1, 2 and so on; check the archive.`,
    );
  }
  return { fine, coarse };
}

/** `God-Morgon-Apple-Juice` → "god morgon apple juice" */
function inWords(name: string): string {
  return name.trim().replaceAll('-', ' ').toLowerCase();
}
