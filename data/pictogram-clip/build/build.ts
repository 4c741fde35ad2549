/**
 * Publishes the last checkpoint of a training run as this model, with its numbers rounded to 16 bits, and measures what was
 * published on the drawing style that nobody trained on; without a run it measures only.
 *
 *     node setup/launch.mjs --require tsx/cjs data/pictogram-clip/build/build.ts [results/train/runs/pictogram-clip]
 */

import { join } from 'node:path';
import { loadEmbedded, loadTasks, type PictureSet } from '../../../src/data';
import { measure } from '../../../src/evaluation';
import { openWeights, storedTensors, writeSafetensors } from '../../../src/files';
import { loadClip, resolveModel } from '../../../src/inference';
import { createTokenizer } from '../../../src/text';

const MODEL = join(__dirname, '..', 'model.safetensors');
const STYLE = 'fluent';

async function publish(run: string): Promise<void> {
  const { weights } = resolveModel({ model: run });
  if (!('path' in weights)) throw new Error(`Expected a run of clipbook, got "${run}".`);
  const file = await openWeights(weights.path);
  const rounded = [...storedTensors(file)].map(
    ([name, tensor]) => [name, { ...tensor, dtype: 'F16' }] as const,
  );
  writeSafetensors(MODEL, new Map(rounded));
  file.close();
}

/** Recall among the held-out style's pictures and all their texts, and zero-shot accuracy, in percent. */
async function score(): Promise<void> {
  const clip = await loadClip('pictograms');
  const test = await loadEmbedded({ sets: ['pictograms'], split: 'test', size: clip.preparation.side });
  const searches = [{ id: STYLE, indices: ofStyle(test) }];
  const tasks = loadTasks('pictograms');
  const { first } = await measure(clip.model, createTokenizer(clip.config.text), test, tasks, searches);
  const { imageToText, textToImage, pictures, texts } = first!.retrieval[STYLE];
  console.log(`${pictures} pictures, ${texts} texts`);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  for (const [name, recall] of Object.entries({ imageToText, textToImage })) {
    console.log(
      name,
      Object.entries(recall)
        .map(([k, share]) => `R@${k} ${percent(share)}`)
        .join(', '),
    );
  }
  for (const [task, { top1, top5, top1Unseen, count }] of Object.entries(first!.tasks)) {
    const unseen = top1Unseen === undefined ? '' : `, of classes never seen ${percent(top1Unseen)}`;
    console.log(`${task}: top-1 ${percent(top1)}, top-5 ${percent(top5)}${unseen} (${count} pictures)`);
  }
}

const ofStyle = (set: PictureSet) => [...set.keys.keys()].filter((index) => set.metas[index].style === STYLE);

async function main([run]: string[]): Promise<void> {
  if (run) await publish(run);
  await score();
}

void main(process.argv.slice(2));
