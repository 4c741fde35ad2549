import { checkExamples } from './examples';
import type { ProbeExamples } from './linearProbe';
import { cosineScores, type ScoreRows } from './scoreRows';
import { classAccuracy, type ZeroShotResult } from './zeroShot';

/** How neighbours vote for their classes. */
export type KnnVote =
  /** Each with exp(cosine / temperature): Wu et al. 2018, and DINO and iBOT after them. */
  | { kind: 'weighted'; temperature: number }
  /** Each with one vote; of equal votes the lowest class wins, as in scikit-learn's `KNeighborsClassifier`. */
  | { kind: 'majority' };

/** DINO's (Caron et al. 2021, appendix; `eval_knn.py`). */
export const DINO_VOTE: KnnVote = { kind: 'weighted', temperature: 0.07 };

/** DINO's numbers of neighbours. */
export const DINO_NEIGHBOURS: readonly number[] = [10, 20, 100, 200];

export interface KnnInput {
  /** Those who vote. */
  train: ProbeExamples;
  /** Those who are judged. */
  test: ProbeExamples;
  /** How many classes there are. */
  classes: number;
  /** How many neighbours vote; default `DINO_NEIGHBOURS`. */
  k?: readonly number[];
  /** Default `DINO_VOTE`. */
  vote?: KnnVote;
}

export type KnnScore = Pick<ZeroShotResult, 'top1' | 'top5' | 'meanPerClass' | 'count' | 'predictions'>;

/**
 * Classification by the nearest training pictures, by cosine; nothing is fitted. Where there are fewer training pictures
 * than k, all of them vote.
 *
 * From six classes on, a picture is right within five only where its class got a vote; DINO's top-5 counts whatever its
 * sort leaves in the first five places.
 *
 * @returns an accuracy for each k, in the order asked for
 * @throws where widths, labels or classes do not fit, or a k is no whole number above zero
 */
export function knnAccuracy(input: KnnInput): Map<number, KnnScore> {
  const { train, test, classes, k = DINO_NEIGHBOURS, vote = DINO_VOTE } = input;
  check(input, k);
  const most = Math.min(Math.max(...k), train.features.rows);
  const nearest: Nearest[] = new Array(test.features.rows);
  cosineScores(test.features, train.features).forEach((row, cosines) => {
    nearest[row] = highest(cosines, most);
  });
  return new Map(
    k.map((count): [number, KnnScore] => {
      const votes = voteRows(nearest, train.labels, { classes, count, vote });
      return [count, classAccuracy(votes, { labels: test.labels })];
    }),
  );
}

/** The nearest training pictures of one picture, the nearest first. */
interface Nearest {
  places: Int32Array;
  cosines: Float32Array;
}

function voteRows(
  nearest: readonly Nearest[],
  labels: ArrayLike<number>,
  { classes, count, vote }: { classes: number; count: number; vote: KnnVote },
): ScoreRows {
  const weigh = vote.kind === 'majority' ? () => 1 : (cosine: number) => Math.exp(cosine / vote.temperature);
  return {
    queries: nearest.length,
    candidates: classes,
    forEach: (visit) => {
      const votes = new Float32Array(classes);
      nearest.forEach(({ places, cosines }, row) => {
        votes.fill(0);
        const voters = Math.min(count, places.length);
        for (let i = 0; i < voters; i++) votes[labels[places[i]]] += weigh(cosines[i]);
        if (vote.kind === 'majority') preferLower(votes);
        visit(row, votes);
      });
    },
  };
}

/** Takes less than one vote from the higher of two classes with equally many. */
function preferLower(votes: Float32Array): void {
  votes.forEach((count, c) => {
    if (count > 0) votes[c] -= c / (votes.length + 1);
  });
}

/** The places of the `count` highest cosines, of equals the first ones: one pass, inserting into a sorted list. */
function highest(all: Float32Array, count: number): Nearest {
  const places = new Int32Array(count).fill(-1);
  const cosines = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let place = 0; place < all.length; place++) {
    const cosine = all[place];
    if (!(cosine > cosines[count - 1])) continue;
    let at = count - 1;
    for (; at > 0 && cosines[at - 1] < cosine; at--) {
      cosines[at] = cosines[at - 1];
      places[at] = places[at - 1];
    }
    cosines[at] = cosine;
    places[at] = place;
  }
  return { places, cosines };
}

function check({ train, classes, vote }: KnnInput, k: readonly number[]): void {
  const odd = k.find((count) => !Number.isInteger(count) || count < 1);
  if (k.length === 0 || odd !== undefined) {
    throw new Error(`Expected numbers of neighbours above zero, got ${odd ?? 'none'}: pass k: [10, 20].`);
  }
  if (vote?.kind === 'weighted' && !(vote.temperature > 0)) {
    throw new Error(`Expected a temperature above 0, got ${vote.temperature}: DINO's is 0.07.`);
  }
  checkExamples(train, classes);
}
