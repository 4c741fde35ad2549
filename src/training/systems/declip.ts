import * as tf from '@tensorflow/tfjs-core';
import { STRONG_VIEW, type ViewRecipe } from '../../data';
import { maskedTextLoss, maskedTextSums, neighbourLoss, simsiamLoss } from '../../losses';
import {
  auxiliaryScope,
  type Clip,
  type ClipConfig,
  imageFeatures,
  logitScale,
  type Mode,
  patchEmbeddings,
  simsiamPredictor,
  simsiamProjector,
  type TextFeatures,
  type TokenEmbeddings,
  textFeatures,
  wordEmbeddings,
} from '../../models';
import { unitLength } from '../../nn';
import type { MaskedTexts } from '../../text';
import type { Objective, StepMetrics, Vectors } from '../objectives';
import { createTextQueue, type TextQueue, type TextQueueState } from '../textQueue';
import { meanContrast } from './contrast';
import { PUBLISHED_SIZES } from './defaults';
import { tokenLoss, withTokenMaps } from './filip';

/** What the signals of CLIP-Benchmark's figure (Cui et al. 2022) count in the loss. A weight of zero leaves one out. */
export interface SignalWeights {
  /** Original and multi-view: the mean of CLIP's loss over two sights of the pictures and two wordings of the texts. */
  contrast: number;
  /** SimSiam between the two sights. */
  imageSelf: number;
  /** Guessing hidden words. */
  textSelf: number;
  /** Pictures against the nearest neighbours of their texts. */
  neighbours: number;
  /** Token-wise similarity of the first sight and the text (FILIP's). */
  tokens: number;
}

/** As in the official YFCC configurations. They need not sum to 1. */
export const DECLIP_WEIGHTS: SignalWeights = {
  contrast: 0.4,
  imageSelf: 0.2,
  textSelf: 0.2,
  neighbours: 0.2,
  tokens: 0,
};
export const DEFILIP_WEIGHTS: SignalWeights = { ...DECLIP_WEIGHTS, tokens: 0.2 };

/** The part of the model that a signal alone trains. */
const PART_OF = { imageSelf: 'simsiam', textSelf: 'maskedText', tokens: 'tokens' } as const;

export interface DeclipOptions {
  name?: string;
  weights?: SignalWeights;
  /** Width of the model's embeddings, and so of the queue's. */
  embedDim: number;
  /** Texts the queue of neighbours holds. Published: 65,536. */
  queueSize?: number;
  /** How both sights are made; default `STRONG_VIEW`, for small pictures. */
  view?: ViewRecipe;
  /**
   * Which text meets the pictures: the one with hidden words, which saves a pass and is what the official code does, or the
   * whole one. Default `masked`; without `textSelf` there is only the whole one.
   */
  contrastText?: 'masked' | 'whole';
}

/** The sizes of DeCLIP's heads. */
export interface DeclipHeads {
  simsiam: { hidden: number; bottleneck: number };
}

/** A model with DeCLIP's heads. */
export function withDeclipHeads(base: ClipConfig, { simsiam }: DeclipHeads = PUBLISHED_SIZES): ClipConfig {
  return { ...base, auxiliary: { ...base.auxiliary, simsiam, maskedText: true } };
}

/** A model with DeCLIP's heads and FILIP's token maps. */
export function withDefilipHeads(
  base: ClipConfig,
  heads?: DeclipHeads,
  tokens?: { width: number },
): ClipConfig {
  return withTokenMaps(withDeclipHeads(base, heads), tokens);
}

/** A batch as DeCLIP sees it. Vectors are not normalised yet: SimSiam reads them as they are. */
type DeclipEmbeddings = Vectors<'sight1' | 'sight2' | 'texts' | 'edited'> &
  Partial<Vectors<'maskedSums' | 'maskedCounts'> & TokenEmbeddings>;

/**
 * DeCLIP (Li et al., ICLR 2022) and, with a weight for tokens, DeFILIP (Cui et al. 2022): every signal that comes free with a
 * pair, added up. Two sights of each picture, its text and an edited wording of it; see `SignalWeights`.
 *
 * As in the official code, plain CLIP's loss is one of four under `contrast`, and neighbours are looked up in one direction.
 * Other than there: padding never takes part in token-wise similarity, and all its tokens are kept.
 */
