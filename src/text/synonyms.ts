import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const SYNONYMS_FILE = join(__dirname, '../../data/synonyms/synonyms.txt.gz');

/**
 * What WordNet removes from an inflected word, and what it puts in its place, to find the form that it lists. Exceptions
 * ("men", "geese", "ran") are in the file. Source: morphy of WordNet 3.0, with NLTK's one addition, "ves" → "f".
 */
const ENDINGS: Record<PartOfSpeech, readonly [ending: string, base: string][]> = {
  noun: [
    ['s', ''],
    ['ses', 's'],
    ['ves', 'f'],
    ['xes', 'x'],
    ['zes', 'z'],
    ['ches', 'ch'],
    ['shes', 'sh'],
    ['men', 'man'],
    ['ies', 'y'],
  ],
  verb: [
    ['s', ''],
    ['ies', 'y'],
    ['es', 'e'],
    ['es', ''],
    ['ed', 'e'],
    ['ed', ''],
    ['ing', 'e'],
    ['ing', ''],
  ],
  adj: [
    ['er', ''],
    ['est', ''],
    ['er', 'e'],
    ['est', 'e'],
  ],
  adv: [],
};

type PartOfSpeech = 'noun' | 'verb' | 'adj' | 'adv';

interface Lexicon {
  /** Word → its synsets, each as words with spaces between them. */
  synsets: Map<string, string[]>;
  /** Irregular form → base forms. */
  exceptions: Map<string, string[]>;
}

let lexicons: Record<PartOfSpeech, Lexicon> | undefined;

/**
 * The words that share a synset of WordNet 3.0 with a word, in any sense and as any part of speech, in alphabetical order
 * and lower case, without the word itself. An inflected word has the synonyms of its base form, and that form too ("apples"
 * → "apple"). Empty for a word that WordNet does not know.
 *
 * As `textaugment`'s EDA through NLTK, but for three things: expressions of several words are left out, words keep their
 * hyphens, dots and digits, and a capital letter does not make a word its own synonym. The first call reads the file (about
 * a fifth of a second).
 *
 * @example synonymsOf('sofa') // ['couch', 'lounge']
 */
export function synonymsOf(word: string): string[] {
  lexicons ??= readLexicons();
  const own = word.toLowerCase();
  const found = new Set<string>();
  for (const part of Object.keys(ENDINGS) as PartOfSpeech[]) {
    const { synsets } = lexicons[part];
    for (const form of forms(own, part, lexicons[part])) {
      for (const synset of synsets.get(form) ?? []) for (const other of synset.split(' ')) found.add(other);
    }
  }
  found.delete(own);
  return [...found].sort();
}

/** The word and what may be its base forms. */
function forms(word: string, part: PartOfSpeech, { exceptions }: Lexicon): string[] {
  const irregular = exceptions.get(word);
  if (irregular) return [word, ...irregular];
  const endings = ENDINGS[part].filter(([ending]) => word.endsWith(ending));
  return [word, ...endings.map(([ending, base]) => word.slice(0, -ending.length) + base)];
}

/** The file's sections, each behind a line such as "# noun synsets". */
function readLexicons(): Record<PartOfSpeech, Lexicon> {
  const sections = new Map<string, string[]>();
  for (const section of gunzipSync(readFileSync(SYNONYMS_FILE)).toString('latin1').split('# ').slice(1)) {
    const [title, ...lines] = section.trimEnd().split('\n');
    sections.set(title, lines);
  }
  const lexicon = (part: PartOfSpeech): Lexicon => ({
    synsets: indexWords(sections.get(`${part} synsets`)!),
    exceptions: new Map(
      sections.get(`${part} exceptions`)!.map((line) => {
        const [form, ...bases] = line.split(' ');
        return [form, bases];
      }),
    ),
  });
  return { noun: lexicon('noun'), verb: lexicon('verb'), adj: lexicon('adj'), adv: lexicon('adv') };
}

function indexWords(synsets: string[]): Map<string, string[]> {
  const index = new Map<string, string[]>();
  for (const synset of synsets) {
    for (const word of synset.split(' ')) {
      const listed = index.get(word);
      if (listed) listed.push(synset);
      else index.set(word, [synset]);
    }
  }
  return index;
}
