import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Precision } from '../engine';
import { checksumOf, type LoadedClip } from '../inference';
import { logitScale } from '../models';
import { hashOf } from './hashes';

/** What a result says of a model: enough to tell whether another's is the same. */
export interface ModelRecord {
  /** How tables call it. */
  label: string;
  /** By what it was loaded. */
  source: string;
  weights: {
    /** The file's name and size. */
    file: string;
    bytes: number;
    /** Of all parameters, see `checksumOf`: the same for the same numbers in another format. */
    checksum: string;
  };
  /** Of the architecture's sizes and choices. */
  config: string;
  /** How pictures are prepared, as JSON. */
  preparation: Record<string, unknown>;
  /** Of the towers' matrix products. */
  precision: Precision;
  /** exp(logit_scale). */
  logitScale: number;
}

/** Looks at every parameter of a loaded model. */
export function recordModel(clip: LoadedClip, label: string, source: string): ModelRecord {
  const scale = logitScale(clip.model);
  const record = {
    label,
    source,
    weights: {
      file: basename(clip.weightsFile),
      bytes: statSync(clip.weightsFile).size,
      checksum: checksumOf(clip.model),
    },
    config: hashOf(clip.config),
    preparation: clip.preparation.settings,
    precision: clip.arithmetic.precision,
    logitScale: scale.dataSync()[0],
  };
  scale.dispose();
  return record;
}

/** What of a model decides embeddings of pictures. */
export function picturesKey(model: ModelRecord): Record<string, unknown> {
  return { ...textsKey(model), preparation: model.preparation };
}

/** What of a model decides embeddings of texts. */
export function textsKey({ weights, config, precision }: ModelRecord): Record<string, unknown> {
  return { weights: weights.checksum, config, precision };
}
