import assert from 'node:assert/strict';
import { createRandom } from '../../../src/engine';
import { type BeamOptions, beamSearch, type NextTokenModel } from '../../../src/evaluation';

const [START, END] = [0, 1];
const VOCABULARY = 7;

/** Log-probabilities of every next token after a prefix; the same for the same seed and prefix. */
function logProbabilities(seed: number, prefix: readonly number[]): number[] {
  const random = createRandom(seed).fork(prefix.join(' '));
  const weights = Array.from({ length: VOCABULARY }, (_, token) =>
    token === START ? 0 : random.uniform() ** 3,
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => Math.log(weight / sum));
}

/** A model that remembers its rows' prefixes as a decoder does, from the parents it is told. */
function randomModel(seeds: readonly number[], beam: number): NextTokenModel {
  let prefixes: number[][] = seeds.flatMap(() => Array.from({ length: beam }, () => []));
  return (tokens, parents) => {
    assert.equal(tokens.length, seeds.length * beam);
    if (parents) prefixes = parents.map((row) => prefixes[row]);
    prefixes = prefixes.map((prefix, row) => [...prefix, tokens[row]]);
    const all = prefixes.map((prefix, row) => logProbabilities(seeds[Math.floor(row / beam)], prefix));
    const ranked = all.map((row) => [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, 2 * beam));
    return {
      tokens: ranked,
      logProbabilities: ranked.map((tokens, row) => tokens.map((token) => all[row][token])),
      end: all.map((row) => row[END]),
    };
  };
}

const options = (changes: Partial<BeamOptions> = {}): BeamOptions => ({
  beam: 3,
  maxWords: 20,
  maxTokens: 12,
  start: START,
  end: END,
  endsWord: (token) => token % 2 === 0,
  ...changes,
});
const search = (seeds: readonly number[], changes: Partial<BeamOptions> = {}) => {
  const chosen = options(changes);
  return beamSearch(seeds.length, randomModel(seeds, chosen.beam), chosen);
};

function greedyTokens(seed: number, maxTokens = 12): number[] {
  const tokens: number[] = [];
  while (tokens.length < maxTokens - 1) {
    const row = logProbabilities(seed, [START, ...tokens]);
    const allowed = tokens.length === 0 ? row.filter((_, token) => token !== END) : row;
    const token = row.indexOf(Math.max(...allowed));
    if (token === END) break;
    tokens.push(token);
  }
  return tokens;
}

function logProbabilityOf(seed: number, tokens: readonly number[]): number {
  return [...tokens, END].reduce(
    (sum, token, i) => sum + logProbabilities(seed, [START, ...tokens.slice(0, i)])[token],
    0,
  );
}

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

describe('beamSearch', () => {
  it('is greedy search with a beam of 1', () => {
    assert.deepEqual(
      search(SEEDS, { beam: 1 }).map(({ tokens }) => tokens),
      SEEDS.map((seed) => greedyTokens(seed)),
    );
  });

  it('says the log-probability and the score of what it found', () => {
    search(SEEDS).forEach(({ tokens, logProbability, score }, seed) => {
      assert.ok(Math.abs(logProbability - logProbabilityOf(seed, tokens)) < 1e-9);
      assert.ok(Math.abs(score - logProbability / (tokens.length + 1) ** 0.7) < 1e-9);
    });
  });

  for (const lengthPower of [0, 0.7, 1]) {
    it(`never scores below greedy search, and mostly above with more branches: length power ${lengthPower}`, () => {
      const greedy = search(SEEDS, { beam: 1, lengthPower });
      for (const beam of [2, 3]) {
        const found = search(SEEDS, { beam, lengthPower });
        const better = SEEDS.filter((seed) => found[seed].score > greedy[seed].score + 1e-12);
        assert.ok(SEEDS.every((seed) => found[seed].score >= greedy[seed].score - 1e-12));
        assert.ok(better.length > 8, `better in ${better.length}`);
      }
    });
  }

  it('finds the likeliest caption of all where the beam is wide enough', () => {
    const short = { beam: VOCABULARY ** 2, maxTokens: 3, lengthPower: 0 };
    const tokens = Array.from({ length: VOCABULARY - 2 }, (_, i) => i + 2);
    const all = [...tokens.map((a) => [a]), ...tokens.flatMap((a) => tokens.map((b) => [a, b]))];
    search(SEEDS.slice(0, 10), short).forEach((found, seed) => {
      const best = Math.max(...all.map((caption) => logProbabilityOf(seed, caption)));
      assert.ok(Math.abs(found.logProbability - best) < 1e-9, `${found.logProbability} and ${best}`);
    });
  });

  it('keeps to words and tokens, and says something', () => {
    for (const beam of [1, 3]) {
      assert.ok(search(SEEDS, { beam, lengthPower: 0 }).every(({ tokens }) => tokens.length > 0));
    }
    for (const beam of [1, 3]) {
      for (const { tokens } of search(SEEDS, { beam, maxWords: 2 })) {
        assert.ok(tokens.filter((token) => token % 2 === 0).length <= 2);
      }
      for (const { tokens } of search(SEEDS, { beam, maxTokens: 4 })) assert.ok(tokens.length <= 3);
    }
  });

  it('answers for each picture what it answers for it alone', () => {
    const together = search(SEEDS);
    for (const seed of [0, 7, 39]) assert.deepEqual(search([seed])[0], together[seed]);
  });
});
