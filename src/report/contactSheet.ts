import he from 'he';
import { type Picture, picturesHtml } from './pictures';
import { reportStyle } from './reportStyle';

/** What was looked for, and the pictures that came. */
export interface SheetSection {
  title: string;
  /** Absent where the query was a text. */
  query?: Picture;
  pictures: readonly Picture[];
  captions: readonly string[];
}

const SIDE = 160;

/** A contact sheet as one HTML page that carries its pictures along: for each query what was found, the nearest first. */
export async function contactSheet(title: string, sections: readonly SheetSection[]): Promise<string> {
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
${(await Promise.all(parts)).join('\n')}
</main>
</body>
</html>
`;
}
