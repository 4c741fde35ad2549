import { createRandom } from '../engine';
import { type Embeddings, embedPictures, embedTexts, rowCosines } from '../evaluation';
import type { GateHistory } from '../losses';
import { captionOf, spoiledTexts } from './alipData';
import type { Observation, ObservedRun, Observer } from './experiment';

/** How many training pairs are looked at, and when, as a share of the run. */
const SAMPLE = 1200;
const SHARES = [0.04, 0.2, 0.5, 1];

/** What the gates see of some training pairs, the same in every run, after a step. */
export interface GateObservation extends Observation {
  /** Null where the objective keeps none. */
  history: GateHistory | null;
  /** The pairs, as indices in the training set; the lists below have one entry for each. */
  indices: number[];
  /** Cosine of raw text and caption, to three decimals; likewise picture and raw text, picture and caption. */
  textCaption: number[];
  imageText: number[];
  imageCaption: number[];
}

/**
 * Writes down the three similarities that ALIP's gates compare with their history, for training pairs whose texts were
 * spoiled at this rate. Pictures are seen whole, not as training crops.
 */
export function gateObserver(rate: number): Observer {
  return {
    moments: (steps) => SHARES.map((share) => Math.round(share * steps)),
    observe: (run) => ({ history: run.objective.getState?.() ?? null, ...similaritiesOf(run, rate) }),
  };
}

function similaritiesOf(
  { model, tokenizer, data, seed }: ObservedRun,
  rate: number,
): Omit<GateObservation, 'step' | 'history'> {
  const order = createRandom('observed pairs').shuffle([...data.train.keys.keys()]);
  const indices = order.slice(0, SAMPLE).sort((a, b) => a - b);
  const { texts } = spoiledTexts(data, rate, seed);
  const images = embedPictures(model, data.train, indices).first;
  const raw = embedTexts(
    model,
    tokenizer,
    indices.map((index) => texts[index]),
  ).first;
  const captions = embedTexts(
    model,
    tokenizer,
    indices.map((index) => captionOf(data, index)),
  ).first;
  return {
    indices,
    textCaption: similarities(raw, captions),
    imageText: similarities(images, raw),
    imageCaption: similarities(images, captions),
  };
}

function similarities(a: Embeddings, b: Embeddings): number[] {
  return rowCosines(a, b).map((cosine) => Math.round(1e3 * cosine) / 1e3);
}
