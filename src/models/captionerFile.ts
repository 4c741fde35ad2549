import type * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../engine';
import { readSafetensors, readSafetensorsMetadata, type StoredTensor, writeSafetensors } from '../files';
import { disposeParameters, initialiser, type Parameters, restoreVariables } from '../nn';
import { type Captioner, createCaptioner } from './captioner';
import type { CaptionerConfig } from './captionerConfig';
import type { ImageTower } from './captionerView';
import { type CaptionVocabulary, openVocabulary } from './captionVocabulary';
import type { ConceptChoice, ConceptList } from './conceptRetrieval';
import { initialiseVision } from './vision';

/** Everything that turns a picture into a caption. */
export interface CaptionerBundle {
  tower: ImageTower;
  captioner: Captioner;
  vocabulary: CaptionVocabulary;
  concepts: ConceptList;
  choice: ConceptChoice;
}

/** What the file's metadata say, beside the tensors. */
interface BundleMetadata {
  tower: ImageTower['config'];
  captioner: CaptionerConfig;
  tokenizerSize: number;
  choice: ConceptChoice;
  concepts: readonly string[];
}

const FORMAT = 'clipbook captioner 1';
const OWN = 'captioner.';
const PIECES = 'vocabulary.pieces';
const CONCEPTS = 'concepts.embeddings';

/**
 * Writes a captioner as one safetensors file: the tower's `visual.*`, the decoder's `captioner.*`, the concepts' embeddings,
 * all as 16-bit floats, the vocabulary's pieces, and the rest as JSON in the metadata.
 *
 * @param about further metadata, such as what it was trained on
 */
export function saveCaptioner(
  path: string,
  bundle: CaptionerBundle,
  about: Record<string, string> = {},
): void {
  const { tower, captioner, vocabulary, concepts, choice } = bundle;
  const tensors = new Map<string, StoredTensor>();
  const half = (name: string, shape: number[], data: StoredTensor['data']) =>
    tensors.set(name, { dtype: 'F16', shape, data });
  const read = (variable: tf.Variable) => variable.dataSync() as Float32Array;
  for (const [name, variable] of tower.parameters) {
    if (name.startsWith('visual.')) half(name, variable.shape, read(variable));
  }
  for (const [name, variable] of captioner.parameters) half(OWN + name, variable.shape, read(variable));
  const { embedDim } = tower.config;
  half(CONCEPTS, [concepts.names.length, embedDim], concepts.embeddings);
  const pieces = Int32Array.from(vocabulary.pieces);
  tensors.set(PIECES, { dtype: 'I32', shape: [pieces.length], data: pieces });
  const { vision, quickGelu } = tower.config;
  const metadata: BundleMetadata = {
    tower: { embedDim, vision, ...(quickGelu && { quickGelu }) },
    captioner: captioner.config,
    tokenizerSize: vocabulary.tokenizerSize,
    choice,
    concepts: concepts.names,
  };
  writeSafetensors(path, tensors, { ...about, format: FORMAT, config: JSON.stringify(metadata) });
}

/**
 * Reads what `saveCaptioner` wrote; `disposeCaptioner` frees it.
 *
 * @throws when there is no such file, or it holds something else
 */
export function loadCaptioner(path: string): CaptionerBundle {
  const { format, config } = readSafetensorsMetadata(path);
  if (format !== FORMAT || config === undefined) {
    throw new Error(
      `Expected a captioner in "${path}", but its metadata do not say "${FORMAT}"; give a file that "clipbook captioner" wrote.`,
    );
  }
  const metadata: BundleMetadata = JSON.parse(config);
  const tensors = readSafetensors(path);
  const captioner = createCaptioner(metadata.captioner, 0);
  restoreVariables(captioner.parameters, below(tensors, OWN, ''));
  const vocabulary = openVocabulary(Array.from(tensors.get(PIECES)!.data), metadata.tokenizerSize);
  return {
    tower: restoreTower(metadata.tower, below(tensors, 'visual.', 'visual.')),
    captioner,
    vocabulary,
    concepts: {
      names: metadata.concepts,
      embeddings: tensors.get(CONCEPTS)!.data as Float32Array,
      pieces: metadata.concepts.map(vocabulary.encode),
    },
    choice: metadata.choice,
  };
}

/** Frees the tensors of a captioner that was loaded. */
export function disposeCaptioner({ tower, captioner }: CaptionerBundle): void {
  for (const { parameters } of [tower, captioner]) disposeParameters(parameters);
}

function restoreTower(config: ImageTower['config'], saved: Map<string, StoredTensor>): ImageTower {
  const parameters: Parameters = new Map();
  initialiseVision(initialiser(parameters, createRandom(0)), config.vision, config.embedDim);
  restoreVariables(parameters, saved);
  return { config, parameters };
}

function below(tensors: Map<string, StoredTensor>, prefix: string, kept: string): Map<string, StoredTensor> {
  const found = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, tensor]) => [kept + name.slice(prefix.length), tensor]));
}
