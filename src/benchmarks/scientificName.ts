const RANKS = new Set(['subsp.', 'ssp.', 'var.', 'f.']);

/** Words in lower case between authors. */
const BETWEEN_AUTHORS = new Set(['ex', 'et', 'in', 'non', 'de', 'von', 'van']);

/**
 * A species' name without those who gave it, as text towers read authors as words: `Boletus edulis Bull.` → `Boletus edulis`,
 * `Mycena galopus var. candida J.E. Lange` → `Mycena galopus var. candida`.
 */
export function withoutAuthors(name: string): string {
  const words = name.trim().split(/\s+/);
  const kept = words.slice(0, 1);
  words.slice(1).forEach((word, index) => {
    const before = words[index];
    const hybrid = word === '×' || word === 'x';
    const epithet = /^×?\p{Ll}[\p{Ll}-]+$/u.test(word) && !BETWEEN_AUTHORS.has(word);
    const follows = index === 0 || before === '×' || before === 'x';
    if ((hybrid && index === 0) || (epithet && follows)) kept.push(word);
    else if (epithet && RANKS.has(before)) kept.push(before, word);
  });
  return kept.join(' ');
}
