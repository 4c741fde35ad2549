/** A text and the thing it is about, so that a thing drawn a hundred times counts once. */
export interface LabelledText {
  label: string;
  text: string;
}

export interface ConceptWordsOptions {
  /** At most so many words, the most frequent first; default 400. */
  count?: number;
  /** A word must occur with so many labels; default 4. */
  minimumLabels?: number;
}

/** Words that stand alone between commas and name nothing. */
const NO_CONCEPTS = new Set(['the', 'and', 'with', 'for', 'from', 'not', 'other', 'etc', 'vol', 'via']);

/**
 * The vocabulary of concepts that are retrieved: single words from lists of keywords ("associated with moon, night and
 * sky", "house, building, home"), and a noun behind an article ("A mammal, …"), by the number of labels they occur with.
 *
 * LightCap takes the object names of Visual Genome. There is no parser here: what keyword lists hold are nouns for the most
 * part, and some adjectives and verbs among them. Give training texts alone: a list with words of test texts is a leak.
 */
export function conceptWords(
  texts: readonly LabelledText[],
  { count = 400, minimumLabels = 4 }: ConceptWordsOptions = {},
): string[] {
  const labels = new Map<string, Set<string>>();
  for (const { label, text } of texts) {
    for (const word of loneWords(text)) {
      const found = labels.get(word) ?? new Set();
      labels.set(word, found.add(label));
    }
  }
  return [...labels]
    .filter(([, { size }]) => size >= minimumLabels)
    .sort(([a, { size: ofA }], [b, { size: ofB }]) => ofB - ofA || (a < b ? -1 : 1))
    .slice(0, count)
    .map(([word]) => word);
}

function loneWords(text: string): string[] {
  const parts = text.toLowerCase().split(/[,.;:()]| and | or |associated with/);
  return parts.flatMap((part) => {
    const [, word] = /^(?:an? |the )?(\p{L}{3,})$/u.exec(part.trim()) ?? [];
    return word === undefined || NO_CONCEPTS.has(word) ? [] : word;
  });
}
