import { unescapeClosedHtml } from './htmlEntities';
import { repairMojibake } from './mojibake';

/** Latin ligatures and digraphs that are one character for typographic or historical reasons. */
const LIGATURES = /[ĲĳŉǱ-ǳǄ-ǌﬀ-ﬆ]/g;
const FULL_WIDTH = /[\uff01-\uffef]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const TERMINAL_ESCAPES = /\x1b\[[\d;]*[a-zA-Z]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const CONTROL_CHARACTERS = /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g;

/**
 * Undoes what the web does to text, as `ftfy.fix_text` (ftfy 6.3) with its defaults: HTML references, mojibake,
 * ligatures, full-width forms, curly quotes, line breaks, unpaired surrogates, terminal escapes, control characters;
 * then Unicode's canonical composition. Mojibake is repaired with a simpler rule than ftfy's, see `repairMojibake`.
 *
 * @example fixText('It&rsquo;s ﬂu&#64259;est') // "It's fluffiest"
 */
export function fixText(text: string): string {
  const lines = text.split(/(?<=\n)/);
  const firstMarkup = lines.findIndex((line) => line.includes('<'));
  return lines.map((line, index) => fixLine(line, firstMarkup === -1 || index < firstMarkup)).join('');
}

/** Repeats the fixes until nothing changes. HTML stays as it is where the text holds real markup. */
function fixLine(line: string, unescapesHtml: boolean): string {
  let fixed = line;
  for (let before: string | undefined; before !== fixed; ) {
    before = fixed;
    fixed = fixOnce(unescapesHtml ? unescapeClosedHtml(fixed) : fixed);
  }
  return fixed;
}

function fixOnce(text: string): string {
  return repairMojibake(text)
    .replace(LIGATURES, splitLigature)
    .replace(FULL_WIDTH, (character) => character.normalize('NFKC'))
    .replaceAll('\u3000', ' ')
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/\r\n|[\r\u2028\u2029\x85]/g, '\n')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(TERMINAL_ESCAPES, '')
    .replace(CONTROL_CHARACTERS, '')
    .normalize('NFC');
}

function splitLigature(ligature: string): string {
  return ligature === 'ﬅ' ? 'ſt' : ligature.normalize('NFKC');
}
