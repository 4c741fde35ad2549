// biome-ignore lint/suspicious/noControlCharactersInRegex: they move the cursor of the terminal that shows an error
const CONTROL = /[\0-\x1f\x7f-\x9f\u2028\u2029]/g;

/**
 * A text from somebody's file as errors show it: in quotes, on one line, cut behind so many letters, with `?` in place of
 * control characters.
 *
 * @example quoted('a\nb') // '"a?b"'
 */
export function quoted(text: string, most = 60): string {
  return JSON.stringify(shown(text, most));
}

/** The same without quotes. */
export function shown(text: string, most = 60): string {
  const start = text.slice(0, most).replace(CONTROL, '?');
  return text.length > most ? `${start}…` : start;
}
