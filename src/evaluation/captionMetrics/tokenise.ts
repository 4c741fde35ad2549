/** What pycocoevalcap leaves out of captions, beside what becomes a space below. */
const PUNCTUATION = new Set(["'", '`', '.', '?', '!', ',', ':', '-', ';']);

/** Characters that the Penn Treebank's tokens spell in another way, or that none of the tokens kept can hold. */
const SPELLINGS: [RegExp, string][] = [
  [/[‘’]/g, "'"],
  [/[“”„«»"]/g, ' '],
  [/[–—…]|-{2,}|\.{2,}|[\u{80}-\u{9f}\u{10000}-\u{10ffff}]/gu, ' '],
  [/½/g, ' 1/2 '],
  [/¼/g, ' 1/4 '],
  [/¾/g, ' 3/4 '],
  [/€/g, '$'],
  [/£/g, '#'],
];

/** Brackets, and words that are written as one and read as two. */
const REPLACED = new Map([
  ['(', ['-lrb-']],
  [')', ['-rrb-']],
  ['[', ['-lsb-']],
  [']', ['-rsb-']],
  ['{', ['-lcb-']],
  ['}', ['-rcb-']],
  ['cannot', ['can', 'not']],
  ['gonna', ['gon', 'na']],
  ['gotta', ['got', 'ta']],
  ['wanna', ['wan', 'na']],
  ['gimme', ['gim', 'me']],
  ['lemme', ['lem', 'me']],
  ["'tis", ["'t", 'is']],
  ["'twas", ["'t", 'was']],
]);

/** Tokens from the most particular to the most general; they are tried in this order at each place. */
const TOKEN = new RegExp(
  [
    /https?:\/\/[^\s"<>]+[^\s"<>.,;:!?)]/u, // An address.
    /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/u, // An e-mail address.
    /[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.(?:com|org|net|edu)(?![\p{L}\p{N}])/u,
    /&(?:#\d+|\p{L}+);/u, // A character as HTML spells it.
    /[#@][\p{L}_][\p{L}\p{N}_]*/u, // A tag or a name.
    /'t(?:is|was)(?![\p{L}\p{N}])/u,
    /(?:\p{L}\.)+(?!\p{L})/u, // "u.s.", "x."
    /(?:mr|mrs|ms|dr|st|jr|sr|prof|vs|etc|inc|co|corp|ltd|ave|blvd)\./u,
    /no\.(?=\s*\d)/u,
    /n't(?![\p{L}\p{N}])/u,
    /'(?:s|m|d|ll|re|ve)(?![\p{L}\p{N}])/u,
    /(?<!\p{N})'\d\ds?(?![\p{L}\p{N}])/u, // "'90s"
    /'(?:n'|cause(?!\p{L}))/u, // "rock 'n' roll"
    /[dlo]'\p{L}{2,}|ma'am/u, // "o'clock"
    /\p{L}+?(?=n't(?![\p{L}\p{N}]))/u, // "ca" of "can't"
    /[$#]/u,
    /[+-]?\.?\d+(?:[.,:/-]\d+)*(?![\p{L}\p{N}_]|-\p{L})/u,
    /\p{L}{1,2}&\p{L}(?!\p{L})/u, // "at&t"
    /[\p{L}\p{N}\p{M}_]+(?:[-/][\p{L}\p{N}\p{M}_]+)*/u,
    /[!?]{2,}/u,
    /[^\s]/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

/**
 * A caption's words in lower case, as metrics compare them: contractions split ("is", "n't"; "dog", "'s"), punctuation
 * left out, hyphenated words whole, brackets as `-lrb-`, as pycocoevalcap makes of them.
 *
 * This is our own approximation of Stanford's PTBTokenizer 3.4.1 (`-lowerCase`) with pycocoevalcap's list of
 * punctuation: all but 5 of the 20,826 texts of the embedded sets get the same tokens. Its smileys, its tags of HTML
 * and most of its abbreviations are not in it.
 */
export function tokenise(caption: string): string[] {
  let plain = caption.toLowerCase();
  for (const [character, spelling] of SPELLINGS) plain = plain.replace(character, spelling);
  const tokens = (plain.match(TOKEN) ?? []).flatMap((token) => REPLACED.get(token) ?? token);
  return tokens.filter((token) => !PUNCTUATION.has(token));
}
