import * as tf from '@tensorflow/tfjs-core';
import { type Batch, drawView, type PartOfPictures, type ViewRecipe } from '../data';
import type { Random } from '../engine';
import { editText, maskTokens, type Tokenizer } from '../text';
import type { TrainingBatch } from './objectives';

/** What an objective wants of a batch beside pictures and raw texts. */
export interface BatchNeeds {
  /** A further sight of every picture for each of these recipes. */
  views?: readonly ViewRecipe[];
  /** The raw texts once more, each with words exchanged, swapped or left out (EDA). */
  edited?: boolean;
  /** The raw texts once more, with tokens hidden for the text tower to guess. */
  masked?: boolean;
}

/** What those parts of a batch are made from. */
export interface BatchMaterial {
  /** Of all its pairs, or of some, see `part`. */
  pictures: Pick<Batch, 'pixels' | 'size'>;
  /** Which pictures these are; views are of them alone. Everything is drawn for the whole batch. */
  part?: PartOfPictures;
  rawTexts: readonly string[];
  /** The same texts as the batch has them. */
  texts: TrainingBatch['texts'];
  tokenizer: Tokenizer;
  /** Side of the model's input. */
  imageSize: number;
}

/** Makes them. Every part draws from a stream of its own, so that asking for one changes no other. */
export function partsOfBatch(
  { views, edited, masked }: BatchNeeds,
  { pictures, part, rawTexts, texts, tokenizer, imageSize }: BatchMaterial,
  random: Random,
): Pick<TrainingBatch, 'views' | 'edited' | 'masked'> {
  const edits = random.fork('edits');
  return {
    views: views?.map((recipe, i) => drawView(pictures, recipe, random.fork(`view ${i}`), imageSize, part)),
    ...(edited && { edited: tokenizer.tokenize(rawTexts.map((text) => editText(text, edits))) }),
    ...(masked && { masked: maskTokens(texts, tokenizer, random.fork('masks')) }),
  };
}

/** Frees the tensors of a batch. */
export function disposeBatch({ images, views = [] }: TrainingBatch): void {
  tf.dispose([images, ...views.flatMap((view) => [view.images, view.augmentation])]);
}
