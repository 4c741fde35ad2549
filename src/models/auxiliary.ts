import type { Initialiser, Scope } from '../nn';
import { scopeOf } from '../nn';
import { initialiseAugmentationHead, initialiseDomains } from './augmentationHead';
import type { Clip } from './clip';
import type { ClipConfig } from './config';
import { initialiseSimclr, initialiseSimsiam } from './selfSupervised';
import { initialiseTokenMaps } from './tokenMaps';

/**
 * Parts beside the two towers, which training alone needs; but for FILIP's token maps and UniCLIP's augmentation encoder, a
 * trained model works without them. Their parameters are named `auxiliary.…`; a CLIP's state dict is what is left without.
 */
export interface AuxiliaryConfig {
  /** SLIP's SimCLR head, on the class token before the projection. Published: 4096 and 256. */
  simclr?: { hidden: number; output: number };
  /** DeCLIP's SimSiam projector and predictor, on a picture's embedding before it is normalised. Published: 1024 and 512. */
  simsiam?: { hidden: number; bottleneck: number };
  /** A vector for hidden tokens, and a layer that guesses what stood there from the text tower's tokens (DeCLIP). */
  maskedText?: boolean;
  /** Maps of patches and text tokens to the space FILIP compares them in. Published: 256. */
  tokens?: { width: number };
  /**
   * UniCLIP-style augmentation encoder: what was done to a picture becomes `width` numbers, and those with the picture's
   * features a correction of its embedding.
   */
  augmentation?: { inputs: number; width: number; hidden: number };
  /** UniCLIP-style temperatures and offsets for each combination of domains. */
  domains?: boolean;
}

/** Draws them. */
export function initialiseAuxiliary(
  init: Initialiser,
  { vision, text, embedDim, auxiliary = {} }: ClipConfig,
): void {
  const { simclr, simsiam, maskedText, tokens, augmentation, domains } = auxiliary;
  const at = (name: string) => `auxiliary.${name}`;
  if (simclr) initialiseSimclr(init, at('simclr'), vision.width, simclr);
  if (simsiam) initialiseSimsiam(init, at('simsiam'), embedDim, simsiam);
  if (maskedText) {
    init.normal(at('maskedText.embedding'), [text.width], 0.02);
    init.linear(at('maskedText.text_label_predictor'), text.width, text.vocabSize);
  }
  if (tokens) initialiseTokenMaps(init, at('tokens'), vision.width, text.width, tokens);
  if (augmentation)
    initialiseAugmentationHead(init, at('augmentation'), {
      embedDim,
      featureWidth: vision.width,
      ...augmentation,
    });
  if (domains) initialiseDomains(init, at('domains'));
}

/** The parameters of one of these parts. */
export function auxiliaryScope({ parameters }: Clip, part: keyof AuxiliaryConfig): Scope {
  return scopeOf(parameters, 'auxiliary.').at(part);
}