export function declipObjective({
  name = 'DeCLIP',
  weights = DECLIP_WEIGHTS,
  embedDim,
  queueSize = PUBLISHED_SIZES.queue,
  view = STRONG_VIEW,
  contrastText = 'masked',
}: DeclipOptions): Objective<DeclipEmbeddings> {
  const queue = createTextQueue({ size: queueSize, width: embedDim, seed: 0 });
  const idle = Object.entries(PART_OF)
    .filter(([signal]) => weights[signal as keyof typeof PART_OF] === 0)
    .map(([, part]) => part);
  return {
    name,
    needs: { views: [view, view], edited: true, masked: weights.textSelf > 0 },
    trains: (parameter) => !idle.some((part) => parameter.startsWith(`auxiliary.${part}.`)),
    encode: (model, batch) => {
      const hidesWords = contrastText === 'masked' && weights.textSelf > 0;
      const whole = hidesWords ? undefined : textFeatures(model, batch.texts);
      const guessed = weights.textSelf > 0 ? textFeatures(model, batch.masked!) : undefined;
      const [first, second] = batch.views!.map(({ images }) => imageFeatures(model, images));
      const texts = (whole ?? guessed)!;
      return {
        sight1: first.pooled,
        sight2: second.pooled,
        texts: texts.pooled,
        edited: textFeatures(model, batch.edited!).pooled,
        ...(guessed && guesses(model, guessed, batch.masked!)),
        ...(weights.tokens > 0 && {
          patches: patchEmbeddings(model, first),
          ...wordEmbeddings(model, texts, batch.texts),
        }),
      };
    },
    lossOf: (rows, model, mode) => {
      const sights = [unitLength(rows.sight1), unitLength(rows.sight2)];
      const wordings = [unitLength(rows.texts), unitLength(rows.edited)];
      const scale = logitScale(model);
      return weighedSum(weights, {
        contrast: () => meanContrast(sights, wordings, scale),
        imageSelf: () => imageSelfLoss(rows, model, mode),
        textSelf: () => maskedTextLoss({ sums: rows.maskedSums!, counts: rows.maskedCounts! }),
        neighbours: () => neighboursLoss(sights, wordings, scale, queue),
        tokens: () => tokenLoss(rows as TokenEmbeddings, model),
      });
    },
    getState: () => queue.getState(),
    setState: (state) => queue.setState(state as TextQueueState | null),
    dispose: queue.dispose,
  };
}

/** Each text's part of the loss of hidden words. */
function guesses(model: Clip, { states }: TextFeatures, { labels }: MaskedTexts) {
  const guesser = auxiliaryScope(model, 'maskedText').at('text_label_predictor');
  const { sums, counts } = maskedTextSums(states, labels, {
    weight: guesser('weight'),
    bias: guesser('bias'),
  });
  return { maskedSums: sums, maskedCounts: counts };
}

/** SimSiam: each sight's projection is guessed from the other's. */
function imageSelfLoss(
  { sight1, sight2 }: Pick<DeclipEmbeddings, 'sight1' | 'sight2'>,
  model: Clip,
  { training }: Mode,
): tf.Scalar {
  const heads = auxiliaryScope(model, 'simsiam');
  const [z1, z2] = [sight1, sight2].map((rows) => simsiamProjector(rows, heads.at('projector'), training));
  const [p1, p2] = [z1, z2].map((z) => simsiamPredictor(z, heads.at('predictor'), training));
  return simsiamLoss({ p1, z1, p2, z2 });
}

/**
 * Every sight against the neighbours of every wording. The queue then takes the batch in, the edited wordings first, as in the
 * official code: nobody is their own neighbour.
 */
function neighboursLoss(
  sights: readonly tf.Tensor2D[],
  wordings: readonly tf.Tensor2D[],
  scale: tf.Scalar,
  queue: TextQueue,
): tf.Scalar {
  const neighbours = wordings.map((texts) => queue.nearest(texts));
  for (const texts of [...wordings].reverse()) queue.push(texts);
  const losses = sights.flatMap((images) => neighbours.map((texts) => neighbourLoss(images, texts, scale)));
  return tf.mean(tf.stack(losses)) as tf.Scalar;
}

/** The terms that count, each times its weight; as metrics each by itself. */
function weighedSum<Name extends string>(
  weights: Record<Name, number>,
  terms: Record<Name, () => tf.Scalar>,
): { loss: tf.Scalar; metrics: () => StepMetrics } {
  const names = (Object.keys(terms) as Name[]).filter((name) => weights[name] > 0);
  const values = names.map((name) => terms[name]());
  const metricOf = (name: string) => `loss${name[0].toUpperCase()}${name.slice(1)}`;
  return {
    loss: tf.addN(values.map((value, i) => tf.mul(value, weights[names[i]]))) as tf.Scalar,
    metrics: () => Object.fromEntries(values.map((value, i) => [metricOf(names[i]), value.dataSync()[0]])),
  };
}
