import he from 'he';

/** A name and its value, as in a list of settings. */
export type Fact = readonly [name: string, value: string | number];

/** A list of names and values as HTML, in the page's style. */
export function definitionsHtml(facts: readonly Fact[]): string {
  const entries = facts.map(
    ([name, value]) => `<dt>${he.escape(name)}</dt><dd>${he.escape(`${value}`)}</dd>`,
  );
  return `<dl>${entries.join('\n')}</dl>`;
}
