import { lowerResolution, type PictureSet, selectSamples, type TaskDefinition, taskExamples } from '../data';
import { type Clip, imageFeatures, patchEmbeddings, textFeatures, wordEmbeddings } from '../models';
import type { Tokenizer } from '../text';
import type { Measurement, RetrievalTask } from './measure';
import { collectPairs } from './retrieval';
import {
  type EncodePictureTokens,
  type EncodeTextTokens,
  embedPictureTokens,
  embedTextTokens,
  selectItems,
} from './tokenRows';
import { tokenRetrievalRecall, tokenZeroShotAccuracy } from './tokenScores';
import { classPrompts } from './zeroShot';

/**
 * Judges a model with token maps by token similarities, as FILIP does: see `tokenScores`. Pictures are encoded once for all
 * tasks; arguments and errors are those of `measure`.
 */
export async function measureTokens(
  model: Clip,
  tokenizer: Tokenizer,
  test: PictureSet,
  tasks: readonly TaskDefinition[],
  searches: readonly RetrievalTask[],
): Promise<Measurement> {
  const { imageSize } = model.config.vision;
  const ofPictures: EncodePictureTokens = (images) => patchEmbeddings(model, imageFeatures(model, images));
  const ofTexts: EncodeTextTokens = (texts) => wordEmbeddings(model, textFeatures(model, texts), texts);
  const pictures = embedPictureTokens(ofPictures, test, imageSize);
  const result: Measurement = { tasks: {}, retrieval: {} };
  for (const task of tasks) {
    const { indices, labels } = taskExamples(test, task);
    const own = task.lowResolution
      ? embedPictureTokens(
          ofPictures,
          await lowerResolution(selectSamples(test, indices), task.lowResolution),
          imageSize,
        )
      : selectItems(pictures, indices);
    const { predictions, top3, macroF1, ...score } = tokenZeroShotAccuracy({
      pictures: own,
      prompts: embedTextTokens(ofTexts, tokenizer, classPrompts(task.classes, task.templates)),
      templates: task.templates.length,
      labels,
      seen: task.seen,
    });
    result.tasks[task.id] = score;
  }
  for (const { id, indices } of searches) {
    const { texts, positives } = collectPairs(indices.map((index) => test.texts[index]));
    result.retrieval[id] = tokenRetrievalRecall({
      pictures: selectItems(pictures, indices),
      texts: embedTextTokens(ofTexts, tokenizer, texts),
      positives,
    });
  }
  return result;
}
