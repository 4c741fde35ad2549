import he from 'he';
import { reportStyle } from './reportStyle';

/**
 * One HTML page in the style of all reports: it reads well on a phone, on paper, in light and in dark, and needs no network.
 *
 * @param page.body HTML, what stands in `<main>`
 * @param page.scripts HTML after it, such as `plotlyFromAssets`
 * @param page.style CSS of this page alone
 */
export function htmlPage(page: { title: string; body: string; scripts?: string; style?: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${he.escape(page.title)}</title>
<style>${reportStyle}${page.style ?? ''}</style>
</head>
<body>
<main>
${page.body}
</main>
${page.scripts ?? ''}
</body>
</html>
`;
}

/** A list of sentences, under a heading where it has a title; nothing where there are none. */
export function sentencesHtml(sentences: readonly string[], title?: string): string {
  if (sentences.length === 0) return '';
  const entries = sentences.map((sentence) => `<li>${he.escape(sentence)}</li>`).join('\n');
  return `${title ? `<h2>${he.escape(title)}</h2>` : ''}<ul class="verdicts">${entries}</ul>`;
}

/** What a reader may unfold: a value as JSON. */
export function jsonDetails(title: string, value: unknown): string {
  const json = he.escape(JSON.stringify(value, null, 2));
  return `<details><summary>${he.escape(title)}</summary><pre>${json}</pre></details>`;
}
