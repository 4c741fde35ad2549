import he from 'he';
import { definitionsHtml, type Fact } from './definitions';
import { type Picture, picturesHtml } from './pictures';
import { reportStyle } from './reportStyle';

/** What was looked for, or of what the pictures are, and those that came. */
export interface SheetSection {
  title: string;
  /** Absent where the query was a text. */
  query?: Picture;
  pictures: readonly Picture[];
  captions: readonly string[];
}

/** What a reader must know of all pictures. */
export interface SheetHead {
  facts: readonly Fact[];
  /** Longer lists, folded away. */
  lists?: readonly { title: string; facts: readonly Fact[] }[];
}

const SIDE = 160;

/**
 * A contact sheet as one HTML page that carries its pictures along: for each query what was found, the nearest first; or the
 * pictures of a set, below what there is to know of it.
 */
export async function contactSheet(
  title: string,
  sections: readonly SheetSection[],
  { facts, lists = [] }: SheetHead = { facts: [] },
): Promise<string> {
  const folded = lists.map(
    ({ title, facts }) =>
      `<details><summary>${he.escape(title)}</summary>\n${definitionsHtml(facts)}\n</details>`,
  );
  const parts = sections.map(async ({ title, query, pictures, captions }) => {
    const own = query ? await picturesHtml([query], ['query'], { side: SIDE }) : '';
    return `<h2>${he.escape(title)}</h2>\n${own}\n${await picturesHtml(pictures, captions, { side: SIDE })}`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${he.escape(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${he.escape(title)}</h1>
${facts.length ? definitionsHtml(facts) : ''}
${folded.join('\n')}
${(await Promise.all(parts)).join('\n')}
</main>
</body>
</html>
`;
}
