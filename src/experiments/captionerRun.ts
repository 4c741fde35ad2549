import { copyFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PictureSet } from '../data';
import { machineKind } from '../engine/machine';
import { embedTexts } from '../evaluation';
import {
  type CaptionerBundle,
  type CaptionVocabulary,
  type Clip,
  type ConceptList,
  createCaptioner,
  loadCaptioner,
  saveCaptioner,
  vocabularyOf,
} from '../models';
import { countParameters, disposeParameters } from '../nn';
import { createTokenizer } from '../text';
import {
  captionerData,
  conceptsOfFeatures,
  conceptWords,
  openRunFolder,
  type PictureFeatures,
  pictureFeatures,
  readMetrics,
  trainCaptioner,
} from '../training';
import { type CaptionerArm, type CaptionerProfile, CONCEPT_COUNT } from './captionerArms';
import { descriptionOf, learnable } from './captionerData';
import { trainTower } from './captionerTower';

/** Called while a captioner is made; a part that an earlier call finished is not told of. */
export interface CaptionerEvents {
  onStage?: (name: string, total: number) => void;
  onStep?: (done: number, detail: { loss?: number; pairsPerSecond?: number }) => void;
  signal?: AbortSignal;
}

/** What all captioners on one tower share. */
export interface CaptionerGround {
  tower: Clip;
  vocabulary: CaptionVocabulary;
  concepts: ConceptList;
  /** The training pictures that teach a description, and what the tower says of them. */
  train: PictureSet;
  features: PictureFeatures;
}

export interface GroundOptions extends CaptionerEvents {
  /** The folder of the profile's results. */
  folder: string;
  /** Names the tower's run. */
  name: string;
  profile: CaptionerProfile;
  /** All training pictures, or the part that this captioner may see. */
  train: PictureSet;
  /** Says which pictures these are. */
  pictures: Record<string, unknown>;
}

/** Trains the tower, or reads it back; takes vocabulary and concepts from the descriptions; looks at every picture. */
export async function prepareGround(options: GroundOptions): Promise<CaptionerGround> {
  const { folder, name, profile, pictures, signal, onStage, onStep } = options;
  const recipe = { ...profile.tower, seed: 0 };
  const tower = await trainTower({
    folder,
    name,
    model: profile.model,
    recipe,
    train: options.train,
    pictures,
    signal,
    onStart: () => onStage?.(`train the tower "${name}"`, recipe.steps),
    onStep: ({ step, loss, pairsPerSecond }) => onStep?.(step, { loss, pairsPerSecond }),
  });
  const train = learnable(options.train);
  const texts = [...train.keys.keys()].map((index) => descriptionOf(train, index));
  const tokenizer = createTokenizer(profile.model.text);
  const vocabulary = vocabularyOf(texts, tokenizer);
  const names = conceptWords(texts.map((text, index) => ({ label: String(train.metas[index].label), text })));
  const { values: embeddings } = embedTexts(tower, tokenizer, names).first;
  onStage?.('look at the pictures', profile.views * train.length);
  const features = pictureFeatures(tower, train, {
    views: profile.views,
    onProgress: (done) => onStep?.(done, {}),
  });
  const concepts = { names, embeddings, pieces: names.map(vocabulary.encode) };
  return { tower, vocabulary, concepts, train, features };
}

/** What one finished captioner leaves behind, `summary.json` in its folder, beside its scores. */
export interface CaptionerTraining {
  /** Of the decoder; the tower is frozen. */
  parameters: number;
  pictures: number;
  trainingSeconds: number;
  machine: string;
  /** The last step's. */
  loss: number;
  /** The captioner, loadable, relative to the run's folder. */
  file: string;
}

export interface CaptionerRunOptions<Summary> extends CaptionerEvents {
  folder: string;
  name: string;
  arm: CaptionerArm;
  seed: number;
  profile: CaptionerProfile;
  pictures: Record<string, unknown>;
  /** Called only where something is left to do. */
  ground: () => Promise<CaptionerGround>;
  /** Judges or uses the captioner as it was written to its file; its numbers join the summary. */
  judge: (bundle: CaptionerBundle) => Promise<Summary>;
}

/**
 * Trains one captioner and writes its file, or reads its summary back.
 *
 * @throws when the run's folder belongs to another configuration, and as `trainCaptioner` does
 */
export async function runCaptioner<Summary extends object>(
  options: CaptionerRunOptions<Summary>,
): Promise<CaptionerTraining & Summary> {
  const { name, arm, seed, profile, signal, onStage, onStep } = options;
  const recipe = { ...profile.recipe, seed };
  const choice = { count: CONCEPT_COUNT, from: arm.concepts };
  const sizes = { ...profile.captioner, ...arm.config };
  const folder = openRunFolder({
    root: dirname(options.folder),
    experiment: basename(options.folder),
    name,
    config: {
      arm: arm.id,
      captioner: sizes,
      concepts: choice,
      recipe,
      views: profile.views,
      tower: { model: profile.model, recipe: profile.tower },
      pictures: options.pictures,
    },
  });
  const finished = folder.readSummary();
  if (finished) return finished as unknown as CaptionerTraining & Summary;

  const { tower, vocabulary, concepts, train, features } = await options.ground();
  const model = createCaptioner(
    { ...sizes, gridWidth: features.gridWidth, vocabSize: vocabulary.size },
    seed,
  );
  const file = join('checkpoints', 'captioner.safetensors');
  try {
    onStage?.(`train "${name}"`, recipe.steps);
    const data = captionerData(
      {
        keys: train.keys,
        descriptions: train.keys.map((_, index) => descriptionOf(train, index)),
        features,
        concepts: conceptsOfFeatures(features, train.keys, concepts, choice),
      },
      vocabulary,
      concepts,
      { batchSize: recipe.batchSize, seed, contextLength: sizes.contextLength },
    );
    const seconds = await trainCaptioner(model, data, recipe, {
      folder,
      signal,
      onStep: ({ step, loss, pairsPerSecond }) => onStep?.(step, { loss, pairsPerSecond }),
    });
    const about = { trained_on: `pictograms, ${train.length} descriptions`, run: name };
    const path = join(folder.path, file);
    saveCaptioner(path, { tower, captioner: model, vocabulary, concepts, choice }, about);
    const summary = {
      parameters: countParameters(model.parameters),
      pictures: train.length,
      trainingSeconds: Math.round(seconds),
      machine: machineKind(),
      loss: Number(readMetrics(folder.metrics).at(-1)?.loss),
      file,
      ...(await options.judge(loadCaptioner(path))),
    };
    folder.markFinished(summary);
    return summary;
  } finally {
    disposeParameters(model.parameters);
  }
}

/** Puts a run's captioner where `clipbook caption` finds it. */
export function publishCaptioner(folder: string, name: string, to: string): void {
  copyFileSync(join(folder, 'runs', name, 'checkpoints', 'captioner.safetensors'), to);
}
