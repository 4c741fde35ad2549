/** Widths in ems of DejaVu Sans, the widest of the fonts that figures may be drawn in: what fits here fits anywhere. */
const CLASSES: [string, number][] = [
  ["ijlI'|", 0.28],
  [' .,:;!()[]{}ftr-/\\–', 0.39],
  ['cskvxyzJFLTEB"', 0.59],
  ['ADGHNOQRUKVXZCS&', 0.77],
  ['mMWw%@—…→×±−+=<>~', 0.93],
];
const USUAL = 0.64;
const WIDTHS = new Map(CLASSES.flatMap(([letters, width]) => [...letters].map((letter) => [letter, width])));

/** About how many pixels a line of text takes at a font size, rather more than less. */
export function textWidth(text: string, size = 12): number {
  return [...text].reduce((sum, letter) => sum + (WIDTHS.get(letter) ?? USUAL), 0) * size;
}

/** The text in lines no wider than `width` pixels, broken between words; a word that is wider has a line to itself. */
export function wrapText(text: string, width: number, size = 12): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The text, cut with an ellipsis where it is wider than `width` pixels. */
export function shortenText(text: string, width: number, size = 12): string {
  if (textWidth(text, size) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, size) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** The text in at most `most` lines no wider than `width` pixels, the last of them cut where there is more. */
export function linesOf(text: string, width: number, size: number, most: number): string[] {
  const lines = wrapText(text, width, size).filter(Boolean);
  const kept = lines.length > most ? [...lines.slice(0, most - 1), lines.slice(most - 1).join(' ')] : lines;
  return kept.map((line) => shortenText(line, width, size));
}
