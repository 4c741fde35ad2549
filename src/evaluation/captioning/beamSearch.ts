/** The likeliest next tokens of each row, and the end's own probability. */
export interface NextTokens {
  /** For each row its likeliest tokens, the likeliest first: at least twice as many as the beam is wide. */
  tokens: readonly (readonly number[])[];
  /** Their log-probabilities. */
  logProbabilities: readonly (readonly number[])[];
  /** The log-probability of the end token, by row. */
  end: ArrayLike<number>;
}

/**
 * Reads the newest token of each row and says what may come next. Rows are `pictures · beam`, a picture's one after the
 * other; before it reads, row i goes on from what row `parents[i]` had read (null in the first step).
 */
export type NextTokenModel = (tokens: readonly number[], parents: readonly number[] | null) => NextTokens;

export interface BeamOptions {
  /** Hypotheses of each picture; 1 is greedy search. Published: 5. */
  beam: number;
  /** Words of the longest caption. Published: 20. */
  maxWords: number;
  /** Tokens of the longest caption, the end included. */
  maxTokens: number;
  /**
   * The length rule: captions are compared by their log-probability over their tokens, the end included, to this power.
   * 0 prefers short captions, 1 takes the mean. Default 0.7.
   */
  lengthPower?: number;
  start: number;
  end: number;
  endsWord: (token: number) => boolean;
}

/** A finished caption. */
export interface Hypothesis {
  /** Without start and end. */
  tokens: number[];
  /** Of all tokens, the end included. */
  logProbability: number;
  /** What hypotheses are compared by; see `lengthPower`. */
  score: number;
}

interface Branch {
  tokens: number[];
  logProbability: number;
  words: number;
  /** The row it goes on from. */
  row: number;
  /** Has it taken the likeliest token every time? */
  greedy: boolean;
}

/**
 * Beam search for several pictures at once.
 *
 * In each step a picture's `beam` likeliest continuations are looked at; those that end are finished, and the likeliest that
 * do not end fill the beam. A picture is done with `beam` finished captions, and the best of them by the length rule is
 * taken. The greedy caption keeps its place to its end, also where the beam would drop it: so the result never scores below
 * greedy search, and a beam of 1 is greedy search. A caption has a token at least; after
 * `maxWords` words, and at `maxTokens`, nothing but the end is allowed.
 *
 * @param pictures how many
 * @returns the best caption of each
 */
export function beamSearch(pictures: number, next: NextTokenModel, options: BeamOptions): Hypothesis[] {
  const { beam, start, lengthPower = 0.7 } = options;
  const searches = Array.from({ length: pictures }, (_, picture) => startSearch(picture * beam));
  let parents: number[] | null = null;
  for (let length = 1; searches.some(({ done }) => !done); length++) {
    const rows = searches.flatMap(({ live }, picture) => filled(live, beam, picture * beam));
    const said = next(
      rows.map(({ tokens }) => tokens.at(-1) ?? start),
      parents,
    );
    searches.forEach((search, picture) => {
      if (!search.done) goOn(search, picture * beam, said, length >= options.maxTokens, options);
    });
    parents = searches.flatMap(({ live }, picture) =>
      filled(live, beam, picture * beam).map(({ row }) => row),
    );
  }
  return searches.map(({ finished }) => best(finished, lengthPower));
}

interface Search {
  /** In the order of their rows. */
  live: Branch[];
  finished: Branch[];
  done: boolean;
}

function startSearch(row: number): Search {
  const root: Branch = { tokens: [], logProbability: 0, words: 0, row, greedy: true };
  return { live: [root], finished: [], done: false };
}

/** As many branches as rows; a picture with fewer repeats its last, or one without meaning. */
function filled(live: readonly Branch[], beam: number, firstRow: number): Branch[] {
  const idle: Branch = { tokens: [], logProbability: 0, words: 0, row: firstRow, greedy: false };
  return Array.from({ length: beam }, (_, i) => live[i] ?? live.at(-1) ?? idle);
}

function goOn(
  search: Search,
  firstRow: number,
  said: NextTokens,
  isLast: boolean,
  options: BeamOptions,
): void {
  const { beam, maxWords, end } = options;
  const candidates = search.live.flatMap((branch, i) => {
    const row = firstRow + i;
    if (isLast || branch.words >= maxWords) return [extended(branch, row, end, said.end[row], 0, options)];
    const isFirst = branch.tokens.length === 0;
    const allowed = [...said.tokens[row].keys()].filter((i) => !(isFirst && said.tokens[row][i] === end));
    return allowed.map((i, rank) =>
      extended(branch, row, said.tokens[row][i], said.logProbabilities[row][i], rank, options),
    );
  });
  candidates.sort((a, b) => b.logProbability - a.logProbability || Number(b.greedy) - Number(a.greedy));
  const isEnd = ({ tokens }: Branch) => tokens.at(-1) === end;
  const ended = candidates.filter(
    (branch, rank) => isEnd(branch) && (rank < beam || branch.greedy || isLast),
  );
  const open = candidates.filter((branch) => !isEnd(branch));
  search.finished.push(...ended);
  search.live = keepGreedy(open, beam);
  const greedyIsOpen = search.live.some(({ greedy }) => greedy);
  search.done = search.live.length === 0 || (search.finished.length >= beam && !greedyIsOpen);
}

function keepGreedy(open: readonly Branch[], beam: number): Branch[] {
  const kept = open.slice(0, beam);
  const greedy = open.findIndex((branch) => branch.greedy);
  return greedy >= beam ? [...kept.slice(0, -1), open[greedy]] : kept;
}

function extended(
  branch: Branch,
  row: number,
  token: number,
  logProbability: number,
  rank: number,
  { endsWord }: BeamOptions,
): Branch {
  return {
    tokens: [...branch.tokens, token],
    logProbability: branch.logProbability + logProbability,
    words: branch.words + Number(endsWord(token)),
    row,
    greedy: branch.greedy && rank === 0,
  };
}

function best(finished: readonly Branch[], lengthPower: number): Hypothesis {
  const scored = finished.map(({ tokens, logProbability }) => ({
    tokens: tokens.slice(0, -1),
    logProbability,
    score: logProbability / tokens.length ** lengthPower,
  }));
  return scored.reduce((a, b) => (b.score > a.score ? b : a));
}
